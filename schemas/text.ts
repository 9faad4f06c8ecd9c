/**
 * Byte strings of events, interned. A `Text` is made once for equal bytes (within the table's bound), so that what a
 * rule finds out about a string can be remembered on the string itself.
 *
 * `value` has one character per byte (latin1): comparison is byte-wise and exact for any bytes a process can choose.
 */
export class Text {
	readonly value: string;
	/**
	 * Answers of the rule set `maskOwner` that depend on this text and a partner, for its slot `maskSlot`; in the object itself, since paths
	 * are many and each further object is a cache miss. Other slots are in `masks`. See services/rules/compile/emit-prefilter.ts.
	 */
	maskOwner = 0;
	maskSlot = -1;
	maskPartner: Text | null = null;
	mask0 = 0;
	mask1 = 0;
	masks: (number | Text | null)[] | null = null;
	/** Owner of the memo below: the serial of the compiled rule set that wrote it. Another serial makes the memo void. */
	memoOwner = 0;
	/** Bit n: predicate n of the owner is known for this string (first 30 predicates; further ones in `memoMore`). */
	memoKnown = 0;
	/** Bit n: its answer. */
	memoTruth = 0;
	/** Pairs (known, truth) for predicates 30 and up, 30 to a pair; null until needed. */
	memoMore: number[] | null = null;
	/** Parts of a path, made when a rule first asks for them: the same paths come again and again. */
	directory: Text | null = null;
	fileName: Text | null = null;

	constructor(value: string) {
		this.value = value;
	}

	/** The bytes as UTF-8 text for people; invalid sequences become U+FFFD. */
	toString(): string {
		return decodeUtf8(this.value);
	}
}

/** Byte string → text for people; invalid UTF-8 becomes U+FFFD. ASCII comes back as it is. */
export function decodeUtf8(bytes: string): string {
	for (let i = 0; i < bytes.length; i++) {
		if (bytes.charCodeAt(i) > 127) return Buffer.from(bytes, 'latin1').toString('utf8');
	}
	return bytes;
}

/** Text for people → byte string (UTF-8). */
export function encodeUtf8(text: string): string {
	for (let i = 0; i < text.length; i++) {
		if (text.charCodeAt(i) > 127) return Buffer.from(text, 'utf8').toString('latin1');
	}
	return text;
}
