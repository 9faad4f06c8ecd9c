/** The files of a spool: segments numbered in order, and the cursor, which says up to where the log has everything. */
import { type FileHandle, open, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const segmentPattern = /^(\d{16})\.(spool|evicted)$/;
const cursorFile = 'cursor';

export type SegmentName = { readonly number: number; readonly evicted: boolean };

export function segmentPath(folder: string, number: number, evicted = false): string {
	return join(folder, `${String(number).padStart(16, '0')}.${evicted ? 'evicted' : 'spool'}`);
}

/** In order of their number. */
export async function listSegments(folder: string): Promise<SegmentName[]> {
	const names = (await readdir(folder)).flatMap((name) => {
		const match = segmentPattern.exec(name);
		return match === null ? [] : [{ number: Number(match[1]), evicted: match[2] === 'evicted' }];
	});
	return names.sort((a, b) => a.number - b.number);
}

export type Cursor = { readonly segment: number; readonly at: number };

/** Null when there is none, or none that can be read: everything is then sent again, and readers drop what they have. */
export async function readCursor(folder: string): Promise<Cursor | null> {
	try {
		const { segment, at } = JSON.parse(await readFile(join(folder, cursorFile), 'utf8')) as Partial<Cursor>;
		return Number.isSafeInteger(segment) && Number.isSafeInteger(at) ? { segment: segment!, at: at! } : null;
	} catch (error) {
		if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
		throw error;
	}
}

export async function writeCursor(folder: string, cursor: Cursor): Promise<void> {
	const aside = join(folder, `${cursorFile}.new`);
	await writeFile(aside, JSON.stringify(cursor), { mode: 0o600 });
	await rename(aside, join(folder, cursorFile));
}

export async function removeIfThere(path: string): Promise<void> {
	try {
		await unlink(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
	}
}

/** Up to `bytes` bytes of a file from `at` on; fewer at its end. */
export async function readPart(path: string, at: number, bytes: number): Promise<Buffer> {
	const file = await open(path, 'r');
	try {
		const buffer = Buffer.allocUnsafe(bytes);
		let used = 0;
		while (used < bytes) {
			const { bytesRead } = await file.read(buffer, used, bytes - used, at + used);
			if (bytesRead === 0) break;
			used += bytesRead;
		}
		return buffer.subarray(0, used);
	} finally {
		await file.close();
	}
}

export async function writeAll(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
	let used = 0;
	while (used < bytes.length) {
		const { bytesWritten } = await file.write(bytes, used, bytes.length - used, at + used);
		used += bytesWritten;
	}
}
