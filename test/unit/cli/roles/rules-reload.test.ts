/** Rules files change under a running role: every way that editors and Kubernetes change them, broken files, load. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadRulesInForce, type RulesInForce } from '#cli/roles/rules/in-force.ts';
import { LiveRules } from '#cli/roles/rules/reload.ts';
import { Metrics } from '#platform/metrics.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';

const root = join(import.meta.dirname, '../../../..');
const quietMs = 20;

function rule(name: string, condition = 'evt.type = openat'): string {
	return `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n`;
}

type Line = { readonly level: string; readonly message: string } & Record<string, unknown>;

function makeLive(t: TestContext, path: string, options: { readonly pollMs?: number } = {}) {
	const lines: Line[] = [];
	const changes: RulesInForce[] = [];
	const waiting: { readonly wanted: () => boolean; readonly resolve: () => void }[] = [];
	const log =
		(level: string) =>
		(fields: object, message: string): void => {
			lines.push({ level, message, ...fields });
			for (const { wanted, resolve } of waiting) if (wanted()) resolve();
		};
	const logger = { info: log('info'), warn: log('warn'), error: log('error') };
	const metrics = new Metrics();
	const io = { stderr: { write: () => {} }, root, env: {} };
	const initial = loadRulesInForce({ paths: [path] }, io);
	const onChange = (rules: RulesInForce): void => void changes.push(rules);
	// The look at fixed intervals would hide a watch that is missing.
	const live = new LiveRules(initial, {
		paths: [path],
		root,
		logger,
		metrics,
		now: () => 1_700_000_000_000,
		onChange,
		quietMs,
		pollMs: 3_600_000,
		...options,
	});
	const stop = new AbortController();
	live.watch(stop.signal);
	// Watching alone keeps no process alive, a role does.
	const role = setInterval(() => {}, 60_000);
	t.after(() => {
		stop.abort();
		clearInterval(role);
	});
	const names = (): string[] => live.current.ruleSet.rules.map(({ name }) => name);
	const until = (wanted: () => boolean): Promise<void> =>
		wanted() ? Promise.resolve() : new Promise((resolve) => waiting.push({ wanted, resolve }));
	return { live, lines, changes, metrics, names, until };
}

function makeFolder(t: TestContext): string {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-reload-'));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

test('a file that is written in place is taken over, and the log names what is new', {
	timeout: 20_000,
}, async (t) => {
	const file = join(makeFolder(t), 'rules.yaml');
	writeFileSync(file, rule('a') + rule('b'));
	const { names, lines, metrics, until, live } = makeLive(t, file);
	const before = live.current;
	writeFileSync(file, rule('a', 'evt.type = unlink') + rule('c'));
	await until(() => names().includes('c'));
	assert.deepEqual(names(), ['a', 'c']);
	const { rules, added, removed, changed } = lines.at(-1)!;
	assert.deepEqual(
		{ rules, added, removed, changed },
		{ rules: 2, added: ['c'], removed: ['b'], changed: ['a'] },
	);
	assert.equal(metrics.get('lanner_rules_reloads_total', { result: 'loaded' }), 1);
	assert.equal(metrics.get('lanner_rules_loaded'), 2);
	assert.deepEqual(
		before.ruleSet.rules.map(({ name }) => name),
		['a', 'b'],
	);
});

test('a file that an editor replaces by another is taken over, several times', {
	timeout: 20_000,
}, async (t) => {
	const folder = makeFolder(t);
	const file = join(folder, 'rules.yaml');
	writeFileSync(file, rule('version 0'));
	const { names, until } = makeLive(t, file);
	for (const version of [1, 2, 3]) {
		writeFileSync(join(folder, '.rules.yaml.swp'), rule(`version ${version}`));
		renameSync(join(folder, '.rules.yaml.swp'), file);
		await until(() => names()[0] === `version ${version}`);
	}
});

test('a folder: files added, changed and removed count', { timeout: 20_000 }, async (t) => {
	const folder = makeFolder(t);
	writeFileSync(join(folder, '10.yaml'), rule('a'));
	const { names, until } = makeLive(t, folder);
	writeFileSync(join(folder, '20.yaml'), rule('b'));
	await until(() => names().join() === 'a,b');
	writeFileSync(join(folder, '.#30.yaml'), 'the lock of an editor is no rules file');
	rmSync(join(folder, '10.yaml'));
	await until(() => names().join() === 'b');
});

/** As the kubelet does it: files are links through ..data, which is a link to a folder of this version, swapped by a rename. */
function writeConfigMap(folder: string, version: number, content: string): void {
	const data = `..version-${version}`;
	mkdirSync(join(folder, data));
	writeFileSync(join(folder, data, 'rules.yaml'), content);
	symlinkSync(data, join(folder, '..data_tmp'));
	renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
	if (version > 0) rmSync(join(folder, `..version-${version - 1}`), { recursive: true });
}

