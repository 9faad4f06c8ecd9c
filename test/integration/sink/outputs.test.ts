/** Each output against a real counterpart: file, UDP receiver, HTTP server, program. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { alertToText } from '#schemas/alert/render.ts';
import type { DeliveryResult, Output } from '#sink/output.ts';
import { createProgramOutput } from '#sink/outputs/program/index.ts';
import { createStdoutOutput } from '#sink/outputs/stdout.ts';
import { alertOf, collectingLogger, hostileText, until } from '#test/support/sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-outputs-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;
const hostile = alertOf({
	output: hostileText,
	rule: hostileText,
	hostName: hostileText,
	tags: [hostileText],
});

async function kinds(output: Output, count = 1): Promise<DeliveryResult[]> {
	return [
		...(await output.deliver(
			Array.from({ length: count }, () => hostile),
			never,
		)),
	];
}

/** No byte that ends a line, moves a cursor or turns the direction of writing. */
function assertHarmless(text: string): void {
	assert.doesNotMatch(text, /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/);
}

describe('standard output', () => {
	test('a hostile alert stays one harmless line; colours only where asked', async () => {
		let written = '';
		const stream = {
			write: (text: string, callback: () => void) => {
				written += text;
				callback();
			},
		};
		await kinds(createStdoutOutput({ stream, format: 'text', colour: 'auto', line: alertToText }));
		assert.equal(written.split('\n').length, 2);
		assertHarmless(written.slice(0, -1));
	});
});

function script(name: string, text: string): string {
	const path = join(folder, name);
	writeFileSync(path, `#!/bin/sh\n${text}\n`);
	chmodSync(path, 0o700);
	return path;
}

/** A zombie that nobody reaps (there may be no init here) is dead. */
function isAlive(pid: number): boolean {
	try {
		return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
	} catch {
		// It has gone.
		return false;
	}
}

