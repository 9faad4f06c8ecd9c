/** The event log with what goes through it counted, whichever adapter it is. Counts per call, not per record. */
import {
	type Assignment,
	type Consumer,
	type EventLog,
	type LogRecord,
	LogRefusedError,
	LogUnavailableError,
	RecordTooLargeError,
	type Topic,
} from '#log/log.ts';
import type { Metrics } from '#platform/metrics.ts';

export function measuredLog(log: EventLog, metrics: Metrics): EventLog {
	return {
		async append(topic, records) {
			const startMs = performance.now();
			try {
				await log.append(topic, records);
			} catch (error) {
				metrics.add('lanner_log_append_failures_total', { topic, reason: reasonOf(error) });
				throw error;
			}
			metrics.observe('lanner_log_append_seconds', (performance.now() - startMs) / 1000, { topic });
			metrics.add('lanner_log_records_appended_total', { topic }, records.length);
			metrics.add('lanner_log_bytes_appended_total', { topic }, bytesOf(records));
		},
		async consume(options) {
			return measuredConsumer(await log.consume(options), options.topic, metrics);
		},
		close: () => log.close(),
	};
}

function reasonOf(error: unknown): 'unavailable' | 'refused' | 'too-large' | 'other' {
	if (error instanceof LogUnavailableError) return 'unavailable';
	if (error instanceof LogRefusedError) return 'refused';
	return error instanceof RecordTooLargeError ? 'too-large' : 'other';
}

function measuredConsumer(consumer: Consumer, topic: Topic, metrics: Metrics): Consumer {
	return {
		async *assignments() {
			for await (const assignment of consumer.assignments())
				yield measuredAssignment(assignment, topic, metrics);
		},
		close: () => consumer.close(),
	};
}

function measuredAssignment(assignment: Assignment, topic: Topic, metrics: Metrics): Assignment {
	const { partition, revoked, lost } = assignment;
	return {
		...{ topic: assignment.topic, partition, revoked, lost },
		release: () => assignment.release(),
		seek: (offset) => assignment.seek(offset),
		async read(options) {
			const records = await assignment.read(options);
			if (records.length === 0) return records;
			metrics.add('lanner_log_records_read_total', { topic }, records.length);
			metrics.add('lanner_log_bytes_read_total', { topic }, bytesOf(records));
			return records;
		},
		reportProgress: (nextOffset, note) => assignment.reportProgress(nextOffset, note),
		progress: () => assignment.progress(),
		progressNote: () => assignment.progressNote(),
		partitionCount: () => assignment.partitionCount(),
		endOffset: () => assignment.endOffset(),
	};
}

function bytesOf(records: readonly Pick<LogRecord, 'value'>[]): number {
	let bytes = 0;
	for (const { value } of records) bytes += value.length;
	return bytes;
}
