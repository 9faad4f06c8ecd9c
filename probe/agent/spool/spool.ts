/**
 * Batches on disk while the log is away: first in, first out, bounded.
 *
 *   append ──▶ [ segment ][ segment ][ segment (tail) ]        take ─▶ log ─▶ acknowledge
 *                ▲ cursor: the log has everything before it
 *
 * Promises: batches leave in the order they came; one leaves for good only when it was acknowledged, or was evicted and counted in
 * `takeLosses`. After a crash the tail's torn record is cut off and counted, and what was acknowledged last may be sent again.
 * Bounds: `bytesMax` on disk and `ageMaxMs`; beyond, whole segments go, the oldest first. A segment is renamed before it goes,
 * and stays until `lossesReported`: a crash in between counts it again from the file.
 * Durability: in the file when `append` resolves (survives a kill), on the disk at most `syncMs` later.
 * Failure: damaged bytes are a loss with a count where the header is sound. One process at a time (folder lock). Calls may
 * overlap; they are carried out one after another. A failed append leaves the spool as it was.
 */
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { type FolderLock, lockFolder } from '#platform/folder-lock.ts';
import { Turns } from '#platform/turns.ts';
import { type Loss, Losses, type LossReason } from './losses.ts';
import {
	encodeRecords,
	type Item,
	messageBytesMax,
	type OutgoingBatch,
	readRecords,
	recordHeaderBytes,
} from './record.ts';
import {
	type Cursor,
	listSegments,
	readCursor,
	readPart,
	removeIfThere,
	segmentPath,
	writeAll,
	writeCursor,
} from './segment.ts';

export type SpoolOptions = {
	readonly folder: string;
	readonly bytesMax: number;
	readonly ageMaxMs: number;
	/** Milliseconds from an append to the disk at most; 0 = before the append resolves. */
	readonly syncMs: number;
	/** Wall clock, milliseconds since the epoch: how old batches of an earlier run are. */
	readonly now: () => number;
	/** Monotonic milliseconds: how old batches of this run are, whatever the wall clock does. */
	readonly nowMs: () => number;
	/** A background write to the disk failed; it is tried again. */
	readonly onProblem: (error: Error) => void;
};

/** Batches from the head of the spool, on their way to the log. */
export type Taken = {
	readonly batches: readonly OutgoingBatch[];
	readonly segment: number;
	readonly end: number;
};

type Segment = { readonly number: number; bytes: number; readonly bornMs: number };

const segmentBytesMin = 64 << 10;
const segmentBytesMax = 8 << 20;
const segmentsPerSpool = 8;

export class Spool {
	readonly #options: SpoolOptions;
	readonly #lock: FolderLock;
	readonly #segmentBytes: number;
	readonly #segments: Segment[] = [];
	readonly #evicted: number[] = [];
	readonly #losses = new Losses();
	#head: Cursor = { segment: 0, at: 0 };
	#taken: Taken | null = null;
	#lastEviction: LossReason = 'spool-full';
	#tail: FileHandle | null = null;
	#unsynced = false;
	#syncTimer: NodeJS.Timeout | null = null;
	readonly #turns = new Turns();

