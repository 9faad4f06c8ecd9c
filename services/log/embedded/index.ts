/**
 * The event log of one host: every topic is one partition in a folder of its own.
 *
 * Durability: an append resolves when its records are in the file (page cache): they survive the death of the process.
 * They are on the disk at most `syncMs` later (0: before the append resolves); a power cut can take what was not.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { lockFolder } from '#platform/folder-lock.ts';
import type { EventLog, Topic } from '../log.ts';
import { Group } from './group.ts';
import { type LogWarning, Partition, type Retention } from './partition.ts';

export type { LogWarning, Retention } from './partition.ts';

const mebibyte = 1024 * 1024;
const dayMs = 24 * 60 * 60 * 1000;

export const topics: readonly Topic[] = [
	'lanner.events',
	'lanner.alerts',
	'lanner.alerts.dead',
	'lanner.events.dead',
	'lanner.control',
];

/** Bytes and age to which a topic is kept; the newest segment stays in any case. */
export const defaultRetention: Readonly<Record<Topic, Retention>> = {
	'lanner.events': { bytes: 256 * mebibyte, ageMs: 7 * dayMs },
	'lanner.alerts': { bytes: 64 * mebibyte, ageMs: 30 * dayMs },
	'lanner.alerts.dead': { bytes: 64 * mebibyte, ageMs: 30 * dayMs },
	'lanner.events.dead': { bytes: 64 * mebibyte, ageMs: 30 * dayMs },
	'lanner.control': { bytes: mebibyte, ageMs: 365 * dayMs },
};

export type EmbeddedLogOptions = {
	readonly folder: string;
	readonly retention?: Partial<Record<Topic, Retention>>;
	/** Bytes after which a new segment is begun; default an eighth of the topic's retention, 64 KiB to 32 MiB. */
	readonly segmentBytes?: number;
	/** Largest record in bytes with its key; default 16 MiB. */
	readonly recordBytesMax?: number;
	/** Milliseconds from an append to the disk at most, default 1000; 0 = before the append resolves. */
	readonly syncMs?: number;
	readonly now?: () => number;
	readonly warn?: (warning: LogWarning) => void;
};

export type EmbeddedLog = EventLog & {
	/** Repairs since the start, by code. */
	readonly warnings: ReadonlyMap<LogWarning['code'], number>;
	/** Removes what is older than the retention says; runs by itself every minute. */
	enforceRetention(): Promise<void>;
};

const retentionEveryMs = 60_000;

/** Throws FolderInUseError when another process has the folder. */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
	await mkdir(options.folder, { recursive: true });
	const lock = await lockFolder(options.folder);
	const warnings = new Map<LogWarning['code'], number>();
	const warn = (warning: LogWarning): void => {
		warnings.set(warning.code, (warnings.get(warning.code) ?? 0) + 1);
		options.warn?.(warning);
	};
	const partitions = await openTopics(options, warn).catch(async (error: unknown) => {
		await lock.release();
		throw error;
	});
	const groups = new Map<string, Group>();
	const enforceRetention = async (): Promise<void> => {
		for (const partition of partitions.values()) await partition.enforceRetention();
	};
	const timer = setInterval(() => {
		enforceRetention().catch((error: unknown) => {
			warn({ code: 'retention-failed', topic: 'all', file: options.folder, bytes: 0, detail: String(error) });
		});
	}, retentionEveryMs);
	timer.unref();
	let closed: Promise<void> | null = null;
	const close = async (): Promise<void> => {
		clearInterval(timer);
		for (const group of groups.values()) await group.close();
		await Promise.all([...partitions.values()].map((partition) => partition.close()));
		await lock.release();
	};

	return {
		warnings,
		enforceRetention,
		append: (topic, records) => partitions.get(topic)!.append(records),
		async consume({ topic, group }) {
			if (closed !== null) throw new Error(`The log is closed: ${topic} cannot be consumed.`);
			const id = `${topic}/${group}`;
			const known = groups.get(id) ?? new Group({ topic, name: group, partition: partitions.get(topic)! });
			groups.set(id, known);
			return known.join();
		},
		close() {
			closed ??= close();
			return closed;
		},
	};
}

/** All at once: each waits for the disk a few times. */
async function openTopics(
	options: EmbeddedLogOptions,
	warn: (warning: LogWarning) => void,
): Promise<Map<Topic, Partition>> {
	const opened = await Promise.allSettled(
		topics.map(async (topic) => [topic, await openTopic(topic, options, warn)] as const),
	);
	const partitions = new Map(
		opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
	);
	const failed = opened.find((result) => result.status === 'rejected');
	if (failed === undefined) return partitions;
	for (const partition of partitions.values()) await partition.close();
	throw failed.reason;
}

function openTopic(
	topic: Topic,
	options: EmbeddedLogOptions,
	warn: (warning: LogWarning) => void,
): Promise<Partition> {
	const retention = options.retention?.[topic] ?? defaultRetention[topic];
	return Partition.open({
		name: topic,
		folder: join(options.folder, topic),
		retention,
		segmentBytes: options.segmentBytes ?? Math.min(Math.max(retention.bytes / 8, 64 * 1024), 32 * mebibyte),
		recordBytesMax: options.recordBytesMax ?? 16 * mebibyte,
		syncMs: options.syncMs ?? 1000,
		now: options.now ?? Date.now,
		warn,
	});
}
