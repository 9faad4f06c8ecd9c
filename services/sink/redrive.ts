/**
 * Dead letters of one output, sent to it again in the order they died. Progress of the group `redrive.NAME` moves on after
 * each, so a second redrive does not repeat what the first one settled. With `sinceMs` those that died then or later are sent, whatever was
 * sent before, and progress stays: none is passed over by a later one.
 * What fails for now ends the redrive there; what is
 * refused again, or cannot be decoded, is passed over and stays in the topic.
 */
import type { Assignment, EventLog, LogRecord } from '#log/log.ts';
import { whenAborted } from '#platform/signals.ts';
import { alertCodec, deadLetterCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult, Output } from './output.ts';

const readOptions = { maxBytes: 256 * 1024, waitMs: 1_000 };

export type Redriven = {
	delivered: number;
	/** Not taken this time either: id (or where it lies) and reason. */
	readonly refused: string[];
	/** Why it ended before the last one; null = it did not. */
	stopped: string | null;
};

export type RedriveOptions = {
	readonly log: EventLog;
	readonly name: string;
	/** Null: nothing is sent and no progress is made; `delivered` counts what would be sent. */
	readonly output: Output | null;
	/** Milliseconds since the epoch; null = from where the last redrive ended. */
	readonly sinceMs: number | null;
};

export async function redrive(options: RedriveOptions, signal: AbortSignal): Promise<Redriven> {
	const { log, name } = options;
	const outcome: Redriven = { delivered: 0, refused: [], stopped: null };
	const group = `redrive.${name}`;
	const consumer = await log.consume({ topic: 'lanner.alerts.dead', group, stop: signal });
	const release = whenAborted(signal, () => void consumer.close());
	try {
		let partitions = 0;
		for await (const assignment of consumer.assignments()) {
			await redrivePartition(assignment, options, outcome, signal).finally(() => assignment.release());
			partitions++;
			if (outcome.stopped !== null || partitions >= (await assignment.partitionCount())) break;
		}
		if (signal.aborted) outcome.stopped ??= 'stopped on request';
		return outcome;
	} finally {
		release();
		await consumer.close();
	}
}

async function redrivePartition(
	assignment: Assignment,
	options: RedriveOptions,
	outcome: Redriven,
	signal: AbortSignal,
): Promise<void> {
	const { output, sinceMs } = options;
	const keepsProgress = output !== null && sinceMs === null;
	await assignment.seek(sinceMs === null ? ((await assignment.progress()) ?? 'earliest') : { sinceMs });
	// What dies meanwhile is for the next redrive, else an output that refuses would never come to an end.
	const end = await assignment.endOffset();
	while (!signal.aborted) {
		const records = await assignment.read(readOptions);
		for (const record of records) {
			if (record.offset >= end) return;
			if (diedBefore(record, sinceMs)) continue;
			outcome.stopped = await redriveOne(record, options, outcome, signal);
			if (outcome.stopped !== null) return;
			if (keepsProgress) await assignment.reportProgress(record.offset + 1n);
		}
		const last = records.at(-1);
		if (last === undefined || last.offset + 1n >= end) return;
	}
}

/** A log may begin to read some way before a time, so the letters themselves are asked. */
function diedBefore({ appendedMs }: LogRecord, sinceMs: number | null): boolean {
	return sinceMs !== null && appendedMs < sinceMs;
}

/** Null, or why the redrive must end before this one. */
async function redriveOne(
	{ offset, key, value }: LogRecord,
	{ name, output }: RedriveOptions,
	outcome: Redriven,
	signal: AbortSignal,
): Promise<string | null> {
	if (key !== name) return null;
	const alert = alertOf(value);
	if (alert === null) {
		outcome.refused.push(`offset ${offset}: cannot be decoded`);
		return null;
	}
	const result = await deliverOne(alert, output, signal);
	if (result?.kind === 'delivered') outcome.delivered++;
	else if (result?.kind === 'refused') outcome.refused.push(`${alert.id}: ${result.reason}`);
	else return result?.reason ?? 'stopped on request';
	return null;
}

async function deliverOne(
	alert: Alert,
	output: Output | null,
	signal: AbortSignal,
): Promise<DeliveryResult | undefined> {
	if (output === null) return { kind: 'delivered' };
	return (await output.deliver([alert], signal))[0];
}

function alertOf(bytes: Uint8Array): Alert | null {
	try {
		return alertCodec.decode(deadLetterCodec.decode(bytes).value);
	} catch {
		// Told by the caller: it names where the letter lies.
		return null;
	}
}
