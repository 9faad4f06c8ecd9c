/**
 * One alert that nothing raised, to try an output with. It goes past the log, the filters and the worker: what the output says of
 * one attempt is the result. Each has an id of its own, so that a receiver that drops repeats takes a second one too.
 */
import { createHash } from 'node:crypto';
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult, Output } from './output.ts';

export const testRule = 'Lanner test alert';
const testDigest = createHash('sha256').update(`1 ${testRule}`).digest('hex');
const idDigits = 32;

export type TestOrigin = {
	readonly hostName: string;
	/** Milliseconds since the epoch. */
	readonly nowMs: number;
	/** What makes the id of this one differ from all others. */
	readonly nonce: string;
};

export function testAlert({ hostName, nowMs, nonce }: TestOrigin): Alert {
	return {
		id: createHash('sha256')
			.update(`${testDigest} ${hostName} ${nowMs} ${nonce}`)
			.digest('hex')
			.slice(0, idDigits),
		timeS: Math.floor(nowMs / 1000),
		timeNs: Math.floor(nowMs % 1000) * 1_000_000,
		utcOffsetS: 0,
		hostId: hostName,
		hostName,
		bootId: '',
		producer: 'sink',
		sequence: 0,
		rule: testRule,
		ruleDigest: testDigest,
		priority: 'Notice',
		source: 'internal',
		tags: ['lanner', 'test'],
		output: `TEST of lanner, nothing happened: sent by lanner sink test (host=${hostName})`,
		outputFields: [{ name: 'host.name', value: { string: hostName } }],
		eventType: 'test',
		pid: 0,
		start: 0,
		containerId: '',
		incomplete: false,
		amends: null,
	};
}

export type Tested = { readonly result: DeliveryResult; readonly tookMs: number };

/** One attempt; `monotonicMs` measures it. An output that says nothing of the alert was interrupted. */
export async function tryOutput(
	output: Output,
	alert: Alert,
	{ signal, monotonicMs }: { readonly signal: AbortSignal; readonly monotonicMs: () => number },
): Promise<Tested> {
	const startMs = monotonicMs();
	const [result] = await output.deliver([alert], signal);
	const tookMs = Math.round(monotonicMs() - startMs);
	return {
		tookMs,
		result: result ?? {
			kind: 'retry',
			code: 'output-interrupted',
			reason: 'stopped before there was a result',
		},
	};
}
