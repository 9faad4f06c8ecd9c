/** The value of a socket option as rules see it: a number where the option has one, a duration, else the bytes. */
import { Text } from '#schemas/text.ts';
import type { Value } from './parameter-source.ts';
import { nanoseconds } from './time.ts';

const socketLevel = 1;
const errorOption = 4;
/** struct timeval: SO_RCVTIMEO, SO_SNDTIMEO, and their wide forms. */
const durationOptions: ReadonlySet<number> = new Set([20, 21, 66, 67]);
/** Options of SOL_SOCKET whose value is a structure or a text: LINGER, PEERCRED, BINDTODEVICE, filters, PEERNAME, PEERSEC, MEMINFO… */
const otherOptions: ReadonlySet<number> = new Set([13, 17, 25, 26, 28, 31, 55, 59]);
const intBytes = 4;
const longBytes = 8;

function unsigned(bytes: string, from: number, count: number): number {
	let value = 0;
	for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes.charCodeAt(from + i);
	return value;
}

/** Null = there is none, or it could not be read. */
export function socketOptionValue(level: number, option: number, bytes: string): Value {
	if (bytes === '') return null;
	if (level !== socketLevel || otherOptions.has(option)) return new Text(printable(bytes));
	if (durationOptions.has(option) && bytes.length === 2 * longBytes) {
		return nanoseconds(unsigned(bytes, 0, longBytes), unsigned(bytes, longBytes, longBytes) * 1000);
	}
	if (bytes.length >= longBytes) return unsigned(bytes, 0, longBytes);
	if (bytes.length < intBytes) return new Text(printable(bytes));
	const value = unsigned(bytes, 0, intBytes);
	return option === errorOption ? -value : value;
}

/** Bytes that cannot be printed become dots. */
export function printable(bytes: string): string {
	return bytes.replace(/[^\x20-\x7e]/g, '.');
}
