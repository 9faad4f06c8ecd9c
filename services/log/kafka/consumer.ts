/**
 * One member of a consumer group of one topic.
 *
 *   joining ──▶ joined ──rebalance──▶ joining … ──close──▶ left
 *
 * Rebalances of kafkajs are eager, but what stays here just goes on. What is to move is given up (`revoked`) first; when its reader has
 * ended, this member joins again, and only then another is given the partition (see sticky-assigner.ts). Fetching of every partition is paused in the very call that tells of the
 * assignment and resumes behind the position that its reader sought, so nothing from before it is ever read.
 * Bounds: `readAheadBytes` per partition; `handOverMsMax` for a reader to end. Failure: while the cluster is away the member joins again with pauses, for ever; a refusal
 * ends `assignments()` with a `LogRefusedError`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, Kafka, Consumer as KafkaJsConsumer } from 'kafkajs';
import { whenAborted } from '#platform/signals.ts';
import { type Assignment, type Consumer, LogUnavailableError, type Topic } from '../log.ts';
import { isDenied, translate } from './errors.ts';
import type { KafkaOptions } from './options.ts';
import { type FetchedBatch, type Fetching, PartitionReader } from './partition-reader.ts';
import type { AlertFraming } from './registry.ts';
import { createStickyAssigner, type Holding } from './sticky-assigner.ts';
import { TopicOffsets } from './topic-offsets.ts';

const readAheadBytesDefault = 4 << 20;
const sessionTimeoutMsDefault = 10_000;
/** A heartbeat tells of a rebalance, so its interval is a part of every rebalance's pause. */
const heartbeatIntervalMs = 200;
const rebalanceTimeoutMs = 30_000;
/** Longest time a fetch waits for records: also the longest delay of a resumed partition, and of closing. */
const fetchWaitMs = 100;
const fetchBytesMax = 8 << 20;
const rejoinPauseMs = 1_000;
/** More than a reader takes to end in order (5 s: last commit, call of an output); then another gets the partition all the same. */
const handOverMsMax = 6_000;

/** kafkajs says the same of a coordinator that is away and of a group that our user has no rights on. */
const coordinatorHint = 'when this goes on, our user may lack Read on the group: see deploy/acl';

function isCoordinatorMissing(error: Error): boolean {
	return error.name === 'KafkaJSGroupCoordinatorNotFound';
}

/**
 * Thrown into the loop of kafkajs it makes this member join again: kafkajs has no call for that, and takes it for what a broker says in a
 * rebalance.
 */
class JoinAgain extends Error {
	readonly type = 'REBALANCE_IN_PROGRESS';
}

/** `framing`: of the records of this topic; null = they are as they are. */
type ConsumerOptions = KafkaOptions & { readonly framing: AlertFraming | null };

export class KafkaConsumer implements Consumer {
	readonly #topic: Topic;
	/** Its name in the cluster. */
	readonly #kafkaTopic: string;
	readonly #group: string;
	readonly #kafka: Kafka;
	readonly #options: ConsumerOptions;
	readonly #offsets: TopicOffsets;
	readonly #readers = new Map<number, PartitionReader>();
	/** Assigned and not yet yielded. */
	#fresh: PartitionReader[] = [];
	/** What the group gave this member last, and as whom. */
	#assigned: { readonly as: string; readonly partitions: ReadonlySet<number> } | null = null;
	/** A partition has been finished since this member joined last. */
	#joinsAgain = false;
	#client: KafkaJsConsumer | null = null;
	#closed = false;
	#closing: Promise<void> | null = null;
	#failure: Error | null = null;
	#wake: (() => void) | null = null;

