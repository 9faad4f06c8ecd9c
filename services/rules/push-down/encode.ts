/** A filter as capture takes it (probe/capture/filter.h): `--filter TEXT`, `filter TEXT` on its control. */
import type { CallFilter, KernelFilter } from './kernel-filter.ts';

const always = 0x80;
/** Bits below `always`. */
const wordSetsMax = 7;
/** What capture has room for; calls beyond are reported whatever their values. */
const callsMax = 63;

/** Empty = nothing is left out. */
export function encodeKernelFilter(filter: KernelFilter): string {
	const calls = [...filter.values()].slice(0, callsMax);
	const sets = new WordSets();
	const items = calls.map((call) => encodeCall(call, sets));
	return [...items, ...sets.encode()].join(' ');
}

function encodeCall({ eventType, results, slots }: CallFilter, sets: WordSets): string {
	const part = (index: number): string =>
		((results >> BigInt(64 * index)) & 0xffff_ffff_ffff_ffffn).toString(16);
	const need = slots.map(({ words }) =>
		(words === null ? always : words.size === 0 ? 0 : sets.bitOf(words)).toString(16).padStart(2, '0'),
	);
	return `${eventType}:${part(0)}:${part(1)}:${part(2)}:${need.join('')}`;
}

/** Different sets have a bit each; when there are none left, the rest share the last: more is reported than must be. */
class WordSets {
	readonly #bits = new Map<string, number>();
	readonly #words: Set<number>[] = [];

	bitOf(words: ReadonlySet<number>): number {
		const key = [...words].sort((a, b) => a - b).join(' ');
		let index = this.#bits.get(key);
		if (index === undefined) {
			index = Math.min(this.#words.length, wordSetsMax - 1);
			this.#bits.set(key, index);
			this.#words[index] = new Set([...(this.#words[index] ?? []), ...words]);
		}
		return 1 << index;
	}

	encode(): string[] {
		return this.#words.map((words, index) => {
			const list = [...words].sort((a, b) => a - b).map((word) => word.toString(16));
			return `=${(1 << index).toString(16)}:${list.join(',')}`;
		});
	}
}
