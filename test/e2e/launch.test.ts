/**
 * probe/launch: what runs below it has no capability and gets none, and still has capture started whenever it asks. As an ordinary
 * user with the two as ambient capabilities, which is what the systemd units give.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { captureProblem, captureProgram } from '#test/support/capture.ts';

const skip = captureProblem() ?? (existsSync('/usr/bin/setpriv') ? false : 'needs setpriv (util-linux)');
const user = '65534';
const two = ['bpf', 'perfmon'];
const nothing = '0000000000000000';
const both = '000000c000000000';
const waitMsMax = 20_000;

type Answer = {
	readonly pid: number;
	readonly status: string;
	readonly starter: string;
	readonly asked: number;
	readonly code: number | null;
	readonly signal: string | null;
	readonly bytes: number;
	readonly errors: string;
};

class Launched {
	readonly child: ChildProcess;
	readonly #lines: AsyncIterator<string>;

	constructor(folder: string, capabilities: readonly string[]) {
		const list = capabilities.map((name) => `+${name}`).join(',');
		const given = ['inh-caps', 'ambient-caps', 'bounding-set'].flatMap((set) => [
			`--${set}`,
			list === '' ? '-all' : `-all,${list}`,
		]);
		const command = [join(folder, 'launch'), '--capture', join(folder, 'capture'), '--'];
		const agent = [process.execPath, join(folder, 'agent.cjs'), join(folder, 'launch')];
		this.child = spawn(
			'setpriv',
			['--reuid', user, '--regid', user, '--clear-groups', ...given, '--', ...command, ...agent],
			{ cwd: '/', stdio: ['pipe', 'pipe', 'inherit'] },
		);
		this.#lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
	}

	/** Its next line. */
	async next(): Promise<Answer> {
		const timer = setTimeout(() => this.child.kill('SIGKILL'), waitMsMax);
		const { value, done } = await this.#lines.next();
		clearTimeout(timer);
		assert.ok(done !== true, 'the agent has ended, or did not answer');
		return JSON.parse(value) as Answer;
	}

	/** Asks for a capture and waits for its end. */
	async capture(args: readonly string[], signal?: string): Promise<Answer> {
		this.ask(args, signal);
		await this.next();
		return this.next();
	}

	ask(args: readonly string[], signal?: string): void {
		this.child.stdin!.write(`${JSON.stringify({ args, signal })}\n`);
	}
}

function launched(
	context: TestContext,
	capabilities: readonly string[],
): { agent: Launched; folder: string } {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-launch-'));
	chmodSync(folder, 0o755);
	copyFileSync(captureProgram, join(folder, 'capture'));
	copyFileSync(join(dirname(captureProgram), 'launch'), join(folder, 'launch'));
	copyFileSync(join(import.meta.dirname, '../support/asking-agent.cjs'), join(folder, 'agent.cjs'));
	const agent = new Launched(folder, capabilities);
	context.after(async () => {
		if (agent.child.exitCode === null && agent.child.signalCode === null) {
			agent.child.kill('SIGKILL');
			await once(agent.child, 'exit');
		}
		rmSync(folder, { recursive: true, force: true });
	});
	return { agent, folder };
}

/** Pids whose command line begins so. */
function running(program: string, ...args: readonly string[]): number[] {
	const wanted = [program, ...args].join('\0');
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.filter((pid) => {
			try {
				const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
				return line === `${wanted}\0` || line.startsWith(`${wanted}\0`);
			} catch {
				// It has ended meanwhile.
				return false;
			}
		})
		.map(Number);
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
	const end = Date.now() + waitMsMax;
	for (;;) {
		const found = look();
		if (found !== undefined && found !== false) return found;
		assert.ok(Date.now() < end, what);
		await sleep(20);
	}
}

function capabilitiesOf(status: string): Record<string, string> {
	const sets = [...status.matchAll(/^(Cap(?:Inh|Prm|Eff|Amb)|NoNewPrivs):\t(\S+)$/gm)];
	return Object.fromEntries(sets.map(([, name, value]) => [name, value]));
}

/** Why capture ended, of the lines that it wrote. */
function failuresOf(errors: string): string[] {
	const lines = errors.trim().split('\n');
	const told = lines.map((line) => JSON.parse(line) as { level: string; code: string });
	return told.filter(({ level }) => level === 'error').map(({ code }) => code);
}

const unprivileged = { CapInh: nothing, CapPrm: nothing, CapEff: nothing, CapAmb: nothing, NoNewPrivs: '1' };

