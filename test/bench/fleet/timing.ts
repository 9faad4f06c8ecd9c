/** Times of alerts for the benches: records of a topic as they arrive, and percentiles. */
import type { EventLog, LogRecord, Topic } from '#log/log.ts';

/** Milliseconds since the epoch, finer than Date.now. */
export const nowMs = (): number => performance.timeOrigin + performance.now();

/** Every partition of a topic from its beginning on, in the order of arrival; gives what ends it. */
export async function follow(
	log: EventLog,
	topic: Topic,
	take: (record: LogRecord) => void,
): Promise<() => Promise<void>> {
	const consumer = await log.consume({ topic, group: `timing-${topic}` });
	const running = (async () => {
		const loops: Promise<void>[] = [];
		for await (const assignment of consumer.assignments())
			loops.push(
				(async () => {
					await assignment.seek('earliest');
					while (!assignment.revoked.aborted)
						for (const record of await assignment.read({ maxBytes: 1 << 20, waitMs: 250 })) take(record);
				})(),
			);
		await Promise.all(loops);
	})();
	return async () => {
		await consumer.close();
		await running;
	};
}

export function showTimes(what: string, times: readonly number[]): void {
	const sorted = [...times].sort((a, b) => a - b);
	const at = (share: number): string =>
		(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN)
			.toFixed(0)
			.padStart(6);
	console.log(`${what.padEnd(36)} p50 ${at(0.5)}  p90 ${at(0.9)}  p99 ${at(0.99)}  max ${at(1)} ms`);
}
