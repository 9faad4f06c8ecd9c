/**
 * Sets of event types, by name, as bits. The universe is every name that rules may use: events, system calls without an
 * event of their own, and spellings that no event ever bears. Immutable.
 */
import { events, syscallSpellings } from '../events/index.ts';

/** The empty name is what the generic event of an unknown system call has; `NA` is the name of Falco's unused codes. */
const universe: readonly string[] = [...events.keys(), ...syscallSpellings, 'NA', ''];
const indexByName: ReadonlyMap<string, number> = new Map(universe.map((name, index) => [name, index]));
const wordCount = Math.ceil(universe.length / 32);

/**
 * How many of Falco's event codes (enter and exit, old versions) share a name, where it is not two. Only good for
 * "more than a hundred codes"; the codes of several names were measured together and are split evenly.
 */
const codesByName: ReadonlyMap<string, number> = new Map([
	['NA', 35],
	['page_fault', 1],
	['asyncevent', 1],
	['pluginevent', 1],
	['openat', 4],
	['accept', 4],
	['accept4', 6],
	['execve', 16],
]);
const codesOfOthers = 2;

/** True for every name that an `evt.type` check may use. */
export function isEventTypeName(name: string): boolean {
	return name !== '' && indexByName.has(name);
}

export class EventTypeSet {
	static readonly all = new EventTypeSet(fullBits());
	static readonly none = new EventTypeSet(new Int32Array(wordCount));
	private readonly bits: Int32Array;

	private constructor(bits: Int32Array) {
		this.bits = bits;
	}

	/** Unknown names are left out. */
	static of(names: Iterable<string>): EventTypeSet {
		const bits = new Int32Array(wordCount);
		for (const name of names) {
			const index = indexByName.get(name);
			if (index !== undefined) bits[index >> 5] = (bits[index >> 5] as number) | (1 << (index & 31));
		}
		return new EventTypeSet(bits);
	}

	has(name: string): boolean {
		const index = indexByName.get(name);
		return index !== undefined && this.hasIndex(index);
	}

	names(): string[] {
		return universe.filter((_, index) => this.hasIndex(index));
	}

	get isAll(): boolean {
		return this.equals(EventTypeSet.all);
	}

	get isEmpty(): boolean {
		return this.equals(EventTypeSet.none);
	}

	/** Roughly how many of Falco's event codes these are. */
	get codeCount(): number {
		let count = 0;
		let hasGeneric = false;
		for (const name of this.names()) {
			const isNamed = name === 'NA' || (events.get(name)?.kind ?? 'generic-syscall') !== 'generic-syscall';
			if (!isNamed) hasGeneric = true;
			else count += codesByName.get(name) ?? codesOfOthers;
		}
		return count + (hasGeneric ? codesOfOthers : 0);
	}

	union(other: EventTypeSet): EventTypeSet {
		return new EventTypeSet(this.bits.map((word, i) => word | (other.bits[i] as number)));
	}

	intersection(other: EventTypeSet): EventTypeSet {
		return new EventTypeSet(this.bits.map((word, i) => word & (other.bits[i] as number)));
	}

	complement(): EventTypeSet {
		const full = EventTypeSet.all.bits;
		return new EventTypeSet(this.bits.map((word, i) => ~word & (full[i] as number)));
	}

	private equals(other: EventTypeSet): boolean {
		return this.bits.every((word, i) => word === other.bits[i]);
	}

	private hasIndex(index: number): boolean {
		return ((this.bits[index >> 5] as number) & (1 << (index & 31))) !== 0;
	}
}

function fullBits(): Int32Array {
	const bits = new Int32Array(wordCount);
	for (let i = 0; i < universe.length; i++) bits[i >> 5] = (bits[i >> 5] as number) | (1 << (i & 31));
	return bits;
}
