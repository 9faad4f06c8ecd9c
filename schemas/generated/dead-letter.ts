// Generated from schemas/dead-letter/v1.avsc by `npm run schemas:generate`. Do not edit.

/** Value of a record of lanner.alerts.dead (key = output name) and lanner.events.dead (key = host id): what was refused for good, with its original bytes. */
export type DeadLetter = {
	/** When it was given up, seconds since the epoch. */
	timeS: number;
	/** Nanoseconds within timeS. */
	timeNs: number;
	/** Topic it came from. */
	topic: string;
	/** Partition it came from. */
	partition: number;
	/** Offset it came from. */
	offset: number;
	/** Original key; null = none. */
	key: { 'bytes': Buffer } | null;
	/** Original bytes. */
	value: Buffer;
	/** Who gave up: evaluator, or the output's name. */
	stage: string;
	/** Error code from the closed list. */
	code: string;
	/** What failed, for a person. */
	reason: string;
	/** How often it was tried. */
	attempts: number;
	/** Id of the alert when it could be decoded; else null. */
	alertId: { 'string': string } | null;
};
