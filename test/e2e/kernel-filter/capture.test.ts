/**
 * The kernel leaves out what no rule can match, and nothing else: two probes beside each other, one with the filter of the rules and one without,
 * and a workload of opens and changes of names; the rules match the same events of both. Needs root.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Frame, FrameReader } from '#agent/frame.ts';
import { compileRuleSet } from '#rules/compile/rule-set.ts';
import { eventRuleSetOptions } from '#rules/event-rules.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { encodeKernelFilter } from '#rules/push-down/encode.ts';
import { kernelFilter, namedTypes } from '#rules/push-down/kernel-filter.ts';
import { EventSubject } from '#rules/subject.ts';
import { frameToBatch } from '#schemas/event-batch.ts';
import { eventTypes, familyIndex } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { captureProblem, captureProgram } from '#test/support/capture.ts';
import { loadConditions } from '#test/support/conditions.ts';

const skip = captureProblem() ?? false;
const opens = 'evt.type in (open, openat, openat2, creat)';
const conditions = [
	`${opens} and evt.is_open_read=true and evt.rawres>=0 and container.id=host and (fd.name endswith /shadow or fd.realpath endswith /.ssh/id_rsa)`,
	`${opens} and evt.is_open_write=true and evt.rawres>=0 and fd.realpath contains /secrets/`,
	`${opens} and evt.res=EACCES and fd.filename startswith token`,
	`${opens} and evt.is_open_create=true and fd.name contains /secrets/`,
	`${opens} and evt.rawres>=0 and container.id!=host`,
	`evt.type in (rename, renameat, renameat2) and evt.rawres=0 and fs.path.target contains /secrets/`,
	`evt.type in (unlink, unlinkat) and evt.rawres=0 and fs.path.name endswith /shadow`,
	`evt.type=mkdir and evt.rawres=0 and fs.path.name startswith /nowhere/`,
];
const rules = loadConditions(conditions);
const filter = encodeKernelFilter(kernelFilter(rules, namedTypes(rules)));
const ruleSet = compileRuleSet(rules, eventFieldCatalogue, {
	...eventRuleSetOptions,
	ruleMatching: 'all',
});

/** Opens, renames and removes by random names: absolute, relative, through links, longer than the kernel side looks at, that are there and that are not. */
const workload = `
const fs = require('node:fs'); const [folder, seed] = process.argv.slice(1);
process.chdir(folder);
let state = Number(seed); const draw = (n) => { state ^= state << 13; state ^= state >>> 17; state ^= state << 5; return (state >>> 0) % n; };
for (const d of ['a', 'a/.ssh', 'secrets', 'b']) fs.mkdirSync(d);
for (const f of ['a/shadow', 'a/.ssh/id_rsa', 'a/other', 'secrets/one', 'b/token1']) fs.writeFileSync(f, 'x');
fs.symlinkSync('a', 'link'); fs.symlinkSync(folder + '/a/shadow', 'b/plain'); fs.symlinkSync('../secrets', 'b/hidden'); fs.symlinkSync('../a/other', 'b/shadow');
const names = ['a/shadow', './a/../a/shadow', 'a//shadow', 'link/shadow', 'b/plain', 'b/shadow', 'a/.ssh/id_rsa', 'link/.ssh/id_rsa', 'a/other', 'a/shadows', 'secrets/one', 'b/hidden/one', 'b/token1', 'a/missing', 'b', 'secrets/../a/other', './'.repeat(300) + 'b/shadow'];
const pick = () => { const name = names[draw(names.length)]; return draw(2) ? folder + '/' + name : name; };
for (let i = 0; i < 1500; i++) { try { switch (draw(8)) {
	case 0: fs.closeSync(fs.openSync(pick(), 'r+')); break;
	case 1: fs.closeSync(fs.openSync(folder + '/secrets/new' + draw(50), 'w')); break;
	case 2: fs.renameSync(pick() + draw(3), 'secrets/renamed'); break;
	case 3: { const n = (draw(2) ? 'b/' : 'a/') + 'x' + i; fs.writeFileSync(n, 'x'); fs.renameSync(n, draw(4) ? n + 'y' : 'secrets/y' + i); break; }
	case 4: { const n = 'b/hidden/../b/shadow'; fs.writeFileSync('b/s' + i, ''); fs.unlinkSync('b/s' + i); fs.mkdirSync('b/d' + i); break; }
	default: fs.closeSync(fs.openSync(pick(), 'r'));
} } catch {} }
`;

