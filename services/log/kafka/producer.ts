/**
 * Appends: idempotent, acknowledged by all in-sync replicas. One send at a time per partition, so that records of a key keep their
 * order; partitions do not wait for each other. A send is one batch that brokers take; what waits while it is under way goes out together
 * with the next.
 *
 * Each send is of one partition. kafkajs 2.2.4, when a send has several and a broker dies, asks again only those brokers that have not
 * answered yet: a partition whose new leader had already answered for another one is left out, and the send counts as acknowledged all the
 * same (test/integration/log/broker-loss, and the chaos test, lost records that way).
 *
 * Failure: while the cluster is away a send is repeated with pauses (0.2 to 5 s), by a new producer when the brokers no longer know the
 * old one's sequence. Repeats by a new producer can double records; readers drop them (batches have sequences, alerts ids).
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka, Producer } from 'kafkajs';
import { LogUnavailableError, type NewRecord, RecordTooLargeError, type Topic } from '../log.ts';
import { compressionOf, compressionTypes } from './codecs.ts';
import { translate } from './errors.ts';
import { Partitioners } from './kafkajs.ts';
import type { KafkaOptions } from './options.ts';

type Entry = NewRecord;
type Waiting = {
	readonly records: readonly Entry[];
	readonly resolve: () => void;
	readonly reject: (error: Error) => void;
};
/** Of one partition: what waits for its send, and the loop that sends it. */
type Lane = { readonly partition: number; readonly waiting: Waiting[]; running: Promise<void> | null };
type Partitioner = (key: string) => number;
type Destination = { readonly partitionOf: Partitioner; readonly lanes: Map<number, Lane> };

const batchBytesMaxDefault = 768 << 10;
/** Bytes that Kafka adds to a record: lengths, offset and time deltas, attributes; and a little for the batch's own head. */
const recordOverheadBytes = 64;
/** Taken for one turn of a lane: more than this waits for the next. */
const turnBytesMax = 4 << 20;
const pauseFirstMs = 200;
const pauseMaxMs = 5_000;

export class KafkaProducer {
	readonly #kafka: Kafka;
	readonly #countPartitions: (kafkaTopic: string) => Promise<number>;
	readonly #options: KafkaOptions;
	readonly #closing = new AbortController();
	readonly #destinations = new Map<Topic, Promise<Destination>>();
	readonly #lanes = new Set<Lane>();
	#producer: Promise<Producer> | null = null;

