/**
 * The event log in memory, with what can go wrong with one: answers that are lost (the records are written, the caller hears
 * nothing good), appends that fail, times when nothing answers, consumers that learn late that a partition has gone.
 */
import {
	type Assignment,
	type Consumer,
	type EventLog,
	type LogRecord,
	LogUnavailableError,
	type Topic,
} from '#log/log.ts';
import type { SimProcess } from './process.ts';
import type { Random } from './random.ts';
import type { VirtualTime } from './time.ts';

export type LogFaults = {
	/** Of an append: it fails without effect; it is done, but the answer is lost. */
	appendFails: number;
	answerLost: number;
};

/** A consumer that is not heard of for so long loses its partitions. */
export const sessionTimeoutMs = 10_000;

export class SimLog {
	readonly faults: LogFaults = { appendFails: 0, answerLost: 0 };
	readonly partitions: number;
	readonly time: VirtualTime;
	readonly #random: Random;
	readonly #topics = new Map<Topic, LogRecord[][]>();
	readonly #members: SimMember[] = [];
	readonly #owners: (SimMember | null)[];
	readonly #progress = new Map<number, bigint>();
	#back: Promise<void> | null = null;
	#comeBack: (() => void) | null = null;
	#wakes: (() => void)[] = [];

	constructor(options: { partitions: number; time: VirtualTime; random: Random }) {
		this.partitions = options.partitions;
		this.time = options.time;
		this.#random = options.random;
		this.#owners = Array.from({ length: this.partitions }, () => null);
	}

	records(topic: Topic, partition: number): LogRecord[] {
		let partitions = this.#topics.get(topic);
		if (partitions === undefined) {
			partitions = Array.from({ length: this.partitions }, () => []);
			this.#topics.set(topic, partitions);
		}
		return partitions[partition]!;
	}

	partitionOf(key: string): number {
		let hash = 0;
		for (const byte of Buffer.from(key)) hash = (Math.imul(hash, 31) + byte) >>> 0;
		return hash % this.partitions;
	}

	progressOf(partition: number): bigint | null {
		return this.#progress.get(partition) ?? null;
	}