describe('launch', { skip }, () => {
	test('the agent has no capability in any set, its starter the two, a running capture none', async (context) => {
		const { agent, folder } = launched(context, two);
		const { status, pid, starter } = await agent.next();
		assert.equal(
			pid,
			agent.child.pid,
			'the agent is the process that was started: signals and exit code are its own',
		);
		assert.equal(starter, '3');
		assert.deepEqual(capabilitiesOf(status), unprivileged);
		const statusOf = (of: number): string => readFileSync(`/proc/${of}/status`, 'latin1');
		const [keeper] = running(join(folder, 'launch'), '--capture');
		assert.ok(keeper !== undefined);
		assert.deepEqual(capabilitiesOf(statusOf(keeper)), {
			...{ CapInh: both, CapPrm: both, CapEff: both, CapAmb: both, NoNewPrivs: '1' },
		});
		agent.ask(['--seconds', '2']);
		await agent.next();
		const attached = await until('capture gives its capabilities up', () =>
			running(join(folder, 'capture')).find((of) => capabilitiesOf(statusOf(of)).CapPrm === nothing),
		);
		assert.deepEqual(capabilitiesOf(statusOf(attached)), unprivileged);
		const { code, bytes } = await agent.next();
		assert.equal(code, 0);
		assert.ok(bytes > 10_000, `${bytes} bytes of frames`);
	});

	test('capture can be had again and again, and its end comes through: codes, errors, signals', async (context) => {
		const { agent, folder } = launched(context, two);
		await agent.next();
		const wrong = await agent.capture(['--nonsense']);
		assert.equal(wrong.code, 2);
		assert.equal(JSON.parse(wrong.errors).code, 'bad-option');
		const stopped = await agent.capture([], 'SIGTERM');
		assert.deepEqual([stopped.code, stopped.signal], [0, null], 'it drained and ended by itself');
		agent.ask([]);
		await agent.next();
		process.kill(await until('capture runs', () => running(join(folder, 'capture'))[0]), 'SIGKILL');
		const killed = await agent.next();
		assert.deepEqual([killed.code, killed.signal], [null, 'SIGKILL']);
		const again = await agent.capture(['--seconds', '1']);
		assert.equal(again.code, 0);
	});

	test('whoever asked and is killed takes its capture with it; the next one is served', async (context) => {
		const { agent, folder } = launched(context, two);
		await agent.next();
		const gone = await agent.capture([], 'SIGKILL');
		assert.equal(gone.signal, 'SIGKILL');
		assert.equal((await agent.capture(['--seconds', '1'])).code, 0);
		assert.deepEqual(running(join(folder, 'capture')), []);
	});

	for (const missing of two)
		test(`without ${missing} capture cannot run, and says so`, async (context) => {
			const { agent } = launched(
				context,
				two.filter((name) => name !== missing),
			);
			await agent.next();
			const { code, errors } = await agent.capture(['--seconds', '1']);
			assert.equal(code, 3);
			assert.match(errors, /not permitted|refused/);
		});

	test('a starter that is gone is told as what it is, and ends its capture', async (context) => {
		const { agent, folder } = launched(context, two);
		await agent.next();
		agent.ask([]);
		await agent.next();
		await until('capture runs', () => running(join(folder, 'capture'))[0]);
		const [keeper] = running(join(folder, 'launch'), '--capture');
		process.kill(keeper!, 'SIGKILL');
		const during = await agent.next();
		assert.equal(during.code, 3);
		assert.deepEqual(failuresOf(during.errors), ['starter-gone'], during.errors);
		await until('capture ends with its starter', () => running(join(folder, 'capture')).length === 0);
		const after = await agent.capture([]);
		assert.equal(after.code, 3);
		assert.deepEqual(failuresOf(after.errors), ['starter-gone'], after.errors);
	});

	test('an agent that is killed leaves nothing behind', async (context) => {
		const { agent, folder } = launched(context, two);
		await agent.next();
		agent.ask([]);
		await agent.next();
		await until('capture runs', () => running(join(folder, 'capture'))[0]);
		agent.child.kill('SIGKILL');
		await until(
			'starter, asker and capture end',
			() => running(join(folder, 'launch')).length === 0 && running(join(folder, 'capture')).length === 0,
		);
	});

	test('what the agent starts does not inherit the starter', async (context) => {
		const { agent } = launched(context, two);
		const { pid } = await agent.next();
		// Position of the descriptor, and its flags: O_CLOEXEC is octal 02000000.
		assert.match(readFileSync(`/proc/${pid}/fdinfo/3`, 'latin1'), /^flags:\t0?2\d{6}$/m);
	});

	test('root is refused: without capabilities it would still own the files of the host', async () => {
		const child = spawn(join(dirname(captureProgram), 'launch'), [
			'--capture',
			'/bin/false',
			'--',
			'/bin/true',
		]);
		const [code] = await once(child, 'exit');
		assert.equal(code, 3);
	});
});
