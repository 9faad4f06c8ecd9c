/**
 * Rules for benches: the official ones when they are beside the repository (never committed), ours otherwise; and as many
 * generated ones as wanted, in the shapes that detection engineers write.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rule } from '#rules/compile/rule.ts';
import type { FieldCatalogue } from '#rules/field.ts';
import { loadRules, type RulesFile } from '#rules/load/index.ts';
import { parseCondition } from '#rules/parse/index.ts';
import { createRandom } from './slot-events.ts';

const root = resolve(fileURLToPath(import.meta.url), '../../..');
const official = join(root, '../shared/peer/falco-rules');
const ours = join(root, 'deploy/rules');

export type NamedRules = { readonly name: string; readonly rules: readonly Rule[] };

/** Rule files by name; an empty list when they are not there. */
export function readRules<Subject>(
	source: 'official stable' | 'official all' | 'ours',
	catalogue: FieldCatalogue<Subject>,
): NamedRules | null {
	const folder = source === 'ours' ? ours : official;
	if (!existsSync(folder)) return null;
	const wanted = (file: string): boolean =>
		file.endsWith('.yaml') && (source !== 'official stable' || file === 'falco_rules.yaml');
	const order = ['falco_rules.yaml', 'falco-incubating_rules.yaml', 'falco-sandbox_rules.yaml'];
	const files: RulesFile[] = readdirSync(folder)
		.filter(wanted)
		.sort((a, b) => order.indexOf(a) - order.indexOf(b) || (a < b ? -1 : 1))
		.map((name) => ({ name, content: readFileSync(join(folder, name), 'utf8') }));
	const loaded = loadRules(files, { catalogue });
	if (loaded.rules.length === 0) {
		throw new Error(
			`no rule of ${folder} loads: ${loaded.diagnostics.map(({ message }) => message).join('; ')}`,
		);
	}
	return { name: source, rules: loaded.rules };
}

const openForWriting =
	'evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.typechar = f and fd.num >= 0';
const spawned = 'evt.type in (execve, execveat)';
const outbound = 'evt.type in (connect, sendto) and fd.typechar = 4 and evt.rawres >= 0';

/** Each shape names things of its own, so that no two rules are the same. */
const shapes: readonly ((n: number, other: number) => string)[] = [
	(n) => `${spawned} and proc.name in (tool${n}, tool${n}-static) and not proc.pname in (sshd, cron)`,
	(n, m) => `${spawned} and proc.name = miner${n} and proc.args contains "pool${m}"`,
	(n) => `${openForWriting} and fd.name startswith /etc/service${n}/ and not proc.name in (dpkg, apt-get)`,
	(n) => `${openForWriting} and fd.name in (/opt/app${n}/secret, /opt/app${n}/token)`,
	(n) =>
		`evt.type in (open, openat, openat2) and evt.is_open_read = true and fd.name startswith /srv/data${n} and container.id != host`,
	(n, m) => `${outbound} and proc.name = agent${n} and fd.sport = ${1024 + (m % 60000)}`,
	(n, m) => `${spawned} and proc.cmdline contains "flag-${n}" and proc.aname in (runner${m}, sshd)`,
	(n) => `evt.type in (unlink, unlinkat, rename) and fd.name glob "/var/log/app${n}/*.log"`,
	(n) => `${openForWriting} and fd.name endswith ".ext${n}" and user.uid != 0`,
	(n, m) =>
		`${spawned} and proc.pname = server${n} and proc.name in (sh, bash, dash) and user.uid = ${m % 1000}`,
];

export function generateRules(count: number): NamedRules {
	const random = createRandom(count);
	const rules = Array.from({ length: count }, (_, n): Rule => {
		const shape = shapes[n % shapes.length] as (n: number, other: number) => string;
		return {
			name: `generated ${n}`,
			condition: parseCondition(shape(n, Math.floor(random() * 10_000))),
			output: 'rule %proc.name %fd.name',
			priority: 'Notice',
			tags: [],
			source: 'syscall',
		};
	});
	return { name: `generated ${count}`, rules };
}