	/** Throws FolderInUseError while another process has the folder. */
	static async open(options: SpoolOptions): Promise<Spool> {
		await mkdir(options.folder, { recursive: true, mode: 0o700 });
		const spool = new Spool(options, await lockFolder(options.folder));
		await spool.#recover().catch(async (error: unknown) => {
			await spool.#lock.release();
			throw error;
		});
		return spool;
	}

	private constructor(options: SpoolOptions, lock: FolderLock) {
		this.#options = options;
		this.#lock = lock;
		const share = Math.floor(options.bytesMax / segmentsPerSpool);
		this.#segmentBytes = Math.min(segmentBytesMax, Math.max(segmentBytesMin, share));
	}

	/** Bytes on disk, those included that the log has but whose file is still there. */
	get bytes(): number {
		return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
	}

	/** Nothing waits for the log. */
	get isEmpty(): boolean {
		const tail = this.#segments.at(-1);
		return tail === undefined || (this.#head.segment === tail.number && this.#head.at >= tail.bytes);
	}

	/** Losses have been found that nobody has taken yet. */
	get hasLosses(): boolean {
		return this.#losses.size > 0;
	}

	append(batches: readonly OutgoingBatch[]): Promise<void> {
		return this.#turns.take(async () => {
			const bytes = encodeRecords(batches, this.#options.now());
			await this.#makeRoom(bytes.length);
			const tail = await this.#openTail();
			await this.#write(tail, bytes);
			if (this.#options.syncMs === 0) await this.#sync();
			else
				this.#syncTimer ??= setTimeout(
					() => void this.#turns.take(() => this.#syncLate()),
					this.#options.syncMs,
				);
		});
	}

	/** Up to about `bytesMax` bytes from the head, at least one batch; null when there is none. To be settled before the next call. */
	take(bytesMax: number): Promise<Taken | null> {
		return this.#turns.take(async () => {
			await this.#evictOld();
			while (!this.isEmpty) {
				const taken = await this.#read(bytesMax);
				if (taken !== null) {
					this.#taken = taken;
					return taken;
				}
			}
			return null;
		});
	}

	/** The log has them. */
	acknowledge(taken: Taken): Promise<void> {
		return this.#turns.take(async () => {
			this.#taken = null;
			if (this.#segments[0]?.number !== taken.segment) return;
			this.#head = { segment: taken.segment, at: taken.end };
			await this.#dropDrained();
			await writeCursor(this.#options.folder, this.#head);
		});
	}

	/** The log does not have them, as far as is known; `take` gives them again unless they were evicted meanwhile. */
	release(taken: Taken): Promise<void> {
		return this.#turns.take(async () => {
			this.#taken = null;
			if (this.#segments[0]?.number === taken.segment) return;
			for (const batch of taken.batches) this.#losses.addBatch(this.#lastEviction, batch);
		});
	}

	/** What was lost and not told yet. Once the Gap that tells it is safe, say `lossesReported`. */
	takeLosses(): Loss[] {
		return this.#losses.take();
	}

	lossesReported(): Promise<void> {
		return this.#turns.take(async () => {
			for (const number of this.#evicted.splice(0))
				await removeIfThere(segmentPath(this.#options.folder, number, true));
		});
	}

	/** Everything that was appended is on the disk. */
	sync(): Promise<void> {
		return this.#turns.take(() => this.#sync());
	}

	close(): Promise<void> {
		return this.#turns.take(async () => {
			if (this.#syncTimer !== null) clearTimeout(this.#syncTimer);
			await this.#closeTail();
			await this.#lock.release();
		});
	}

	async #recover(): Promise<void> {
		const { folder, now, nowMs } = this.#options;
		const cursor = await readCursor(folder);
		for (const { number, evicted } of await listSegments(folder)) {
			const path = segmentPath(folder, number, evicted);
			const from = cursor?.segment === number ? cursor.at : 0;
			if (evicted) {
				this.#evicted.push(number);
				await this.#count(path, from, 'spool-full');
				continue;
			}
			if (cursor !== null && number < cursor.segment) {
				await removeIfThere(path);
				continue;
			}
			const { size, mtimeMs } = await stat(path);
			this.#segments.push({ number, bytes: size, bornMs: nowMs() - Math.max(0, now() - mtimeMs) });
		}
		const [first] = this.#segments;
		if (first !== undefined)
			this.#head = { segment: first.number, at: cursor?.segment === first.number ? cursor.at : 0 };
		else this.#head = { segment: (cursor?.segment ?? 0) + 1, at: 0 };
		await this.#cutTail();
	}

	/** A crash may have left the beginning of a record at the end of the last segment. */
	async #cutTail(): Promise<void> {
		const tail = this.#segments.at(-1);
		if (tail === undefined) return;
		const path = segmentPath(this.#options.folder, tail.number);
		for (const item of readRecords(await readPart(path, 0, tail.bytes))) {
			if (item.kind !== 'cut') continue;
			if (item.header === null) this.#losses.addUnknown('spool-cut-off');
			else this.#losses.addBatch('spool-cut-off', item.header);
			const file = await open(path, 'r+');
			await file.truncate(item.at).finally(() => file.close());
			tail.bytes = item.at;
		}
		if (this.#head.segment === tail.number && this.#head.at > tail.bytes)
			this.#head = { segment: tail.number, at: tail.bytes };
	}

	/** Counts as lost what is in a file from `from` on. */
	async #count(path: string, from: number, reason: LossReason): Promise<void> {
		const { size } = await stat(path);
		for (const item of readRecords(await readPart(path, 0, size), from)) {
			if (item.kind === 'batch') this.#losses.addBatch(reason, item.batch);
			else if (item.kind === 'damaged') this.#losses.addBatch('spool-corrupt', item.header);
			else this.#losses.addUnknown('spool-corrupt');
		}
	}

	async #makeRoom(incoming: number): Promise<void> {
		await this.#evictOld();
		while (this.#segments.length > 0 && this.bytes + incoming > this.#options.bytesMax)
			await this.#evictOldest('spool-full');
	}

	async #evictOld(): Promise<void> {
		const { nowMs, ageMaxMs } = this.#options;
		for (let first = this.#segments[0]; first !== undefined; first = this.#segments[0]) {
			if (nowMs() - first.bornMs <= ageMaxMs) return;
			await this.#evictOldest('spool-too-old');
		}
	}

	async #evictOldest(reason: LossReason): Promise<void> {
		const { folder } = this.#options;
		const segment = this.#segments[0]!;
		if (this.#segments.length === 1) await this.#closeTail();
		// What is on its way to the log may still arrive: `release` counts it when it does not.
		const from =
			this.#taken?.segment === segment.number
				? this.#taken.end
				: this.#head.segment === segment.number
					? this.#head.at
					: 0;
		await rename(segmentPath(folder, segment.number), segmentPath(folder, segment.number, true));
		this.#segments.shift();
		this.#evicted.push(segment.number);
		this.#lastEviction = reason;
		await this.#count(segmentPath(folder, segment.number, true), from, reason);
		this.#head = { segment: this.#segments[0]?.number ?? segment.number + 1, at: 0 };
	}

	async #openTail(): Promise<FileHandle> {
		const { folder, nowMs, ageMaxMs } = this.#options;
		const last = this.#segments.at(-1);
		const full =
			last !== undefined &&
			(last.bytes >= this.#segmentBytes || nowMs() - last.bornMs > ageMaxMs / segmentsPerSpool);
		if (full) await this.#closeTail();
		if (last === undefined || full) {
			const number = last === undefined ? this.#head.segment : last.number + 1;
			this.#segments.push({ number, bytes: 0, bornMs: nowMs() });
		}
		const path = segmentPath(folder, this.#segments.at(-1)!.number);
		this.#tail ??= await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
		return this.#tail;
	}

	async #write(file: FileHandle, bytes: Buffer): Promise<void> {
		const tail = this.#segments.at(-1)!;
		try {
			await writeAll(file, bytes, tail.bytes);
		} catch (error) {
			await file.truncate(tail.bytes);
			throw error;
		}
		tail.bytes += bytes.length;
		this.#unsynced = true;
	}

	async #read(bytesMax: number): Promise<Taken | null> {
		const { folder } = this.#options;
		const segment = this.#segments[0]!;
		const path = segmentPath(folder, segment.number);
		const from = this.#head.at;
		const left = segment.bytes - from;
		let part = await readPart(path, from, Math.min(left, bytesMax));
		const first = readRecords(part).next().value;
		if (first?.kind === 'cut' && part.length < left)
			part = await readPart(path, from, Math.min(left, recordHeaderBytes + messageBytesMax));
		const batches: OutgoingBatch[] = [];
		let end = 0;
		for (const item of readRecords(part)) {
			if (item.kind !== 'batch') {
				// Damage is dealt with when it is at the head: what comes before it goes first.
				if (batches.length === 0) end = this.#skipDamage(item, left);
				break;
			}
			batches.push(item.batch);
			end = item.end;
		}
		if (batches.length > 0) return { batches, segment: segment.number, end: from + end };
		this.#head = { segment: segment.number, at: from + end };
		await this.#dropDrained();
		return null;
	}

	/** Where to go on: after the record whose message is damaged, else nothing more can be found in the segment. */
	#skipDamage(item: Exclude<Item, { kind: 'batch' }>, left: number): number {
		const header = item.kind === 'lost' ? null : item.header;
		if (header === null) this.#losses.addUnknown('spool-corrupt');
		else this.#losses.addBatch('spool-corrupt', header);
		return item.kind === 'damaged' ? item.end : left;
	}

	/** Removes segments that the log has wholly; the tail, too. */
	async #dropDrained(): Promise<void> {
		for (let first = this.#segments[0]; first !== undefined; first = this.#segments[0]) {
			if (this.#head.segment !== first.number || this.#head.at < first.bytes) return;
			if (this.#segments.length === 1) await this.#closeTail();
			await removeIfThere(segmentPath(this.#options.folder, first.number));
			this.#segments.shift();
			this.#head = { segment: this.#segments[0]?.number ?? first.number + 1, at: 0 };
		}
	}

	async #closeTail(): Promise<void> {
		await this.#sync();
		const tail = this.#tail;
		this.#tail = null;
		await tail?.close();
	}

	async #sync(): Promise<void> {
		if (this.#syncTimer !== null) clearTimeout(this.#syncTimer);
		this.#syncTimer = null;
		if (!this.#unsynced || this.#tail === null) return;
		await this.#tail.datasync();
		this.#unsynced = false;
	}

	async #syncLate(): Promise<void> {
		await this.#sync().catch((error: unknown) => this.#options.onProblem(error as Error));
	}
}
