/**
 * A file, appended to: JSON lines or text, mode 0600. Opened for each batch, so that a file moved away (logrotate's create)
 * is made anew and one cut to nothing (copytruncate) is gone on with: no signal is needed.
 *
 * A reader sees whole lines: a write that fails half way is cut back to where it began, and what a crash left of a line is
 * cut before the next one. Neither loses an alert: only what was written whole is acknowledged. A disk that is full, or a
 * path that cannot be written, blocks the output: it waits and says so, nothing is given up.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { escapeControls } from '#platform/escape.ts';
import type { Logger } from '#platform/logger.ts';
import { Turns } from '#platform/turns.ts';
import { alertToJson } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { type DeliveryResult, delivered, type Output, retryBecause } from '../../output.ts';
import { RotatedFiles, type RotationOptions } from './rotated-files.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
/** O_NONBLOCK: opening a named pipe that nobody reads would hang for ever. */
const openFlags = O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;
const syncIntervalMs = 1_000;
/** A torn line longer than this is ended with a newline instead of being cut. */
const tornLineBytesMax = 4 * 1024 * 1024;
const hourMs = 3_600_000;

/** A person must make room or mend path and rights; no alert is to be lost to that. */
const blockingCodes: ReadonlySet<unknown> = new Set([
	'ENOSPC',
	'EDQUOT',
	'EROFS',
	'EACCES',
	'ENOENT',
	'ENOTDIR',
	'EFBIG',
]);

export type FileOutputOptions = RotationOptions & {
	readonly format: 'json' | 'text';
	/** Text of an alert (../template.ts). */
	readonly line: (alert: Alert) => string;
	/** Before the file grows beyond it is rotated; 0 = never. */
	readonly rotateBytes: number;
	readonly rotateHours: number;
	readonly sync: 'never' | 'interval' | 'batch';
	readonly logger: Logger;
};

export function createFileOutput(options: FileOutputOptions): Output {
	const file = new AlertFile(options);
	return {
		batchMax: 500,
		deliver: async (alerts) => {
			try {
				await file.append(alerts);
			} catch (error) {
				return [failureOf(error, options.path)];
			}
			return alerts.map(() => delivered);
		},
		close: () => file.close(),
	};
}

function failureOf(error: unknown, path: string): DeliveryResult {
	const failure = retryBecause(error, path);
	if (failure.kind === 'retry' && blockingCodes.has((error as NodeJS.ErrnoException).code))
		return { ...failure, kind: 'blocked' };
	return failure;
}

class AlertFile {
	readonly #options: FileOutputOptions;
	readonly #rotated: RotatedFiles;
	#syncTimer: NodeJS.Timeout | undefined;
	/** Of a sync between batches: the next batch tells it. */
	#syncProblem: Error | null = null;
	#tidied = false;
	/** Partitions of the log deliver side by side; one at a time mends the end and writes, or it would cut what another is writing. */
	readonly #turns = new Turns();

	constructor(options: FileOutputOptions) {
		this.#options = options;
		this.#rotated = new RotatedFiles(options);
	}

	append(alerts: readonly Alert[]): Promise<void> {
		return this.#turns.take(() => this.#append(alerts));
	}

	async #append(alerts: readonly Alert[]): Promise<void> {
		this.#tellSyncProblem();
		if (!this.#tidied) this.#tidyLater();
		const bytes = Buffer.from(alerts.map((alert) => this.#line(alert)).join(''), 'utf8');
		let file = await this.#open();
		try {
			if (await this.#isDue(file, bytes.length)) {
				// What was acknowledged under `interval` must not be forgotten with the old name.
				if (this.#options.sync !== 'never') await file.sync();
				await file.close();
				await this.#rotated.moveAway();
				this.#tidyLater();
				file = await this.#open();
			}
			await this.#write(file, bytes);
		} finally {
			await file.close();
		}
	}

	#line(alert: Alert): string {
		const { format, line } = this.#options;
		return `${format === 'json' ? alertToJson(alert) : escapeControls(line(alert))}\n`;
	}

	async #open(): Promise<FileHandle> {
		// A symbolic link put in the file's place must not choose where root writes.
		const file = await open(this.#options.path, openFlags, 0o600);
		try {
			if (!(await file.stat()).isFile()) throw new Error('is no regular file');
			return file;
		} catch (error) {
			await file.close();
			throw error;
		}
	}

	async #isDue(file: FileHandle, bytesMore: number): Promise<boolean> {
		const { rotateBytes, rotateHours, now } = this.#options;
		const { size, birthtimeMs, mtimeMs } = await file.stat();
		if (size === 0) return false;
		if (rotateBytes > 0 && size + bytesMore > rotateBytes) return true;
		// File systems without a time of birth say 0.
		const bornMs = birthtimeMs > 0 ? birthtimeMs : mtimeMs;
		return rotateHours > 0 && now() - bornMs >= rotateHours * hourMs;
	}

	async #write(file: FileHandle, bytes: Buffer): Promise<void> {
		const start = await mendEnd(file);
		try {
			await file.writeFile(bytes);
			if (this.#options.sync === 'batch') await file.sync();
		} catch (error) {
			await file.truncate(start);
			throw error;
		}
		if (this.#options.sync === 'interval') this.#syncTimer ??= setTimeout(() => this.#sync(), syncIntervalMs);
	}

	async #sync(): Promise<void> {
		this.#syncTimer = undefined;
		try {
			const file = await this.#open();
			await file.sync().finally(() => file.close());
		} catch (error) {
			this.#syncProblem = error as Error;
		}
	}

	#tellSyncProblem(): void {
		const problem = this.#syncProblem;
		this.#syncProblem = null;
		if (problem !== null) throw problem;
	}

	#tidyLater(): void {
		this.#tidied = true;
		void this.#rotated.tidy().catch((error: unknown) => {
			this.#options.logger.error(
				{ path: this.#options.path, err: error },
				'Rotated files could not be compressed or removed; that is tried again at the next rotation',
			);
		});
	}

	async close(): Promise<void> {
		if (this.#syncTimer !== undefined) {
			clearTimeout(this.#syncTimer);
			await this.#sync();
			this.#tellSyncProblem();
		}
		await this.#rotated.idle();
	}
}

/** Cuts what a crash left of a line; the size then. */
async function mendEnd(file: FileHandle): Promise<number> {
	const { size } = await file.stat();
	if (size === 0) return 0;
	const last = Buffer.alloc(1);
	await file.read(last, 0, 1, size - 1);
	if (last[0] === 0x0a) return size;
	const tail = Buffer.alloc(Math.min(size, tornLineBytesMax));
	const { bytesRead } = await file.read(tail, 0, tail.length, size - tail.length);
	const end = tail.subarray(0, bytesRead).lastIndexOf(0x0a);
	if (end === -1 && size > tornLineBytesMax) {
		await file.writeFile('\n');
		return size + 1;
	}
	const whole = size - tail.length + end + 1;
	await file.truncate(whole);
	return whole;
}
