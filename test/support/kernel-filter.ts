/**
 * The kernel side's decision to leave an event out, in the plainest way, from the text that capture is given (probe/capture/filter.h) and an
 * event as it would have been reported. Words are compared themselves, not their hashes: less is kept than the kernel keeps, never more.
 */
import { eventTypes, familyIndex } from '#schemas/generated/event-names.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';

type Call = { readonly results: readonly bigint[]; readonly need: readonly number[] };

export class FilterModel {
	readonly #calls = new Map<string, Call>();
	/** Sets by word. */
	readonly #words = new Map<string, number>();

	constructor(text: string) {
		for (const item of text.split(' ').filter((part) => part !== '')) {
			const [name = '', ...parts] = item.split(':');
			if (name.startsWith('=')) this.#addWords(Number.parseInt(name.slice(1), 16), parts[0]!);
			else
				this.#calls.set(name, {
					results: parts.slice(0, 3).map((hex) => BigInt(`0x${hex}`)),
					need: [...Buffer.from(parts[3]!, 'hex')],
				});
		}
	}

	#addWords(sets: number, list: string): void {
		for (const hex of list.split(',').filter((word) => word !== '')) {
			const bytes = Buffer.alloc(4);
			bytes.writeUInt32LE(Number.parseInt(hex, 16));
			const word = bytes.toString('latin1').replace(/\0+$/, '');
			this.#words.set(word, (this.#words.get(word) ?? 0) | sets);
		}
	}

	/** `onHost`: the kernel side knows that the process is in no container. `directory`: what a relative name starts from. */
	leavesOut(
		reader: EventReader,
		{ onHost, directory }: { readonly onHost: boolean; readonly directory: string },
	): boolean {
		const { type, result } = reader.header;
		const call = this.#calls.get(eventTypes[type]!);
		if (call === undefined) return false;
		if (!hasBit(call.results, result)) return true;
		const need = call.need[slotOf(reader, onHost)]!;
		const seen = [...gathered(reader), directory].reduce((sets, text) => sets | this.#setsOf(text), 0x80);
		return (need & seen) === 0;
	}

	#setsOf(text: string): number {
		return text.split('/').reduce((sets, part) => sets | (this.#words.get(part.slice(0, 4)) ?? 0), 0);
	}
}

function hasBit([results = 0n, low = 0n, high = 0n]: readonly bigint[], result: number): boolean {
	if (result >= 0) return ((results >> BigInt(Math.min(result, 63))) & 1n) === 1n;
	const error = Math.min(-result, 127);
	return (((error < 64 ? low : high) >> BigInt(error % 64)) & 1n) === 1n;
}

function slotOf(reader: EventReader, onHost: boolean): number {
	const { type, result } = reader.header;
	const opens = reader.family === familyIndex.FileOpened;
	// The flags of openat2 are in user memory, and creat has none.
	const hasFlags = opens && !['openat2', 'creat'].includes(eventTypes[type]!);
	const access = hasFlags ? reader.fileOpened.flags & 3 : 0;
	const made = opens && result >= 0 && reader.fileOpened.created;
	return access | (result < 0 ? 4 : made ? 8 : 0) | (onHost ? 0 : 16);
}

/** Texts of the event that the kernel side has gathered itself: names as given, and what it resolved. */
function gathered(reader: EventReader): string[] {
	if (reader.family === familyIndex.FileOpened) {
		const { name, path } = reader.fileOpened;
		// Of a failed open there is no path but the one that the loader derives from name and directory.
		return reader.header.result < 0 ? [name.value] : [name.value, path.value];
	}
	if (reader.family !== familyIndex.PathChanged) return [];
	const { name, newName, fd } = reader.pathChanged;
	return [name.value, newName?.value ?? '', fd?.path?.value ?? ''];
}