describe('program output', { timeout: 30_000 }, () => {
	const { logger, lines } = collectingLogger();
	const common = {
		name: 'prog',
		args: [],
		runTimeoutMs: 5_000,
		environment: [],
		outputBytesMax: 1_000,
		env: { PATH: process.env.PATH, SECRET: 'x', WANTED: 'y' },
		logger,
	};
	const make = (program: string, writeTimeoutMs = 5_000): Output =>
		createProgramOutput({ ...common, program, writeTimeoutMs, mode: 'stream' });
	const once = (
		program: string,
		given: { runTimeoutMs?: number; environment?: readonly string[] } = {},
	): Output => createProgramOutput({ ...common, ...given, program, writeTimeoutMs: 5_000, mode: 'once' });

	test('stream: calls side by side start one program, and all that it gets goes there', async () => {
		const [starts, seen] = [join(folder, 'starts'), join(folder, 'side-by-side')];
		const output = make(script('single', `echo "$$" >> ${starts}; exec cat >> ${seen}`));
		const ids = Array.from({ length: 8 }, (_, i) => `side-${i}`);
		const results = await Promise.all(ids.map((id) => output.deliver([alertOf({ id })], never)));
		assert.deepEqual(new Set(results.map(([result]) => result?.kind)), new Set(['delivered']));
		await output.close();
		assert.equal(readFileSync(starts, 'utf8').trim().split('\n').length, 1);
		assert.equal(readFileSync(seen, 'utf8').trim().split('\n').length, ids.length);
	});

	test('once: a process for each alert, which gets one line and the variables that were named', async () => {
		const seen = join(folder, 'once');
		const program = script(
			'once-taker',
			`echo "$$ \${SECRET-none} \${WANTED-none}" >> ${seen}; cat >> ${seen}`,
		);
		const output = once(program, { environment: ['WANTED'] });
		for (const id of ['a', 'b'])
			assert.equal((await output.deliver([alertOf({ id })], never))[0]?.kind, 'delivered');
		const [first, a, second, b] = readFileSync(seen, 'utf8').trimEnd().split('\n');
		assert.match(first ?? '', /^\d+ none y$/);
		assert.match(second ?? '', /^\d+ none y$/);
		assert.notEqual(first, second);
		assert.deepEqual(
			[a, b].map((line) => (JSON.parse(line ?? '') as { id: string }).id),
			['a', 'b'],
		);
	});

	for (const [code, kind] of [
		[0, 'delivered'],
		[65, 'refused'],
		[78, 'blocked'],
		[1, 'retry'],
		[75, 'retry'],
	] as const)
		test(`once: exit code ${code} is ${kind}`, async () => {
			const [result] = await once(script(`exit-${code}`, `exit ${code}`)).deliver([hostile], never);
			assert.equal(result?.kind, kind);
			if (result.kind !== 'delivered') assert.equal(result.code, `output-exit-${code}`);
		});

	test('once: a run that takes too long is killed with what it started, and is a retry', async () => {
		const pid = join(folder, 'child-pid');
		const output = once(script('slow', `sleep 60 & echo $! > ${pid}; wait`), { runTimeoutMs: 500 });
		const [result] = await output.deliver([alertOf()], never);
		assert.match(result?.kind === 'retry' ? result.reason : '', /did not end within 500 ms and was killed/);
		await until(() => !isAlive(Number(readFileSync(pid, 'utf8'))));
	});

	test('what it writes is one escaped line of our log, up to the limit; the rest is counted and blocks nothing', async () => {
		await once(script('talking', "printf 'one\\n\\033[2Jtwo'; echo three >&2")).deliver([alertOf()], never);
		const said = lines.at(-1) as { message: string; fields: { text: string } };
		assert.equal(said.message, 'A program wrote');
		assertHarmless(said.fields.text);
		assert.match(said.fields.text, /one\\n\\x1b\[2Jtwo/);
		assert.match(said.fields.text, /three/);
		const [result] = await once(script('flooding', 'head -c 300000 /dev/zero')).deliver([alertOf()], never);
		assert.equal(result?.kind, 'delivered');
		const flooded = lines.at(-1) as { message: string; fields: { droppedBytes: number } };
		assert.equal(flooded.message, 'A program wrote more than outputBytesMax');
		assert.equal(flooded.fields.droppedBytes, 299_000);
	});

	test('it gets JSON lines, and no environment but PATH, LANG and TZ', async () => {
		const seen = join(folder, 'seen');
		const output = make(script('taker', `echo "\${SECRET-none}" > ${seen}; cat >> ${seen}`));
		assert.equal((await kinds(output, 2)).length, 2);
		await output.close();
		const [secret, ...lines] = readFileSync(seen, 'utf8').trimEnd().split('\n');
		assert.equal(secret, 'none');
		assert.deepEqual(
			lines.map((line) => (JSON.parse(line) as { id: string }).id),
			[hostile.id, hostile.id],
		);
	});

	test('one that dies is started again by the next delivery', async () => {
		const seen = join(folder, 'restarts');
		const output = make(script('dying', `head -n 1 >> ${seen}`));
		const count = (): number => {
			try {
				return readFileSync(seen, 'utf8').split('\n').length - 1;
			} catch {
				return 0;
			}
		};
		await kinds(output);
		await until(() => count() === 1);
		const deadline = Date.now() + 5_000;
		while (count() < 2 && Date.now() < deadline) {
			await kinds(output);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		assert.ok(count() >= 2);
		await output.close();
	});

	test('one that does not read is killed in time and the delivery is a retry', async () => {
		const output = make(script('deaf', 'sleep 60'), 200);
		const big = alertOf({ output: 'x'.repeat(4_000_000) });
		const [result] = await output.deliver([big], never);
		assert.equal(result?.kind, 'retry');
		assert.match(result?.kind === 'retry' ? result.reason : '', /did not read its standard input for 200 ms/);
		await output.close();
	});

	test('a program that is not there is a retry that names it', async () => {
		const [result] = await kinds(make('/nonexistent/prog'));
		assert.equal(result?.kind === 'retry' && result.code, 'output-enoent');
	});
});
