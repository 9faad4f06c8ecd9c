/**
 * An alert as text and as JSON, in the shapes that readers of Falco know. Pure; used by the evaluator's `replay`, the
 * sink's outputs and the console, so that an alert reads the same everywhere.
 *
 * Nothing is escaped for a terminal here except by JSON itself: who writes text somewhere escapes control characters.
 */
import type { Alert, OutputField } from '../generated/alert.ts';
import type { Long } from '../long.ts';

type FieldValue = OutputField['value'];

/** Local time of the host, `HH:MM:SS.nnnnnnnnn`. */
export function alertClock({
	timeS,
	timeNs,
	utcOffsetS,
}: Pick<Alert, 'timeS' | 'timeNs' | 'utcOffsetS'>): string {
	return `${new Date((timeS + utcOffsetS) * 1000).toISOString().slice(11, 19)}.${nineDigits(timeNs)}`;
}

/** UTC, `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`. */
export function alertTime({ timeS, timeNs }: Pick<Alert, 'timeS' | 'timeNs'>): string {
	return `${new Date(timeS * 1000).toISOString().slice(0, 19)}.${nineDigits(timeNs)}Z`;
}

/** `HH:MM:SS.nnnnnnnnn: Priority Output`, without a line end. */
export function alertToText(alert: Alert): string {
	return `${alertClock(alert)}: ${alert.priority} ${alert.output}`;
}

/**
 * One line of JSON, keys sorted, without a line end. Numbers beyond 2^53 are written exactly, as digits; readers that only
 * know doubles round them.
 */
export function alertToJson(alert: Alert): string {
	return stringify({
		hostname: alert.hostName,
		id: alert.id,
		lanner: {
			amends: alert.amends === null ? null : alert.amends.string,
			boot_id: alert.bootId,
			container_id: alert.containerId,
			event_type: alert.eventType,
			host_id: alert.hostId,
			incomplete: alert.incomplete,
			pid: alert.pid,
			producer: alert.producer,
			rule_digest: alert.ruleDigest,
			sequence: alert.sequence,
			start: alert.start,
		},
		output: alertToText(alert),
		output_fields: outputFields(alert),
		priority: alert.priority,
		rule: alert.rule,
		source: alert.source,
		tags: alert.tags,
		time: alertTime(alert),
	});
}

type Json = null | boolean | number | bigint | string | readonly Json[] | { readonly [key: string]: Json };

/** Times of the event: text in the output, nanoseconds since the epoch in JSON, as in Falco. */
const timeFields: ReadonlySet<string> = new Set([
	'evt.time',
	'evt.time.s',
	'evt.time.iso8601',
	'evt.datetime',
	'evt.datetime.s',
]);

/** Sorted by name; `evt.time` is always there, as in Falco. */
function outputFields(alert: Alert): Json {
	const time = BigInt(alert.timeS) * 1_000_000_000n + BigInt(alert.timeNs);
	const fields = new Map<string, Json>([['evt.time', time]]);
	for (const { name, value } of alert.outputFields) {
		fields.set(name, timeFields.has(name) ? time : jsonOf(value));
	}
	return Object.fromEntries([...fields].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

function jsonOf(value: FieldValue): Json {
	if (value === null) return null;
	if ('array' in value) return value.array.map(scalarOf);
	return scalarOf(value);
}

function scalarOf(
	value: null | { boolean: boolean } | { long: Long } | { double: number } | { string: string },
): Json {
	return value === null ? null : (Object.values(value)[0] as Json);
}

/** `JSON.stringify` refuses bigints and could not write them as numbers. */
function stringify(value: Json): string {
	if (typeof value === 'bigint') return value.toString();
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	if (isList(value)) return `[${value.map(stringify).join(',')}]`;
	return `{${Object.entries(value)
		.map(([key, member]) => `${JSON.stringify(key)}:${stringify(member)}`)
		.join(',')}}`;
}

function isList(value: object): value is readonly Json[] {
	return Array.isArray(value);
}

function nineDigits(ns: number): string {
	return String(ns).padStart(9, '0');
}