	/** `countPartitions`: of a topic, by its name in the cluster. */
	constructor(kafka: Kafka, options: KafkaOptions, countPartitions: (kafkaTopic: string) => Promise<number>) {
		this.#kafka = kafka;
		this.#options = options;
		this.#countPartitions = countPartitions;
		// While the cluster is away a send of each partition listens.
		setMaxListeners(0, this.#closing.signal);
	}

	async append(topic: Topic, records: readonly Entry[]): Promise<void> {
		if (this.#closing.signal.aborted) throw new LogUnavailableError('the log is closed');
		for (const record of records) this.#assertFits(topic, record);
		if (records.length === 0) return;
		const { partitionOf, lanes } = await this.#destination(topic);
		const groups = new Map<number, Entry[]>();
		for (const entry of records) {
			const partition = entry.partition ?? partitionOf(entry.key);
			const group = groups.get(partition);
			if (group === undefined) groups.set(partition, [entry]);
			else group.push(entry);
		}
		const sends = [...groups].map(([partition, group]) =>
			this.#enqueue(topic, laneOf(lanes, partition), group),
		);
		const failed = (await Promise.allSettled(sends)).find(({ status }) => status === 'rejected');
		if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
	}

	#enqueue(topic: Topic, lane: Lane, records: readonly Entry[]): Promise<void> {
		return new Promise((resolve, reject) => {
			lane.waiting.push({ records, resolve, reject });
			if (lane.running !== null) return;
			this.#lanes.add(lane);
			lane.running = this.#drain(topic, lane);
		});
	}

	/** What was appended before is sent first, as far as the cluster takes it at once. */
	async close(): Promise<void> {
		this.#closing.abort();
		await Promise.allSettled(this.#destinations.values());
		await Promise.all([...this.#lanes].map(({ running }) => running));
		const producer = this.#producer;
		this.#producer = null;
		if (producer !== null) await producer.then((one) => one.disconnect()).catch(() => undefined);
	}

	#assertFits(topic: Topic, { key, value }: Entry): void {
		const bytes = value.length + key.length + recordOverheadBytes;
		if (bytes > this.#batchBytesMax)
			throw new RecordTooLargeError(
				`A record of ${value.length} bytes for ${topic} is larger than kafka.batchBytesMax (${this.#batchBytesMax}).`,
			);
	}

	get #batchBytesMax(): number {
		return this.#options.batchBytesMax ?? batchBytesMaxDefault;
	}

	/** Never rejects: each append learns its own outcome. */
	async #drain(topic: Topic, lane: Lane): Promise<void> {
		const { partition, waiting } = lane;
		while (waiting.length > 0) {
			const taken = takeUpTo(waiting, turnBytesMax);
			try {
				for (const batch of this.#batches(taken.flatMap(({ records }) => records)))
					await this.#send(topic, partition, batch);
				for (const { resolve } of taken) resolve();
			} catch (error) {
				for (const { reject } of taken) reject(error as Error);
			}
		}
		// In the same turn as the last look: what is appended from now on starts the lane again.
		lane.running = null;
		this.#lanes.delete(lane);
	}

	/** In order; kafkajs makes one record batch of what a send holds for a partition, so each stays below the brokers' bound. */
	*#batches(records: readonly Entry[]): Iterable<Entry[]> {
		let batch: Entry[] = [];
		let bytes = 0;
		for (const record of records) {
			const size = record.value.length + record.key.length + recordOverheadBytes;
			if (batch.length > 0 && bytes + size > this.#batchBytesMax) {
				yield batch;
				batch = [];
				bytes = 0;
			}
			batch.push(record);
			bytes += size;
		}
		if (batch.length > 0) yield batch;
	}

	/** Until it is acknowledged; throws when it is given up. */
	#send(topic: Topic, partition: number, batch: readonly Entry[]): Promise<void> {
		const { compression: wanted = 'auto' } = this.#options;
		const compression = wanted === 'auto' ? compressionOf(topic) : wanted;
		return this.#patiently(topic, async (producer) => {
			await producer.send({
				topic: this.#kafkaTopic(topic),
				acks: -1,
				compression: compressionTypes[compression],
				messages: batch.map(({ key, value }) => ({ key, value: asBuffer(value), partition })),
			});
		});
	}

	#kafkaTopic(topic: Topic): string {
		return `${this.#options.prefix ?? ''}${topic}`;
	}

	/** One promise for all that append at the begin: they go on in the order in which they came. */
	#destination(topic: Topic): Promise<Destination> {
		const known = this.#destinations.get(topic);
		if (known !== undefined) return known;
		const asked = this.#patiently(topic, () => this.#partitioner(this.#kafkaTopic(topic))).then(
			(partitionOf) => ({
				partitionOf,
				lanes: new Map<number, Lane>(),
			}),
		);
		this.#destinations.set(topic, asked);
		// The next append asks again.
		asked.catch(() => this.#destinations.delete(topic));
		return asked;
	}

	/**
	 * Key → partition, as Java clients have it. The number of partitions is asked once in the life of a process: when some are added
	 * (`lanner topics grow`) a host goes on where its state is until its probe is restarted, and begins anew elsewhere.
	 */
	async #partitioner(kafkaTopic: string): Promise<Partitioner> {
		const count = await this.#countPartitions(kafkaTopic);
		// A broker that has just come up may know no topic yet.
		if (count === 0) throw new LogUnavailableError(`a broker does not know the partitions of ${kafkaTopic}`);
		const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 0 }));
		const choose = Partitioners.DefaultPartitioner();
		return (key) => choose({ topic: kafkaTopic, partitionMetadata, message: { key, value: null } } as never);
	}

	/** Until it succeeds, with pauses; throws what is not the cluster being away, and when time or log are at their end. */
	async #patiently<T>(topic: Topic, work: (producer: Producer) => Promise<T>): Promise<T> {
		const { appendTimeoutMs = null, logger } = this.#options;
		const end = appendTimeoutMs === null ? Number.POSITIVE_INFINITY : performance.now() + appendTimeoutMs;
		for (let attempt = 1; ; attempt++) {
			this.#producer ??= this.#create();
			const used = this.#producer;
			try {
				return await work(await used);
			} catch (error) {
				const failure = translate(error, `append to ${topic}`);
				this.#forgetProducer(used);
				const pauseMs = Math.min(pauseMaxMs, pauseFirstMs * 2 ** (attempt - 1));
				const mayRetry =
					failure instanceof LogUnavailableError || isSequenceError(error)
						? performance.now() + pauseMs < end
						: false;
				if (!mayRetry || this.#closing.signal.aborted) throw failure;
				logger.warn(
					{ topic, attempt, pauseMs, err: failure },
					'an append did not succeed; it is tried again',
				);
				await sleep(pauseMs, undefined, { signal: this.#closing.signal }).catch(() => undefined);
			}
		}
	}

	async #create(): Promise<Producer> {
		const producer = this.#kafka.producer({
			idempotent: true,
			maxInFlightRequests: 1,
			createPartitioner: Partitioners.DefaultPartitioner,
		});
		await producer.connect();
		return producer;
	}

	/** After a failure the sequence of the old one may have a hole that brokers refuse for ever. */
	#forgetProducer(used: Promise<Producer>): void {
		if (this.#producer === used) this.#producer = null;
		used.then((producer) => producer.disconnect()).catch(() => undefined);
	}
}

function laneOf(lanes: Map<number, Lane>, partition: number): Lane {
	let lane = lanes.get(partition);
	if (lane === undefined) {
		lane = { partition, waiting: [], running: null };
		lanes.set(partition, lane);
	}
	return lane;
}

function isSequenceError(error: unknown): boolean {
	const type =
		(error as { type?: string }).type ?? (error as { cause?: { type?: string } }).cause?.type ?? '';
	return /^(?:OUT_OF_ORDER_SEQUENCE_NUMBER|UNKNOWN_PRODUCER_ID|INVALID_PRODUCER_EPOCH)$/.test(type);
}

function takeUpTo(queue: Waiting[], bytesMax: number): Waiting[] {
	let bytes = 0;
	let count = 0;
	while (count < queue.length && (count === 0 || bytes < bytesMax)) {
		for (const { value } of queue[count]!.records) bytes += value.length;
		count++;
	}
	return queue.splice(0, count);
}

function asBuffer(bytes: Uint8Array): Buffer {
	return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
