/** Batches that cannot be decoded, as they go to lanner.events.dead. */
import type { LogRecord } from '#log/log.ts';
import { deadLetterCodec } from '#schemas/codec.ts';
import type { DecodeError } from '#schemas/decode-error.ts';
import type { OutboxRecord } from './outbox.ts';

export type DeadPlace = { readonly topic: string; readonly partition: number };

/** With the bytes, or, where the log does not take so large a record, with the place where they are. */
export function deadRecord(record: LogRecord, fault: DecodeError, place: DeadPlace, now: Date): OutboxRecord {
	const encode = (value: Uint8Array, note: string): Buffer => {
		const ms = now.getTime();
		return deadLetterCodec.encode({
			timeS: Math.floor(ms / 1000),
			timeNs: (ms % 1000) * 1_000_000,
			...place,
			offset: Number(record.offset),
			key: { bytes: Buffer.from(record.key) },
			value: Buffer.from(value),
			stage: 'evaluator',
			code: fault.code,
			reason: `${fault.message}${note}`,
			attempts: 1,
			alertId: null,
		});
	};
	return {
		topic: 'lanner.events.dead',
		key: record.key,
		value: encode(record.value, ''),
		smaller: encode(
			new Uint8Array(),
			` (the batch of ${record.value.length} bytes is too large to be kept here; it is at its offset until retention deletes it)`,
		),
	};
}
