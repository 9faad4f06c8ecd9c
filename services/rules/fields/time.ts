/** Times as rules see them. Nothing here knows the clock or the time zone of the machine it runs on. */
import { Text } from '#schemas/text.ts';

const billion = 1_000_000_000n;

export function nanoseconds(seconds: number, ns: number): bigint {
	return BigInt(seconds) * billion + BigInt(ns);
}

function two(value: number): string {
	return value < 10 ? `0${value}` : String(value);
}

/** HH:MM:SS of a day. */
function clock(date: Date): string {
	return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

function day(date: Date): string {
	return date.toISOString().slice(0, 10);
}

function fraction(ns: number): string {
	return `.${String(ns).padStart(9, '0')}`;
}

/** Local time of day; `utcOffsetS` is the host's. */
export function timeOfDay(seconds: number, ns: number, utcOffsetS: number): Text {
	return new Text(clock(new Date((seconds + utcOffsetS) * 1000)) + fraction(ns));
}

export function timeOfDaySeconds(seconds: number, utcOffsetS: number): Text {
	return new Text(clock(new Date((seconds + utcOffsetS) * 1000)));
}

export function dateTime(seconds: number, ns: number, utcOffsetS: number): string {
	const date = new Date((seconds + utcOffsetS) * 1000);
	return `${day(date)} ${clock(date)}${fraction(ns)}`;
}

export function dateTimeSeconds(seconds: number, utcOffsetS: number): Text {
	const date = new Date((seconds + utcOffsetS) * 1000);
	return new Text(`${day(date)} ${clock(date)}`);
}

/** UTC, as ISO 8601 with nanoseconds and the offset +0000. */
export function iso8601(seconds: number, ns: number): Text {
	const date = new Date(seconds * 1000);
	return new Text(`${day(date)}T${clock(date)}${fraction(ns)}+0000`);
}

const significantDigits = 6;

/** A duration in seconds with at most six digits, as C's %g has it: `0.5s`, `1e-06s`. */
export function secondsText(ns: number | bigint): string {
	const seconds = Number(ns) / 1e9;
	const rounded = Number(seconds.toPrecision(significantDigits));
	const size = Math.abs(rounded);
	if (size !== 0 && (size < 1e-4 || size >= 10 ** significantDigits)) {
		const [mantissa, exponent] = rounded.toExponential().split('e') as [string, string];
		return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}s`;
	}
	return `${rounded}s`;
}
