/**
 * Consumer groups of one topic: of the consumers of a group the oldest has the partition, the others wait for it.
 *
 *   waiting ──the one before closes──▶ assigned ──close──▶ closed
 */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aborted } from '#platform/signals.ts';
import { Turns } from '#platform/turns.ts';
import { type Assignment, assertNote, type Consumer, type SeekTarget, type Topic } from '../log.ts';
import { replaceFile } from './offsets.ts';
import type { Partition } from './partition.ts';
import { PartitionReader } from './reader.ts';

const groupPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export class Group {
	readonly #topic: Topic;
	readonly #name: string;
	readonly #partition: Partition;
	readonly #file: string;
	readonly #members: Member[] = [];
	readonly #writes = new Turns();

	constructor(options: { topic: Topic; name: string; partition: Partition }) {
		if (!groupPattern.test(options.name)) {
			throw new Error(
				`'${options.name}' is no name for a consumer group: 1 to 100 letters, digits, '.', '_' or '-'.`,
			);
		}
		this.#topic = options.topic;
		this.#name = options.name;
		this.#partition = options.partition;
		this.#file = join(options.partition.options.folder, 'groups', `${options.name}.json`);
	}

	join(): Consumer {
		const member = new Member(this);
		this.#members.push(member);
		this.#assign();
		return member;
	}

	leave(member: Member): void {
		const index = this.#members.indexOf(member);
		if (index >= 0) this.#members.splice(index, 1);
		this.#assign();
	}

	async close(): Promise<void> {
		await Promise.all([...this.#members].map((member) => member.close()));
		await this.#writes.idle();
	}

	/** Null when never told. */
	async progress(): Promise<{ readonly next: bigint; readonly note: string } | null> {
		await this.#writes.idle();
		try {
			const told = JSON.parse(await readFile(this.#file, 'utf8')) as { next: string; note?: string };
			return { next: BigInt(told.next), note: told.note ?? '' };
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
			throw new Error(
				`${this.#file} is not readable as the progress of group ${this.#name}. Remove it to begin anew.`,
				{ cause: error },
			);
		}
	}

	async reportProgress(next: bigint, note: string): Promise<void> {
		const told = { next: next.toString(), ...(note === '' ? {} : { note }) };
		await this.#writes.take(async () => {
			await mkdir(join(this.#file, '..'), { recursive: true });
			await replaceFile(this.#file, `${JSON.stringify(told)}\n`, false);
		});
	}

	#assign(): void {
		this.#members[0]?.assign(this.#topic, this.#partition);
	}
}

class Member implements Consumer {
	readonly #group: Group;
	readonly #revocation = new AbortController();
	readonly #assigned: Promise<Assignment | null>;
	#settle!: (assignment: Assignment | null) => void;
	#held: EmbeddedAssignment | null = null;

	constructor(group: Group) {
		this.#group = group;
		this.#assigned = new Promise((resolve) => {
			this.#settle = resolve;
		});
	}

	assign(topic: Topic, partition: Partition): void {
		if (this.#held !== null || this.#revocation.signal.aborted) return;
		this.#held = new EmbeddedAssignment({
			topic,
			partition,
			group: this.#group,
			revoked: this.#revocation.signal,
		});
		this.#settle(this.#held);
	}

	async *assignments(): AsyncIterable<Assignment> {
		const assignment = await this.#assigned;
		if (assignment === null || assignment.revoked.aborted) return;
		yield assignment;
		await aborted(assignment.revoked);
	}

	async close(): Promise<void> {
		if (this.#revocation.signal.aborted) return;
		this.#revocation.abort();
		this.#settle(null);
		await this.#held?.close();
		this.#group.leave(this);
	}
}

class EmbeddedAssignment implements Assignment {
	readonly topic: Topic;
	readonly partition = 0;
	readonly revoked: AbortSignal;
	/** The next in the group gets the partition after this consumer has closed. */
	readonly lost: AbortSignal;
	readonly #source: Partition;
	readonly #group: Group;
	readonly #reader: PartitionReader;
	#sought = false;
	#reading: Promise<unknown> = Promise.resolve();

	constructor(options: { topic: Topic; partition: Partition; group: Group; revoked: AbortSignal }) {
		this.topic = options.topic;
		this.revoked = options.revoked;
		this.lost = options.revoked;
		this.#source = options.partition;
		this.#group = options.group;
		this.#reader = new PartitionReader(options.partition);
	}

	release(): void {}

	async seek(target: SeekTarget): Promise<void> {
		this.#sought = true;
		await this.#reader.seek(typeof target === 'bigint' ? target : this.#offsetOf(target));
	}

	#offsetOf(target: Exclude<SeekTarget, bigint>): bigint {
		if (target === 'earliest') return this.#source.earliest;
		if (target === 'latest') return this.#source.next;
		return this.#source.startOfSegmentWith(target.sinceMs);
	}

	read(options: { maxBytes: number; waitMs: number }): Promise<Awaited<ReturnType<Assignment['read']>>> {
		if (!this.#sought) return Promise.reject(new Error(`read of ${this.topic} before seek.`));
		const result = this.#read(options);
		this.#reading = result.catch(() => {});
		return result;
	}

	async #read({
		maxBytes,
		waitMs,
	}: {
		maxBytes: number;
		waitMs: number;
	}): Promise<Awaited<ReturnType<Assignment['read']>>> {
		const deadline = performance.now() + waitMs;
		for (;;) {
			if (this.revoked.aborted) return [];
			const woken = this.#wokenWithin(deadline - performance.now());
			const records = await this.#reader.read(maxBytes);
			if (records.length > 0 || performance.now() >= deadline) {
				woken.cancel();
				return records;
			}
			await woken.promise;
		}
	}

	/** Armed before the read that may find nothing: an append between the two is not missed. */
	#wokenWithin(ms: number): { promise: Promise<void>; cancel: () => void } {
		let cancel = (): void => {};
		const promise = new Promise<void>((resolve) => {
			const done = (): void => {
				clearTimeout(timer);
				forget();
				this.revoked.removeEventListener('abort', done);
				resolve();
			};
			const forget = this.#source.onAppend(done);
			const timer = setTimeout(done, Math.max(0, ms));
			this.revoked.addEventListener('abort', done);
			cancel = done;
		});
		return { promise, cancel };
	}

	async reportProgress(nextOffset: bigint, note = ''): Promise<boolean> {
		assertNote(note);
		await this.#group.reportProgress(nextOffset, note);
		return true;
	}

	async progress(): Promise<bigint | null> {
		return (await this.#group.progress())?.next ?? null;
	}

	async progressNote(): Promise<string> {
		return (await this.#group.progress())?.note ?? '';
	}

	async partitionCount(): Promise<number> {
		return 1;
	}

	async endOffset(): Promise<bigint> {
		return this.#source.end;
	}

	/** After the read in flight, which the revocation has woken. */
	async close(): Promise<void> {
		await this.#reading;
		await this.#reader.close();
	}
}
