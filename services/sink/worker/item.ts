/** What goes through a worker: an alert, where it lies in the log, and where the output stands once it is settled. */
import type { LogRecord } from '#log/log.ts';
import type { Alert } from '#schemas/generated/alert.ts';

/** A place in a partition to go on at, with a note to whoever does (the period of the grouping; '' = none). */
export type Place = { readonly next: bigint; readonly note: string };

export type Item = {
	/** Of a summary the bytes are our own, and the offset is that of the last alert in it. */
	readonly record: LogRecord;
	readonly alert: Alert;
	/** Alerts that it stands for: more than one in a summary. */
	readonly alerts: number;
	readonly place: Place;
};
