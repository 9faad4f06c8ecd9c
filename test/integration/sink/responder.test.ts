/** The example responder, as a program output runs it, on processes of this test: it kills the one of the alert and no other. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult } from '#sink/output.ts';
import { createProgramOutput } from '#sink/outputs/program/index.ts';
import { alertOf, collectingLogger } from '#test/support/sink.ts';

const program = join(import.meta.dirname, '../../../deploy/examples/responder/respond.py');
const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'ascii').trim();
/** The kernel's clock ticks are hundredths of a second for programs, on every architecture. */
const tickUs = 10_000;

function startUs(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
	const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
	// Within the tick, as the kernel's own finer time is.
	return Number(ticks) * tickUs + 1_234;
}

describe('example responder', { timeout: 30_000 }, () => {
	let victim: ChildProcess;
	let pid: number;
	beforeEach(async () => {
		victim = spawn('sleep', ['60']);
		await once(victim, 'spawn');
		pid = victim.pid!;
	});
	afterEach(() => victim.kill('SIGKILL'));

	async function respond(
		given: Partial<Alert>,
	): Promise<{ result: DeliveryResult | undefined; said: string }> {
		const { logger, lines } = collectingLogger();
		const output = createProgramOutput({
			name: 'responder',
			program,
			args: ['Shadow read'],
			mode: 'once',
			environment: [],
			outputBytesMax: 1_000,
			writeTimeoutMs: 5_000,
			runTimeoutMs: 10_000,
			env: { PATH: process.env.PATH },
			logger,
		});
		const [result] = await output.deliver(
			[alertOf({ pid, start: startUs(pid), bootId, ...given })],
			new AbortController().signal,
		);
		return { result, said: (lines.at(-1)?.fields as { text?: string } | undefined)?.text ?? '' };
	}

	test('the process of the alert is killed', async () => {
		const exited = once(victim, 'exit');
		const { result, said } = await respond({});
		assert.deepEqual([result?.kind, said], ['delivered', `killed process ${pid}`]);
		assert.deepEqual(await exited, [null, 'SIGKILL']);
	});

	test('another start time, another boot, another rule or a process that has ended: nothing is killed', async () => {
		const start = startUs(pid);
		for (const [given, why] of [
			[{ start: start - tickUs }, /is another one by now/],
			[{ start: start + tickUs }, /is another one by now/],
			[{ bootId: '00000000-0000-0000-0000-000000000000' }, /another host, or an earlier boot/],
			[{ rule: 'Another rule' }, /none of ours/],
			[{ pid: 1 }, /not to be killed/],
			[{ pid: 0 }, /not to be killed/],
			[{ pid: 2 ** 22 + 1 }, /has ended/],
		] as const) {
			const { result, said } = await respond(given);
			assert.equal(result?.kind, 'delivered');
			assert.match(said, why);
		}
		assert.equal(victim.exitCode, null);
		assert.equal(victim.signalCode, null);
	});
});
