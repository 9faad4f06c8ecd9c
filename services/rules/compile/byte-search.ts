/**
 * Which of a few literals occur anywhere in a range of bytes. Pairs of neighbouring bytes are looked at in steps so wide that one of them lies
 * in the beginning of whatever occurs; a literal is only compared where such a pair is one of its own. No step waits for what the one before
 * found, as it would with a shift by what was seen (Boyer and Moore, Wu and Manber): the processor looks at several at once.
 */
export type SearchLiteral = {
	readonly value: string /** Of what is found, 0 to 29. */;
	readonly bit: number;
};

/** A literal that has the pair at `at` - 1 and `at`. */
type Candidate = { readonly bytes: Uint8Array; readonly at: number; readonly bit: number };

const pairs = 4096;

/** Two bytes → slot; pairs that share one cost a comparison, never a match. */
function slotOf(first: number, second: number): number {
	return ((first << 5) ^ second) & (pairs - 1);
}

export class ByteSearch {
	/** Bytes of the shortest literal, one less: so many pairs has each at least. */
	readonly #step: number;
	/** By the pair's slot: 0 = no literal has it, else the place in `#candidates`. */
	readonly #marks = new Uint16Array(pairs);
	readonly #candidates: Candidate[][] = [[]];
	/** Those of a single byte, looked for one by one. */
	readonly #single: readonly Omit<Candidate, 'at'>[];
	readonly #always: number;

	constructor(literals: readonly SearchLiteral[]) {
		const given = literals.map(({ value, bit }) => ({
			bytes: Uint8Array.from(value, (c) => c.charCodeAt(0)),
			bit,
		}));
		this.#always = given.reduce((bits, { bytes, bit }) => (bytes.length === 0 ? bits | (1 << bit) : bits), 0);
		this.#single = given.filter(({ bytes }) => bytes.length === 1);
		const longer = given.filter(({ bytes }) => bytes.length > 1);
		// Without any, one step leads past every end.
		this.#step = longer.length === 0 ? 2 ** 30 : Math.min(...longer.map(({ bytes }) => bytes.length)) - 1;
		for (const { bytes, bit } of longer) {
			for (let at = 1; at <= this.#step; at++) this.#mark({ bytes, at, bit });
		}
	}

	#mark(candidate: Candidate): void {
		const { bytes, at } = candidate;
		const slot = slotOf(bytes[at - 1]!, bytes[at]!);
		if (this.#marks[slot] === 0) this.#marks[slot] = this.#candidates.push([]) - 1;
		this.#candidates[this.#marks[slot]!]!.push(candidate);
	}

	/** Bits of the literals that occur. Short, so that it is compiled into its caller. */
	find(bytes: Uint8Array, start: number, end: number): number {
		const step = this.#step;
		const marks = this.#marks;
		let found = this.#always;
		for (let at = start + step; at < end; at += step) {
			const mark = marks[slotOf(bytes[at - 1]!, bytes[at]!)]!;
			if (mark !== 0) found |= this.#compare(mark, bytes, at, end);
		}
		return this.#single.length === 0 ? found : found | this.#findSingle(bytes, start, end);
	}

	#compare(mark: number, bytes: Uint8Array, at: number, end: number): number {
		let found = 0;
		for (const { bytes: literal, at: within, bit } of this.#candidates[mark]!) {
			if (isAt(bytes, at - within, end, literal)) found |= 1 << bit;
		}
		return found;
	}

	#findSingle(bytes: Uint8Array, start: number, end: number): number {
		let found = 0;
		for (const { bytes: literal, bit } of this.#single) {
			for (let at = start; at < end; at++) if (bytes[at] === literal[0]) found |= 1 << bit;
		}
		return found;
	}
}

/** Whether the literal is at `from`, which lies within the range by the way it was found. */
function isAt(bytes: Uint8Array, from: number, end: number, literal: Uint8Array): boolean {
	const length = literal.length;
	if (from + length > end) return false;
	for (let i = 0; i < length; i++) if (bytes[from + i] !== literal[i]) return false;
	return true;
}