/** A capture, its events folded and matched as they come. */
class Watched {
	readonly child: ChildProcess;
	readonly matched: string[] = [];
	events = 0;
	filtered = 0;
	#pid = 0;
	readonly #state = new HostState('h');
	readonly #reader = new EventReader();
	readonly #subject = new EventSubject(this.#state, this.#reader);
	readonly #frames: Frame[] = [];

	constructor(args: readonly string[]) {
		this.child = spawn(captureProgram, [...args, '--exclude-pid', String(process.pid)], {
			stdio: ['pipe', 'pipe', 'inherit'],
		});
		const reader = new FrameReader((frame) => this.#frames.push(frame));
		this.child.stdout?.on('data', (bytes: Buffer) => reader.push(bytes));
	}

	async ready(): Promise<void> {
		while (this.#frames.length === 0) await once(this.child.stdout!, 'data');
	}

	/** Stops it, and matches what came of this process. */
	async match(pid: number): Promise<void> {
		this.#pid = pid;
		const closed = once(this.child, 'close');
		this.child.kill('SIGTERM');
		await closed;
		for (const frame of this.#frames) this.#take(frame);
	}

	#take({ firstSequence, baseTimeS, baseTimeNs, utcOffsetS, events: count, body, filtered }: Frame): void {
		const identity = {
			hostId: 'h',
			hostName: 'h',
			bootId: 'b',
			machine: 'x86_64',
			probeVersion: 't',
			producer: 'CAPTURE',
		} as const;
		this.#reader.open(
			frameToBatch({ ...identity, firstSequence, baseTimeS, baseTimeNs, utcOffsetS }, { count, body }),
		);
		this.#state.enterBatch(this.#reader.batch);
		this.filtered = filtered;
		while (this.#reader.next()) {
			this.#state.apply(this.#reader);
			if (this.#reader.header.pid === this.#pid) this.#matchOne();
			this.#state.settle(this.#reader);
		}
	}

	#matchOne(): void {
		const { header, family, fileOpened, pathChanged } = this.#reader;
		this.events++;
		this.#subject.enter(this.#reader);
		const out: number[] = [];
		const count = ruleSet.match(this.#subject, header.type, out);
		const path =
			family === familyIndex.FileOpened
				? fileOpened.path
				: family === familyIndex.PathChanged
					? pathChanged.path
					: null;
		if (count > 0)
			this.matched.push(
				`${out.slice(0, count).join()} ${eventTypes[header.type]} ${path?.value} ${header.result}`,
			);
	}
}

async function work(seed: number): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-filter-'));
	try {
		const child = spawn(process.execPath, ['-e', workload, folder, String(seed)], { stdio: 'inherit' });
		await once(child, 'close');
		return child.pid!;
	} finally {
		rmSync(folder, { recursive: true });
	}
}

for (const variant of ['typed', 'portable'])
	test(`rules match the same events with and without what the kernel leaves out (${variant})`, {
		skip,
		timeout: 60_000,
	}, async () => {
		const whole = new Watched([]);
		const filtering = new Watched(['--filter', filter, '--variant', variant]);
		await Promise.all([whole.ready(), filtering.ready()]);
		const pid = await work(70_001);
		await Promise.all([whole.match(pid), filtering.match(pid)]);
		assert.deepEqual(filtering.matched, whole.matched);
		assert.ok(whole.matched.length > 300, `only ${whole.matched.length} matches`);
		assert.ok(filtering.events < whole.events * 0.8, `${filtering.events} of ${whole.events} events came`);
		assert.ok(
			filtering.filtered >= whole.events - filtering.events,
			`${filtering.filtered} are counted as left out`,
		);
		assert.equal(whole.filtered, 0);
	});