	constructor(
		{ topic, group }: { topic: Topic; group: string },
		kafka: Kafka,
		admin: () => Promise<Admin>,
		options: ConsumerOptions,
	) {
		const { prefix = '' } = options;
		this.#topic = topic;
		this.#kafkaTopic = `${prefix}${topic}`;
		this.#group = `${prefix}${group}`;
		this.#kafka = kafka;
		this.#options = options;
		this.#offsets = new TopicOffsets({
			...{ admin, kafkaTopic: this.#kafkaTopic, logger: options.logger },
			isClosed: () => this.#closed,
		});
	}

	async *assignments(): AsyncIterable<Assignment> {
		while (true) {
			const next = this.#fresh.shift();
			if (next !== undefined) {
				if (!next.revoked.aborted) yield next;
				// Nobody has begun with it.
				else next.release();
				continue;
			}
			if (this.#failure !== null) throw this.#failure;
			if (this.#closed) return;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}

	/** Joins the group; while the cluster is away, again and again, unless `stop` closes this meanwhile. Throws a refusal. */
	join(stop?: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			const close = (): void => {
				void this.close();
				// What kafkajs waits for ends later, by itself.
				resolve();
			};
			const release = stop === undefined ? undefined : whenAborted(stop, close);
			this.#join().then(resolve, reject).finally(release);
		});
	}

	async #join(): Promise<void> {
		while (!this.#closed) {
			const client = this.#createClient();
			try {
				await client.connect();
				await client.subscribe({ topics: [this.#kafkaTopic], fromBeginning: true });
				await client.run({
					autoCommit: false,
					eachBatchAutoResolve: true,
					eachBatch: async ({ batch }) =>
						this.#readers.get(batch.partition)?.push(batch as typeof batch & FetchedBatch),
				});
				return;
			} catch (error) {
				await client.disconnect().catch(() => undefined);
				const failure = translate(error, `join group ${this.#group} of ${this.#topic}`);
				if (!(failure instanceof LogUnavailableError)) throw failure;
				this.#options.logger.warn(
					{ group: this.#group, err: failure },
					'Kafka is away; joining is tried again',
				);
				await sleep(rejoinPauseMs);
			}
		}
	}

	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		this.#closed = true;
		for (const reader of this.#readers.values()) reader.lose();
		this.#readers.clear();
		this.#wake?.();
		const client = this.#client;
		this.#client = null;
		if (client !== null) await client.disconnect().catch(() => undefined);
	}

	#createClient(): KafkaJsConsumer {
		const client = this.#kafka.consumer({
			groupId: this.#group,
			sessionTimeout: this.#options.sessionTimeoutMs ?? sessionTimeoutMsDefault,
			heartbeatInterval: heartbeatIntervalMs,
			rebalanceTimeout: rebalanceTimeoutMs,
			maxWaitTimeInMs: fetchWaitMs,
			maxBytes: fetchBytesMax,
			maxBytesPerPartition: Math.max(1 << 20, (this.#options.readAheadBytes ?? readAheadBytesDefault) / 2),
			partitionAssigners: [createStickyAssigner(() => this.#holding())],
			allowAutoTopicCreation: false,
			// A crash that kafkajs would not recover from is ours to tell; see below.
			retry: { restartOnFailure: async () => false },
		});
		client.on(client.events.GROUP_JOIN, ({ payload }) =>
			this.#joined(client, payload.memberId, payload.memberAssignment[this.#kafkaTopic] ?? []),
		);
		client.on(client.events.FETCH_START, () => {
			if (client !== this.#client || !this.#joinsAgain) return;
			this.#joinsAgain = false;
			throw new JoinAgain('what was to be given up is finished');
		});
		client.on(client.events.CRASH, ({ payload }) => this.#crashed(client, payload.error));
		this.#client = client;
		return client;
	}

	/** Told in a join: what is finished by now need not be told again. */
	#holding(): Holding {
		this.#joinsAgain = false;
		return { as: this.#assigned?.as ?? null, held: [...this.#readers.keys()] };
	}

	/** Synchronously within the event: nothing of the new assignment has been fetched yet. */
	#joined(client: KafkaJsConsumer, memberId: string, partitions: readonly number[]): void {
		if (this.#closed || client !== this.#client) return;
		client.pause([{ topic: this.#kafkaTopic, partitions: [...partitions] }]);
		// As a new member it was not waited for: what it does not get is another's already.
		const isForgotten = this.#assigned !== null && this.#assigned.as !== memberId;
		if (isForgotten)
			this.#options.logger.warn(
				{ topic: this.#topic, group: this.#group },
				'the group had forgotten this member: it was not heard of for the session timeout (stopped, or starved of CPU), or Kafka was away',
			);
		this.#assigned = { as: memberId, partitions: new Set(partitions) };
		for (const [partition, reader] of this.#readers) {
			if (this.#assigned.partitions.has(partition)) continue;
			if (!isForgotten) {
				void this.#giveUp(reader);
				continue;
			}
			this.#readers.delete(partition);
			reader.lose();
		}
		for (const partition of partitions) {
			const known = this.#readers.get(partition);
			if (known === undefined) this.#add(partition);
			// One that ends makes place for the next when it has.
			else if (!known.revoked.aborted) known.goOn();
		}
		this.#wake?.();
	}

	/** Its reader ends, in `handOverMsMax` at most. */
	async #giveUp(reader: PartitionReader): Promise<void> {
		if (reader.revoked.aborted) return;
		const { partition } = reader;
		const timer = setTimeout(() => {
			this.#options.logger.warn(
				{ topic: this.#topic, partition, afterMs: handOverMsMax },
				'a partition is given up before its reader has ended',
			);
			reader.lose();
		}, handOverMsMax);
		reader.revoke();
		await reader.gone;
		clearTimeout(timer);
	}

	/** Gone: the group may know, or it has become ours again meanwhile. */
	#ended(reader: PartitionReader): void {
		const { partition } = reader;
		if (this.#closed || this.#readers.get(partition) !== reader) return;
		this.#readers.delete(partition);
		if (this.#assigned?.partitions.has(partition) === true) {
			this.#add(partition);
			this.#wake?.();
		} else if (![...this.#readers.values()].some(({ revoked }) => revoked.aborted)) this.#joinsAgain = true;
	}

	#add(partition: number): void {
		const reader = new PartitionReader({
			topic: this.#topic,
			partition,
			fetching: this.#fetching,
			framing: this.#options.framing,
			readAheadBytes: this.#options.readAheadBytes ?? readAheadBytesDefault,
		});
		this.#readers.set(partition, reader);
		this.#fresh.push(reader);
		void reader.gone.then(() => this.#ended(reader));
	}

	/**
	 * kafkajs has given up this member. Its partitions stay with us until the group gives them to another. Rights that lack show here
	 * as well, for kafkajs begins to follow before it has joined.
	 */
	#crashed(client: KafkaJsConsumer, error: Error): void {
		if (this.#closed || client !== this.#client) return;
		this.#client = null;
		const left = client.disconnect().catch(() => undefined);
		if (isDenied(error)) {
			this.#fail(translate(error, `follow ${this.#topic} in group ${this.#group}`));
			return;
		}
		this.#options.logger.warn(
			{ group: this.#group, err: error, ...(isCoordinatorMissing(error) ? { hint: coordinatorHint } : {}) },
			'the consumer ended by itself; it joins again',
		);
		void left
			.then(() => sleep(rejoinPauseMs))
			.then(() => this.join())
			.catch((failure: Error) => this.#fail(failure));
	}

	#fail(failure: Error): void {
		this.#failure = failure;
		for (const reader of this.#readers.values()) reader.lose();
		this.#wake?.();
	}

	readonly #fetching: Fetching = {
		seek: (partition, offset) =>
			this.#client?.seek({ topic: this.#kafkaTopic, partition, offset: offset.toString() }),
		pause: (partition) => this.#client?.pause([{ topic: this.#kafkaTopic, partitions: [partition] }]),
		resume: (partition) => this.#client?.resume([{ topic: this.#kafkaTopic, partitions: [partition] }]),
		offsets: (partition) => this.#offsets.of(partition),
		offsetSince: (partition, sinceMs) => this.#offsets.since(partition, sinceMs),
		partitionCount: async () => (await this.#offsets.all()).length,
		tellHole: (partition, from, to) =>
			this.#options.logger.error(
				{ topic: this.#topic, partition, from: String(from), to: String(to) },
				'records are missing in the log, and not because of retention: were they deleted by hand?',
			),
		commit: (partition, nextOffset, note) => this.#commit(partition, nextOffset, note),
		committed: (partition) => this.#offsets.committed(this.#group, partition),
	};

	/** What fails now, in a rebalance or with the cluster away, is not repeated here: the caller knows whether it still matters. */
	async #commit(partition: number, nextOffset: bigint, metadata: string): Promise<boolean> {
		const client = this.#client;
		if (client === null) return false;
		try {
			const offset = nextOffset.toString();
			await client.commitOffsets([{ topic: this.#kafkaTopic, partition, offset, metadata }]);
			return true;
		} catch (error) {
			this.#options.logger.debug(
				{ topic: this.#kafkaTopic, partition, nextOffset: String(nextOffset), err: error },
				'progress could not be told to Kafka',
			);
			return false;
		}
	}
}
