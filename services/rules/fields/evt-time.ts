/** Times of the event (evt.time…, evt.rawtime…): the host's, from the batch; nothing here knows the clock or zone of this machine. */
import { Text } from '#schemas/text.ts';
import { FieldArgumentError } from '../field.ts';
import type { EventSubject } from '../subject.ts';
import { bound, type Field, type FieldOptions, field, missing, type Read } from './define.ts';
import { dateTime, dateTimeSeconds, iso8601, nanoseconds, timeOfDay, timeOfDaySeconds } from './time.ts';

const dec: FieldOptions = { print: 'DEC' };
const id: FieldOptions = { print: 'ID' };
const padded: FieldOptions = { print: '10_PADDED_DEC' };
const billion = 1_000_000_000n;

function sinceFirst({ host }: EventSubject): bigint {
	return host.eventTime() - nanoseconds(host.meta.firstTimeS, Math.max(0, host.meta.firstTimeNs));
}

const noDelta = 'it depends on which events a rule saw before, which a replay would change';

export const timeFields: readonly Field[] = [
	field('evt.num', 'UINT64', "Number of the event in its host's stream.", (s) => s.reader.sequence, id),
	field('evt.time', 'CHARBUF', 'Local time of day with nanoseconds.', (s) =>
		timeOfDay(s.host.timeS, s.host.timeNs, s.host.utcOffsetS),
	),
	field('evt.time.s', 'CHARBUF', 'Local time of day.', (s) =>
		timeOfDaySeconds(s.host.timeS, s.host.utcOffsetS),
	),
	field('evt.time.iso8601', 'CHARBUF', 'Date and time in UTC.', (s) => iso8601(s.host.timeS, s.host.timeNs)),
	field(
		'evt.datetime',
		'CHARBUF',
		'Local date and time with nanoseconds.',
		(s) => new Text(dateTime(s.host.timeS, s.host.timeNs, s.host.utcOffsetS)),
	),
	field('evt.datetime.s', 'CHARBUF', 'Local date and time.', (s) =>
		dateTimeSeconds(s.host.timeS, s.host.utcOffsetS),
	),
	field('evt.rawtime', 'ABSTIME', 'Time in nanoseconds since the epoch.', (s) => s.host.eventTime(), dec),
	field('evt.rawtime.s', 'ABSTIME', 'Whole seconds since the epoch.', (s) => s.host.timeS, dec),
	field('evt.rawtime.ns', 'ABSTIME', 'Nanoseconds within the second.', (s) => s.host.timeNs, padded),
	field('evt.reltime', 'RELTIME', "Nanoseconds since the boot's first event.", sinceFirst, padded),
	field(
		'evt.reltime.s',
		'RELTIME',
		"Whole seconds since the boot's first event.",
		(s) => sinceFirst(s) / billion,
		dec,
	),
	field(
		'evt.reltime.ns',
		'RELTIME',
		'Nanoseconds within that second.',
		(s) => sinceFirst(s) % billion,
		padded,
	),
	missing('evt.deltatime', 'RELTIME', 'Nanoseconds since the event before.', noDelta, dec),
	missing('evt.deltatime.s', 'RELTIME', 'Whole seconds since the event before.', noDelta, dec),
	missing('evt.deltatime.ns', 'RELTIME', 'Nanoseconds within that second.', noDelta, padded),
	field(
		'evt.outputtime',
		'CHARBUF',
		'Local time of day, for outputs.',
		(s) => timeOfDay(s.host.timeS, s.host.timeNs, s.host.utcOffsetS),
		{ flags: ['PRINT_ONLY'] },
	),
	...['evt.latency', 'evt.latency.s', 'evt.wait_latency'].map((name) =>
		field(name, 'RELTIME', 'Deprecated, always 0.', () => 0, { print: 'DEC', flags: ['DEPRECATED'] }),
	),
	field('evt.latency.ns', 'RELTIME', 'Deprecated, always 0.', () => 0, { ...padded, flags: ['DEPRECATED'] }),
	field('evt.latency.quantized', 'UINT64', 'Deprecated, always 0.', () => 0, {
		print: 'DEC',
		flags: ['TABLE_ONLY', 'DEPRECATED'],
	}),
	field('evt.latency.human', 'CHARBUF', 'Deprecated, always 0ns.', () => zeroNs, { flags: ['DEPRECATED'] }),
	bound(
		'evt.around',
		'UINT64',
		'The time in brackets is within so many milliseconds of the event.',
		bindAround,
		{
			print: 'DEC',
			argument: 'required',
			flags: ['FILTER_ONLY', 'NO_TRANSFORMER', 'NO_RHS'],
			unavailable: 'compare evt.rawtime instead',
		},
	),
];

const zeroNs = new Text('0ns');

function bindAround(argument: string | null): Read {
	if (!/^\d{1,20}$/.test(argument ?? '')) {
		throw new FieldArgumentError(
			`evt.around[${argument}]: the argument must be a time in nanoseconds since the epoch`,
		);
	}
	return () => null;
}
