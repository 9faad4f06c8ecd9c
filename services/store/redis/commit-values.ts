/**
 * What a commit hands to its script. A usual commit is one call; one that is larger than a call should be is staged: its values go to a list
 * in several calls, and one last script takes them from there, so that it is atomic all the same.
 */
import type { HostChange } from '../store.ts';

export type Argument = string | number | Buffer;

/** Of one call. Redis does nothing else while it reads and runs one: these take it about 50 ms. */
const callValuesMax = 50_000;
const callBytesMax = 16 << 20;

export type CommitValues = {
	readonly values: readonly Argument[];
	/** More than one: the commit is to be staged. */
	readonly calls: readonly (readonly Argument[])[];
};

/** For each host: id, clear, number of puts, (key, value)…, number of deletes, key… */
export function commitValues(hosts: readonly HostChange[]): CommitValues {
	const values: Argument[] = [];
	for (const { hostId, clear, puts, deletes } of hosts) {
		values.push(hostId, clear ? 1 : 0, puts.size);
		for (const [key, value] of puts)
			values.push(key, Buffer.from(value.buffer, value.byteOffset, value.byteLength));
		values.push(deletes.length);
		for (const key of deletes) values.push(key);
	}
	return { values, calls: split(values) };
}

function split(values: readonly Argument[]): readonly (readonly Argument[])[] {
	const calls: Argument[][] = [[]];
	let bytes = 0;
	for (const value of values) {
		const size = typeof value === 'number' ? 8 : value.length;
		const call = calls.at(-1)!;
		if (call.length > 0 && (call.length >= callValuesMax || bytes + size > callBytesMax)) {
			calls.push([value]);
			bytes = size;
		} else {
			call.push(value);
			bytes += size;
		}
	}
	return calls;
}
