/**
 * Offsets are never used twice, not even when a power cut took records that readers had already seen: numbers are
 * reserved in steps before they are used, and after an unclean end the log goes on behind the reserved ones.
 */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** Numbers reserved at a time. */
export const reserveStep = 1_000_000n;

export type OffsetState = { readonly clean: boolean; readonly next: bigint };

export async function readOffsetState(folder: string): Promise<OffsetState | null> {
	let text: string;
	try {
		text = await readFile(join(folder, 'offsets.json'), 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
	const value = JSON.parse(text) as { clean: boolean; next: string };
	return { clean: value.clean, next: BigInt(value.next) };
}

/** `clean`: `next` is the next offset; else every number below `next` may have been used. */
export async function writeOffsetState(folder: string, state: OffsetState): Promise<void> {
	await replaceFile(
		join(folder, 'offsets.json'),
		`${JSON.stringify({ clean: state.clean, next: state.next.toString() })}\n`,
		true,
	);
}

/** Replaces a file as a whole; `sync` also makes it survive a power cut. */
export async function replaceFile(path: string, text: string, sync: boolean): Promise<void> {
	const aside = `${path}.tmp`;
	const handle = await open(aside, 'w');
	try {
		await handle.writeFile(text);
		if (sync) await handle.datasync();
	} finally {
		await handle.close();
	}
	await rename(aside, path);
}
