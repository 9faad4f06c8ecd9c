/** Batches of a recording, from a file or standard input, with its problems as errors for a person. */
import { type FileHandle, open } from 'node:fs/promises';
import { openRecording, RecordingError } from '#log/recording/index.ts';
import { FailureError } from '../command.ts';

export type SourceProgress = { readonly readBytes: number; readonly totalBytes: number | null };

/** Each batch is valid until the next is asked for. `path` `-` = standard input. Damage is told with its place, after everything before it was given. */
export async function* readSource(
	path: string,
	onProgress: (progress: SourceProgress) => void = () => {},
): AsyncGenerator<Buffer> {
	const file = path === '-' ? null : await openFile(path);
	try {
		const totalBytes = file === null ? null : (await file.stat()).size;
		const recording = await openRecording(file ?? (process.stdin as AsyncIterable<Uint8Array>));
		for await (const { position, message } of recording.batches()) {
			onProgress({ readBytes: position, totalBytes });
			yield message;
		}
	} catch (error) {
		if (error instanceof RecordingError) throw new FailureError(`${path}: ${error.message}`, remedyOf(error));
		if ((error as NodeJS.ErrnoException).syscall === 'read') throw unreadable(path, error);
		throw error;
	} finally {
		await file?.close();
	}
}

function remedyOf({ code }: RecordingError): string {
	if (code === 'truncated')
		return 'everything before was used; the file was cut off, copy it again or record again';
	if (code === 'not-a-recording') return 'make recordings with: lanner record -o FILE';
	return 'everything before was used; the file is damaged, copy it again';
}

async function openFile(path: string): Promise<FileHandle> {
	try {
		return await open(path);
	} catch (error) {
		throw unreadable(path, error);
	}
}

function unreadable(path: string, error: unknown): FailureError {
	return new FailureError(
		`${path} cannot be read: ${(error as Error).message}`,
		'name a recording made by lanner record',
	);
}
