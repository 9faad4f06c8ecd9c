/**
 * Which of a few literals occur anywhere in a range of bytes. A window as long as the shortest literal moves over the range; its last two
 * bytes tell how far it can go on without missing one (Wu and Manber's shift), which is nearly its whole length for most.
 */
export type SearchLiteral = {
	readonly value: string /** Of what is found, 0 to 29. */;
	readonly bit: number;
};

type Candidate = { readonly bytes: Uint8Array; readonly bit: number };

const pairs = 4096;

/** Two bytes → slot; pairs that share one cost a shorter step, never a match. */
function slotOf(first: number, second: number): number {
	return ((first << 5) ^ second) & (pairs - 1);
}

export class ByteSearch {
	readonly #window: number;
	/** Steps by the window's last pair; 0 = a literal may begin with this window. */
	readonly #steps: Uint8Array;
	readonly #candidates: readonly Candidate[];
	readonly #always: number;

	constructor(literals: readonly SearchLiteral[]) {
		const bitsOf = (fits: (value: string) => boolean): number =>
			literals.reduce((bits, { value, bit }) => (fits(value) ? bits | (1 << bit) : bits), 0);
		this.#always = bitsOf((value) => value === '');
		this.#candidates = literals
			.filter(({ value }) => value !== '')
			.map(({ value, bit }) => ({ bytes: Uint8Array.from(value, (c) => c.charCodeAt(0)), bit }));
		const shortest = Math.min(...this.#candidates.map(({ bytes }) => bytes.length), 255);
		this.#window = shortest;
		// With one byte there is no pair to go by: every window is looked at.
		this.#steps = new Uint8Array(pairs).fill(shortest < 2 ? 0 : shortest - 1);
		for (const { bytes } of this.#candidates) {
			for (let at = 1; at < shortest; at++) {
				const slot = slotOf(bytes[at - 1]!, bytes[at]!);
				this.#steps[slot] = Math.min(this.#steps[slot]!, shortest - 1 - at);
			}
		}
	}

	/** Bits of the literals that occur. */
	find(bytes: Uint8Array, start: number, end: number): number {
		const window = this.#window;
		const steps = this.#steps;
		let found = this.#always;
		let last = start + window - 1;
		if (window === 1) {
			for (; last < end; last++) found |= this.#beginningAt(bytes, last, end);
			return found;
		}
		while (last < end) {
			const step = steps[slotOf(bytes[last - 1]!, bytes[last]!)]!;
			if (step > 0) {
				last += step;
				continue;
			}
			found |= this.#beginningAt(bytes, last - window + 1, end);
			last++;
		}
		return found;
	}

	#beginningAt(bytes: Uint8Array, at: number, end: number): number {
		let found = 0;
		for (const { bytes: literal, bit } of this.#candidates) {
			if (at + literal.length > end) continue;
			let same = 0;
			while (same < literal.length && bytes[at + same] === literal[same]) same++;
			if (same === literal.length) found |= 1 << bit;
		}
		return found;
	}
}
