/**
 * The state store of one host: everything in memory, every commit in a journal on disk.
 *
 * Durability: a commit resolves when it is in the file (it survives the death of the process); `sync` puts it on the
 * disk first. After a power cut the state may be older than the log: the events since are evaluated again and give the
 * same alerts with the same ids.
 */
import { mkdir } from 'node:fs/promises';
import { lockFolder } from '#platform/folder-lock.ts';
import { Turns } from '#platform/turns.ts';
import type { CommitResult, PartitionClaim, StateCommit, StateStore } from '../store.ts';
import { Journal, type StoreWarning } from './journal.ts';

export type { StoreWarning } from './journal.ts';

export type EmbeddedStoreOptions = {
	readonly folder: string;
	/** The journal is compacted beyond this and four times what is alive; default 16 MiB. */
	readonly compactBytesMin?: number;
	/** Whether every commit is on the disk before it is confirmed; default false. */
	readonly sync?: boolean;
	readonly warn?: (warning: StoreWarning) => void;
};

export type EmbeddedStore = StateStore & {
	/** Bytes of the journal now. */
	journalBytes(): number;
};

const compactBytesMin = 16 * 1024 * 1024;

/** Throws FolderInUseError when another process has the folder. */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
	await mkdir(options.folder, { recursive: true });
	const lock = await lockFolder(options.folder);
	const journal = await Journal.open({
		folder: options.folder,
		compactBytesMin: options.compactBytesMin ?? compactBytesMin,
		sync: options.sync ?? false,
		warn: options.warn ?? (() => {}),
	}).catch(async (error: unknown) => {
		await lock.release();
		throw error;
	});
	const turns = new Turns();
	let closed: Promise<void> | null = null;
	/** One after another: the check of the epoch and the write belong together. */
	const run = <Result>(job: () => Promise<Result>): Promise<Result> => {
		if (closed !== null) return Promise.reject(new Error(`The state store ${options.folder} is closed.`));
		return turns.take(job);
	};

	return {
		journalBytes: () => journal.bytes,
		// One host, one partition: the layout cannot be another.
		claim: (partition) => run(() => claim(journal, partition)),
		loadHost: (partition, hostId) => run(async () => new Map(journal.state.host(partition, hostId))),
		holds: (partition, { epoch, cursors }) =>
			run(async () => {
				if (epoch < journal.state.epoch(partition)) return 'fenced';
				return cursors.includes(journal.state.cursor(partition)) ? 'held' : 'lost';
			}),
		hosts: (partition) => run(async () => journal.state.hosts(partition)),
		commit: (partition, change) => run(() => commit(journal, partition, change)),
		close() {
			closed ??= turns.take(async () => {
				await journal.close();
				await lock.release();
			});
			return closed;
		},
	};
}

async function claim(journal: Journal, partition: number): Promise<PartitionClaim> {
	const epoch = journal.state.epoch(partition) + 1n;
	const cursor = journal.state.cursor(partition);
	await journal.append({ partition, epoch, cursor, hosts: [] });
	return { epoch, cursor };
}

async function commit(journal: Journal, partition: number, change: StateCommit): Promise<CommitResult> {
	const newest = journal.state.epoch(partition);
	if (change.epoch > newest)
		throw new Error(
			`Commit to partition ${partition} with epoch ${change.epoch}, which was never given out (newest: ${newest}).`,
		);
	if (change.epoch < newest) return 'fenced';
	const cursor = journal.state.cursor(partition);
	if (cursor !== null && change.cursor < cursor) return 'committed';
	const { after } = change;
	if (after !== undefined && after !== cursor && change.cursor !== cursor) return 'lost';
	await journal.append({ partition, epoch: change.epoch, cursor: change.cursor, hosts: change.hosts });
	return 'committed';
}
