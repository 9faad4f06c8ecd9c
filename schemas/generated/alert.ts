// Generated from schemas/alert/v1.avsc by `npm run schemas:generate`. Do not edit.
import type { Long } from '../long.ts';

/** A field of an alert. */
export type OutputField = {
	/** Field as written in the rule's output. */
	name: string;
	/** Its value; null = missing. */
	value: null | { 'boolean': boolean } | { 'long': Long } | { 'double': number } | { 'string': string } | { 'array': readonly (null | { 'boolean': boolean } | { 'long': Long } | { 'double': number } | { 'string': string })[] };
};

/** Value of a record of lanner.alerts; the record's key is hostId. One match of one rule. */
export type Alert = {
	/** Deterministic id: hex SHA-256 over rule digest, host, boot, producer and sequence, first 32 digits. A repeat has the same id. */
	id: string;
	/** Event time, seconds since the epoch. */
	timeS: number;
	/** Nanoseconds within timeS. */
	timeNs: number;
	/** Offset of the host's local time from UTC in seconds (east positive); the text line gives local time. */
	utcOffsetS: number;
	/** Host of the event. */
	hostId: string;
	/** Name of the host. */
	hostName: string;
	/** Boot of the host. */
	bootId: string;
	/** Stream of the event: capture, agent, or evaluator (what an evaluator found out: a silent probe). */
	producer: string;
	/** Sequence of the event. */
	sequence: number;
	/** Name of the rule. */
	rule: string;
	/** SHA-256 of the compiled rule (name, condition, output, priority, tags, source), hex. */
	ruleDigest: string;
	/** Emergency, Alert, Critical, Error, Warning, Notice, Informational or Debug. */
	priority: string;
	/** Event source the rule is for (syscall, or internal for Lanner's own). */
	source: string;
	/** Tags, sorted. */
	tags: readonly string[];
	/** Output text with its fields filled in; valid UTF-8, control characters as in the event. */
	output: string;
	/** Fields of the output, in order of their first use. */
	outputFields: readonly OutputField[];
	/** Name of the event (evt.type). */
	eventType: string;
	/** Process id; 0 = none. */
	pid: number;
	/** Start of the process, microseconds since boot; 0 = none. */
	start: number;
	/** Container; empty = host. */
	containerId: string;
	/** True when events of this host had been lost and state had not been rebuilt yet. */
	incomplete: boolean;
	/** Id of the alert that this one completes with facts that came late; null = an alert of its own. */
	amends: { 'string': string } | null;
};