	goAway(): void {
		this.#back ??= new Promise((resolve) => {
			this.#comeBack = resolve;
		});
	}

	comeBack(): void {
		this.#back = null;
		this.#comeBack?.();
	}

	async there(): Promise<void> {
		while (this.#back !== null) await this.#back;
	}

	write(topic: Topic, key: string, value: Uint8Array): void {
		const records = this.records(topic, this.partitionOf(key));
		records.push({
			offset: BigInt(records.length),
			appendedMs: this.time.nowMs,
			key,
			value: Buffer.from(value),
		});
		const wakes = this.#wakes;
		this.#wakes = [];
		for (const wake of wakes) wake();
	}

	appended(): Promise<void> {
		return new Promise((resolve) => {
			this.#wakes.push(resolve);
		});
	}

	/** The log as one process sees it. */
	client(process: SimProcess): EventLog {
		return {
			append: async (topic, records) => {
				const { appendFails, answerLost } = this.faults;
				await process.hop();
				await this.there();
				await process.alive();
				if (this.#random.chance(appendFails)) throw new LogUnavailableError('sim: the append failed');
				for (const { key, value } of records) this.write(topic, key, value);
				await process.hop();
				if (this.#random.chance(answerLost)) throw new LogUnavailableError('sim: the answer was lost');
			},
			consume: async ({ topic }) => this.#join(process, topic),
			close: async () => {},
		};
	}

	/** A member is gone for good: the group notices after its session. */
	lostMember(process: SimProcess): void {
		for (const member of this.#members.filter((one) => one.process === process)) this.leave(member);
	}

	leave(member: SimMember): void {
		const index = this.#members.indexOf(member);
		if (index < 0) return;
		this.#members.splice(index, 1);
		this.rebalance();
	}

	setProgress(partition: number, offset: bigint): void {
		this.#progress.set(partition, offset);
	}

	/** Every partition to the member with the fewest, those that have one keep it where that is fair. */
	rebalance(): void {
		const members = this.#members.filter(({ process }) => !process.dead);
		const most = members.length === 0 ? 0 : Math.ceil(this.partitions / members.length);
		const held = new Map(members.map((member) => [member, 0]));
		for (const [partition, owner] of this.#owners.entries()) {
			if (owner === null) continue;
			const count = held.get(owner);
			if (count !== undefined && count < most) held.set(owner, count + 1);
			else {
				this.#owners[partition] = null;
				owner.revoke(partition);
			}
		}
		for (const [partition, owner] of this.#owners.entries()) {
			if (owner !== null || members.length === 0) continue;
			const next = members.reduce((a, b) => (held.get(b)! < held.get(a)! ? b : a));
			held.set(next, held.get(next)! + 1);
			this.#owners[partition] = next;
			next.assign(partition);
		}
	}

	async #join(process: SimProcess, topic: Topic): Promise<Consumer> {
		await process.hop();
		await this.there();
		const member = new SimMember(this, process, topic);
		this.#members.push(member);
		this.rebalance();
		return member;
	}
}

class SimMember implements Consumer {
	readonly process: SimProcess;
	readonly #log: SimLog;
	readonly #topic: Topic;
	readonly #held = new Map<number, AbortController>();
	#fresh: Assignment[] = [];
	#closed = false;
	#wake: (() => void) | null = null;

	constructor(log: SimLog, process: SimProcess, topic: Topic) {
		this.#log = log;
		this.process = process;
		this.#topic = topic;
	}

	assign(partition: number): void {
		const { process } = this;
		void this.#log.time.sleep(process.random.int(0, 300)).then(() =>
			process.deliver(() => {
				if (this.#closed || this.#held.has(partition)) return;
				const revocation = new AbortController();
				this.#held.set(partition, revocation);
				this.#fresh.push(this.#assignment(partition, revocation.signal));
				this.#wake?.();
			}),
		);
	}

	/** It may learn of it only when another has begun. */
	revoke(partition: number): void {
		const { process } = this;
		void this.#log.time.sleep(process.random.int(0, 600)).then(() =>
			process.deliver(() => {
				this.#held.get(partition)?.abort();
				this.#held.delete(partition);
			}),
		);
	}

	async *assignments(): AsyncIterable<Assignment> {
		while (!this.#closed) {
			const next = this.#fresh.shift();
			if (next !== undefined) {
				yield next;
				continue;
			}
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}

	async close(): Promise<void> {
		if (this.#closed) return;
		this.#closed = true;
		for (const revocation of this.#held.values()) revocation.abort();
		this.#wake?.();
		await this.process.hop();
		this.#log.leave(this);
	}

	#assignment(partition: number, revoked: AbortSignal): Assignment {
		const log = this.#log;
		const { process } = this;
		const topic = this.#topic;
		let position: bigint | null = null;
		return {
			topic,
			partition,
			revoked,
			// The harsh case: another may have begun before this one learns of it.
			lost: revoked,
			release() {},
			async seek(target) {
				await process.hop();
				await log.there();
				const end = BigInt(log.records(topic, partition).length);
				// A time may be met by any position before it.
				position = typeof target === 'bigint' ? target : target === 'latest' ? end : 0n;
			},
			async read({ maxBytes, waitMs }) {
				if (position === null) throw new Error('read before seek');
				await process.hop(2);
				if (BigInt(log.records(topic, partition).length) <= position) {
					const enough = new AbortController();
					await Promise.race([log.appended(), log.time.sleep(waitMs, enough.signal)]);
					enough.abort();
					await process.alive();
				}
				await log.there();
				await process.alive();
				if (revoked.aborted) return [];
				const records: LogRecord[] = [];
				let bytes = 0;
				for (const record of log.records(topic, partition).slice(Number(position))) {
					if (records.length > 0 && bytes >= maxBytes) break;
					records.push(record);
					bytes += record.value.length;
				}
				position += BigInt(records.length);
				return records;
			},
			async reportProgress(nextOffset) {
				await process.hop();
				if (!revoked.aborted) log.setProgress(partition, nextOffset);
				return !revoked.aborted;
			},
			async progressNote() {
				// Evaluators leave none.
				return '';
			},
			async progress() {
				await process.hop();
				await log.there();
				return log.progressOf(partition);
			},
			async partitionCount() {
				await process.hop();
				return log.partitions;
			},
			async endOffset() {
				await process.hop();
				await log.there();
				await process.hop();
				return BigInt(log.records(topic, partition).length);
			},
		};
	}
}