test('a Kubernetes ConfigMap that swaps its link is taken over, named as a folder and as a file', {
	timeout: 20_000,
}, async (t) => {
	for (const name of ['.', 'rules.yaml']) {
		const folder = makeFolder(t);
		writeConfigMap(folder, 0, rule('version 0'));
		symlinkSync('..data/rules.yaml', join(folder, 'rules.yaml'));
		const { names, until } = makeLive(t, join(folder, name));
		for (const version of [1, 2]) {
			writeConfigMap(folder, version, rule(`version ${version}`));
			await until(() => names()[0] === `version ${version}`);
		}
	}
});

test('a broken file leaves the old rules in force; every problem is told at once; mending it is enough', {
	timeout: 20_000,
}, async (t) => {
	const file = join(makeFolder(t), 'rules.yaml');
	writeFileSync(file, rule('a'));
	const { live, names, lines, changes, metrics, until } = makeLive(t, file);
	const before = live.current;
	writeFileSync(file, rule('x', 'evt.type = openat and proc.nmae = a') + rule('y', 'fd.name = ('));
	await until(() => lines.at(-1)?.level === 'error');
	assert.equal(live.current, before);
	assert.equal(changes.length, 0);
	const { problems, errors, rules } = lines.at(-1) as unknown as {
		problems: string[];
		errors: number;
		rules: number;
	};
	assert.deepEqual([errors, rules], [2, 1]);
	assert.match(problems[0]!, /rules\.yaml:3:\d+: .*proc\.nmae.*LOAD_ERR_COMPILE_CONDITION/);
	assert.match(problems[1]!, /rules\.yaml:8:/);
	assert.equal(metrics.get('lanner_rules_reloads_total', { result: 'refused' }), 1);
	assert.equal(metrics.get('lanner_rules_last_reload_successful'), 0);
	writeFileSync(file, rule('mended'));
	await until(() => names()[0] === 'mended');
	assert.equal(metrics.get('lanner_rules_last_reload_successful'), 1);
});

test('an emptied file, and one that is gone, do not switch detection off', { timeout: 20_000 }, async (t) => {
	const file = join(makeFolder(t), 'rules.yaml');
	writeFileSync(file, rule('a'));
	const { names, lines, until } = makeLive(t, file);
	writeFileSync(file, '');
	await until(() => String(lines.at(-1)?.problems).includes('no rule of the files is enabled'));
	rmSync(file);
	await until(() => String(lines.at(-1)?.problems).includes('ENOENT'));
	assert.deepEqual(names(), ['a']);
	writeFileSync(file, rule('back'));
	await until(() => names()[0] === 'back');
});

test('where the system tells nothing, the look at intervals finds the change', {
	timeout: 20_000,
}, async (t) => {
	const folder = makeFolder(t);
	const [file, other] = [join(folder, 'rules.yaml'), join(makeFolder(t), 'elsewhere.yaml')];
	writeFileSync(other, rule('a'));
	symlinkSync(other, file);
	const { names, until } = makeLive(t, file, { pollMs: 50 });
	writeFileSync(other, rule('b'));
	await until(() => names()[0] === 'b');
});

test('asked to reload, the same contents are read again; a mere touch of the file does nothing', async (t) => {
	const file = join(makeFolder(t), 'rules.yaml');
	writeFileSync(file, rule('a'));
	const { live, lines } = makeLive(t, file);
	assert.equal(await live.reload(), 'unchanged');
	assert.equal(lines.length, 0);
	assert.equal(await live.reload({ force: true }), 'loaded');
	assert.equal(lines.length, 1);
});

test('a change during a reload is not missed', async (t) => {
	const file = join(makeFolder(t), 'rules.yaml');
	writeFileSync(file, rule('a'));
	const { live, names } = makeLive(t, file);
	writeFileSync(file, Array.from({ length: 200 }, (_, i) => rule(`many ${i}`)).join(''));
	const first = live.reload();
	writeFileSync(file, rule('last'));
	await Promise.all([first, live.reload()]);
	assert.deepEqual(names(), ['last']);
});

test('thousands of rules are taken over without stopping the event loop', { timeout: 60_000 }, async (t) => {
	const file = join(makeFolder(t), 'rules.yaml');
	writeFileSync(file, rule('a'));
	const { live, names, until } = makeLive(t, file);
	live.current.ruleSet.rulesFor(eventTypes.indexOf('openat'));
	const many = (i: number): string =>
		rule(`r${i}`, `evt.type = openat and fd.name startswith /etc/dir${i} and not proc.name in (sh, p${i})`);
	writeFileSync(file, Array.from({ length: 2000 }, (_, i) => many(i)).join(''));
	let turns = 0;
	const count = setInterval(() => turns++, 1);
	await until(() => names().length === 2000);
	clearInterval(count);
	assert.deepEqual(live.current.ruleSet.compiledTypes(), [eventTypes.indexOf('openat')]);
	assert.ok(turns >= 10, `${turns} turns of the loop during the reload`);
});
