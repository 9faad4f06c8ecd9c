/** Standard output on real pipes and terminals (of `script`, util-linux): a reader that stops does not stop the process, and nothing is cut off. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { alertToText } from '#schemas/alert/render.ts';
import { createStdoutOutput } from '#sink/outputs/stdout.ts';
import { launchArguments } from '#test/support/lanner-process.ts';
import { alertOf, until } from '#test/support/sink.ts';

const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'lanner-stdout-'));
const started: ChildProcess[] = [];
after(() => {
	for (const child of started) child.kill('SIGKILL');
	rmSync(folder, { recursive: true, force: true });
});

function start(program: string, args: readonly string[], stdout: 'pipe' | number): ChildProcess {
	const child = spawn(program, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'] });
	started.push(child);
	return child;
}

/** `cat` stops when we do not read from it, and the pipe before it fills. */
const piped = (command: readonly string[], afterS = 0): ChildProcess =>
	start('sh', ['-c', `"$@" | (sleep ${afterS}; cat)`, 'sh', ...command], 'pipe');

async function textOf(child: ChildProcess): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of child.stdout!) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}

const exitOf = (child: ChildProcess): Promise<number | null> =>
	new Promise((resolve) => child.once('exit', (code) => resolve(code)));

type Status = { readonly ticks: number; readonly delivered: number };
function statusIn(file: string): Status {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Status;
	} catch {
		// Not yet there, or being written.
		return { ticks: 0, delivered: 0 };
	}
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const numbersIn = (text: string): number[] =>
	[...text.matchAll(/ n=(\d+) x{80}\r?\n/g)].map(([, n]) => Number(n));

describe('standard output', { timeout: 120_000 }, () => {
	const count = 20_000;
	const writer = (status: string): string[] => [
		'--import',
		'tsx',
		join(root, 'test/support/stdout-writer.ts'),
		`${count}`,
		status,
	];
	const kinds = {
		// What spawn calls a pipe is a pair of sockets, as systemd's journal is.
		socket: (command: readonly string[]) => start(command[0]!, command.slice(1), 'pipe'),
		pipe: (command: readonly string[]) => piped(command),
		terminal: (command: readonly string[]) =>
			start('script', ['-qec', command.join(' '), '/dev/null'], 'pipe'),
	};
	for (const [kind, run] of Object.entries(kinds)) {
		test(`a reader of a ${kind} that stops makes deliveries wait, not the process; later it gets every line once, in order`, async () => {
			const file = join(folder, `status-${kind}`);
			const child = run([process.execPath, ...writer(file)]);
			await until(() => statusIn(file).ticks > 0, 30_000);
			let before = statusIn(file);
			// Nothing is delivered between two looks, while the loop turned ten times: it waits for us, and lives.
			await until(() => {
				const now = statusIn(file);
				if (now.delivered === before.delivered) return now.ticks >= before.ticks + 10;
				before = now;
				return false;
			}, 30_000);
			assert.ok(before.delivered < count, `${before.delivered} of ${count}`);
			assert.deepEqual(numbersIn(await textOf(child)), numbers(count));
			assert.equal(statusIn(file).delivered, count);
		});
	}

	test('a file gets every line', async () => {
		const path = join(folder, 'out');
		const file = openSync(path, 'w');
		try {
			assert.equal(await exitOf(start(process.execPath, writer(join(folder, 'status-file')), file)), 0);
		} finally {
			closeSync(file);
		}
		assert.deepEqual(numbersIn(readFileSync(path, 'utf8')), numbers(count));
	});

	test('the output of a command that is larger than a pipe comes whole, also when it is read late', async () => {
		const command = [process.execPath, ...launchArguments(['rules', 'list', '--json'])];
		const text = await textOf(piped(command, 4));
		assert.ok(text.length > 65_536, 'the test needs more than a pipe holds');
		assert.ok(Array.isArray(JSON.parse(text)));
	});

	test('a delivery that is stopped while its reader does not read is no delivery', async () => {
		const stop = new AbortController();
		const output = createStdoutOutput({
			stream: { write: () => undefined },
			format: 'json',
			colour: 'never',
			line: alertToText,
		});
		const delivering = output.deliver([alertOf()], stop.signal);
		stop.abort();
		assert.equal((await delivering)[0]?.kind, 'retry');
		assert.equal((await output.deliver([alertOf()], stop.signal))[0]?.kind, 'retry');
	});
});
