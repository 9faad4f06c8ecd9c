/**
 * What the cluster says of a topic's partitions: how many, their ends, where a group is. Waits for a cluster that is away; throws
 * refusals, and gives up when `isClosed`.
 *
 * An answer is believed only when it is whole. A broker that has just come up may know no topic yet; kafkajs 2.2.4 then takes
 * apart an answer that is not there (a TypeError), or leaves partitions out. Both are "away", not facts: the chaos test lost its
 * evaluators to them. A topic's partitions are never taken away, so fewer than were seen before is such an answer too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { LogUnavailableError } from '../log.ts';
import { translate } from './errors.ts';
import type { LogLogger } from './options.ts';

export type PartitionOffsets = { readonly partition: number; readonly low: bigint; readonly high: bigint };

export type TopicOffsetsOptions = {
	/** Its name in the cluster. */
	readonly kafkaTopic: string;
	readonly admin: () => Promise<Admin>;
	readonly isClosed: () => boolean;
	readonly logger: LogLogger;
	/** Between two attempts; default 1000. */
	readonly pauseMs?: number;
};

const pauseMsDefault = 1_000;

export class TopicOffsets {
	readonly #options: TopicOffsetsOptions;
	#partitions = 0;

	constructor(options: TopicOffsetsOptions) {
		this.#options = options;
	}

	/** By partition, from 0 on, without a hole. */
	all(): Promise<readonly PartitionOffsets[]> {
		return this.#ask(async (admin) => {
			const found = await admin.fetchTopicOffsets(this.#options.kafkaTopic);
			return this.#whole(
				found.map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) })),
			);
		});
	}

	async of(partition: number): Promise<PartitionOffsets> {
		const own = (await this.all())[partition];
		if (own === undefined) throw new Error(`${this.#options.kafkaTopic} has no partition ${partition}`);
		return own;
	}

	/** Of the first record appended then or later; the end when there is none. */
	async since(partition: number, sinceMs: number): Promise<bigint> {
		const found = await this.#ask(async (admin) =>
			this.#whole(await admin.fetchTopicOffsetsByTimestamp(this.#options.kafkaTopic, sinceMs)),
		);
		const own = found[partition];
		// -1: no record of then or later.
		if (own === undefined || own.offset.startsWith('-')) return (await this.of(partition)).high;
		return BigInt(own.offset);
	}

	/** What the group has told of its progress; null = nothing. */
	async committed(
		group: string,
		partition: number,
	): Promise<{ readonly next: bigint; readonly note: string } | null> {
		const groups = await this.#ask((admin) =>
			admin.fetchOffsets({ groupId: group, topics: [this.#options.kafkaTopic] }),
		);
		const own = groups[0]?.partitions.find((one) => one.partition === partition);
		if (own === undefined || Number(own.offset) < 0) return null;
		return { next: BigInt(own.offset), note: own.metadata ?? '' };
	}

	#whole<T extends { readonly partition: number }>(found: readonly T[]): readonly T[] {
		const sorted = [...found].sort((a, b) => a.partition - b.partition);
		const isWhole = sorted.length > 0 && sorted.every(({ partition }, i) => partition === i);
		if (!isWhole || sorted.length < this.#partitions)
			throw new LogUnavailableError(
				`a broker told of ${sorted.length} partitions of ${this.#options.kafkaTopic}, and there are more`,
			);
		this.#partitions = sorted.length;
		return sorted;
	}

	async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
		const { kafkaTopic, admin, isClosed, logger, pauseMs = pauseMsDefault } = this.#options;
		while (true) {
			try {
				return await question(await admin());
			} catch (error) {
				const failure =
					error instanceof TypeError
						? new LogUnavailableError(`a broker does not know ${kafkaTopic} yet: ${error.message}`, {
								cause: error,
							})
						: translate(error, `ask for offsets of ${kafkaTopic}`);
				if (!(failure instanceof LogUnavailableError) || isClosed()) throw failure;
				logger.warn({ topic: kafkaTopic, err: failure }, 'Kafka is away; asking is tried again');
				await sleep(pauseMs);
			}
		}
	}
}
