/** What the alert log holds: the measure of what every receiver must have. */
import type { EventLog } from '#log/log.ts';
import { alertCodec } from '#schemas/codec.ts';

/** Ids `HOST-NUMBER` in the order of the log. */
export async function idsOf(log: EventLog): Promise<string[]> {
	const consumer = await log.consume({ topic: 'lanner.alerts', group: `truth-${process.pid}` });
	try {
		for await (const assignment of consumer.assignments()) {
			const end = await assignment.endOffset();
			await assignment.seek('earliest');
			const ids: string[] = [];
			for (let next = 0n; next < end; ) {
				const records = await assignment.read({ maxBytes: 1 << 20, waitMs: 100 });
				if (records.length === 0) break;
				for (const { value } of records) ids.push(alertCodec.decode(value).id);
				next = records.at(-1)!.offset + 1n;
			}
			return ids;
		}
		return [];
	} finally {
		await consumer.close();
	}
}

export const hostOf = (id: string): string => id.slice(0, id.indexOf('-'));
export const numberOf = (id: string): number => Number(id.slice(id.indexOf('-') + 1));

/** -1 = the log is empty. */
export async function lastNumber(log: EventLog): Promise<number> {
	return (await idsOf(log)).map(numberOf).at(-1) ?? -1;
}
