/** What an output will never take, with reason and original bytes, in `lanner.alerts.dead`. Resolves once it is durable there. */
import type { EventLog, LogRecord } from '#log/log.ts';
import { deadLetterCodec } from '#schemas/codec.ts';

/** Of the reason in a dead letter. */
const reasonCharsMax = 2_000;

export type Burial = {
	readonly log: EventLog;
	readonly output: string;
	readonly nowMs: number;
	/** Where the record was read. */
	readonly topic: string;
	readonly partition: number;
	readonly record: LogRecord;
	/** Null = it could not be decoded. */
	readonly alertId: string | null;
	readonly code: string;
	readonly reason: string;
	readonly attempts: number;
};

export async function bury(burial: Burial): Promise<void> {
	const { log, output, nowMs, topic, partition, record, alertId, code, reason, attempts } = burial;
	const value = deadLetterCodec.encode({
		timeS: Math.floor(nowMs / 1000),
		timeNs: Math.floor(nowMs % 1000) * 1_000_000,
		topic,
		partition,
		offset: Number(record.offset),
		key: { bytes: Buffer.from(record.key, 'utf8') },
		value: Buffer.from(record.value),
		stage: output,
		code,
		reason: reason.slice(0, reasonCharsMax),
		attempts,
		alertId: alertId === null ? null : { string: alertId },
	});
	await log.append('lanner.alerts.dead', [{ key: output, value }]);
}
