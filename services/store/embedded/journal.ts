/**
 * The file that the state is kept in: entries one after another behind a magic word. When it has grown to several times
 * what is alive it is written anew beside itself, synced, and renamed into place: at every moment there is one whole
 * journal. A torn last entry (a crash during a commit that was not confirmed) is cut off at the start.
 */
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeEntry, encodeEntry, entryBytesAt, type JournalEntry } from './entry.ts';
import { State } from './state.ts';

const magic = Buffer.from('LNRSTA1\n', 'latin1');
/** A snapshot is written in pieces of about this size. */
const writeBytes = 4 * 1024 * 1024;

export type JournalOptions = {
	readonly folder: string;
	/** The journal is compacted when it is larger than this and than four times what is alive. */
	readonly compactBytesMin: number;
	readonly sync: boolean;
	readonly warn: (warning: StoreWarning) => void;
};

export type StoreWarning = {
	readonly code: 'torn-tail';
	readonly file: string;
	readonly bytes: number;
	readonly detail: string;
};

export class Journal {
	readonly state = new State();
	readonly #options: JournalOptions;
	readonly #path: string;
	#handle!: FileHandle;
	#bytes = 0;

	private constructor(options: JournalOptions) {
		this.#options = options;
		this.#path = join(options.folder, 'state.journal');
	}

	static async open(options: JournalOptions): Promise<Journal> {
		const journal = new Journal(options);
		await journal.#recover();
		return journal;
	}

	get bytes(): number {
		return this.#bytes;
	}

	/** Writes an entry and then takes it into the state. One call at a time. */
	async append(entry: JournalEntry): Promise<void> {
		const buffer = encodeEntry(entry);
		try {
			await writeAt(this.#handle, buffer, this.#bytes);
			if (this.#options.sync) await this.#handle.datasync();
		} catch (error) {
			await this.#handle.truncate(this.#bytes);
			throw error;
		}
		this.#bytes += buffer.length;
		// Decoded from what was written: the values are copies, and what is in memory is what a restart would read.
		this.state.apply(decodeEntry(buffer, 0));
		if (this.#bytes > Math.max(this.#options.compactBytesMin, 4 * this.state.liveBytes))
			await this.#compact();
	}

	async close(): Promise<void> {
		await this.#handle.datasync();
		await this.#handle.close();
	}

	async #recover(): Promise<void> {
		await rm(`${this.#path}.tmp`, { force: true });
		const bytes = await readOrEmpty(this.#path);
		if (bytes.length < magic.length) return this.#begin();
		if (!bytes.subarray(0, magic.length).equals(magic)) {
			throw new Error(
				`${this.#path} does not begin like a state journal. Move it away to rebuild the state from the log.`,
			);
		}
		let at = magic.length;
		for (let size = entryBytesAt(bytes, at); size !== null; size = entryBytesAt(bytes, at)) {
			this.state.apply(decodeEntry(bytes, at));
			at += size;
		}
		this.#handle = await open(this.#path, 'r+');
		this.#bytes = at;
		const torn = bytes.length - at;
		if (torn === 0) return;
		await this.#handle.truncate(at);
		const detail = `${torn} bytes after the last whole commit were cut off; the log is read again from that commit.`;
		this.#options.warn({ code: 'torn-tail', file: this.#path, bytes: torn, detail });
	}

	async #begin(): Promise<void> {
		this.#handle = await open(this.#path, 'w+');
		await writeAt(this.#handle, magic, 0);
		this.#bytes = magic.length;
	}

	async #compact(): Promise<void> {
		const aside = await open(`${this.#path}.tmp`, 'w+');
		let bytes = magic.length;
		try {
			await writeAt(aside, magic, 0);
			let pending: Buffer[] = [];
			let pendingBytes = 0;
			const flush = async (): Promise<void> => {
				await writeAt(aside, Buffer.concat(pending), bytes);
				bytes += pendingBytes;
				pending = [];
				pendingBytes = 0;
			};
			for (const entry of this.state.snapshot()) {
				const encoded = encodeEntry(entry);
				pending.push(encoded);
				pendingBytes += encoded.length;
				if (pendingBytes >= writeBytes) await flush();
			}
			await flush();
			await aside.datasync();
			await rename(`${this.#path}.tmp`, this.#path);
		} catch (error) {
			await aside.close();
			throw error;
		}
		const old = this.#handle;
		this.#handle = aside;
		this.#bytes = bytes;
		await old.close();
	}
}

async function writeAt(handle: FileHandle, buffer: Buffer, position: number): Promise<void> {
	let written = 0;
	while (written < buffer.length) {
		const { bytesWritten } = await handle.write(buffer, written, buffer.length - written, position + written);
		written += bytesWritten;
	}
}

async function readOrEmpty(path: string): Promise<Buffer> {
	try {
		return await readFile(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
		throw error;
	}
}
