/**
 * The state store on Redis, for fleets. Layout, with the partition as hash tag so that what belongs together is on one node:
 *
 *   lanner:{events}:partitions       number of partitions that the state belongs to
 *   lanner:{events:17}:cursor        hash: epoch, owner, offset, timeMs
 *   lanner:{events:17}:hosts         set of host ids
 *   lanner:{events:17}:host:<id>     hash: process key, container id, meta, accounts → Avro
 *   lanner:{events:17}:staged:<word> list: values of a commit that is larger than a call; gone with it
 *
 * A commit is one script call (a larger one is staged first, see commit-values.ts). Repeating one whose answer was lost is safe: only the
 * owner of the claim writes, one commit at a time, so the cursor is then either the one before (nothing was written) or the new one (the
 * same values are written again); any other is `lost`. While Redis is away calls wait until `close` and say so, at most every 10 s.
 */
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { whenAborted } from '#platform/signals.ts';
import {
	type CommitResult,
	type HostEntries,
	type PartitionClaim,
	type StateCommit,
	type StateStore,
	StoreLayoutError,
} from '../store.ts';
import { createClient, type RedisClient } from './client.ts';
import { type Argument, commitValues } from './commit-values.ts';
import { judge } from './errors.ts';
import { partitionKey, partitionsKey, prefixOf } from './keys.ts';
import type { RedisOptions } from './options.ts';
import {
	claimScript,
	commitScript,
	commitStagedScript,
	loadScript,
	rightsScript,
	stageScript,
} from './scripts.ts';

export { examineRedis, type RedisFacts, type RedisNode } from './examine.ts';
export { type HostMetas, openRedisHosts } from './hosts.ts';
export { setLayout } from './layout.ts';
export type { RedisAddress, RedisOptions, StoreLogger } from './options.ts';

type Scripts = {
	lannerRights(keys: number, args: readonly Argument[]): Promise<string>;
	lannerClaim(keys: number, args: readonly Argument[]): Promise<[number, string | null]>;
	lannerCommit(keys: number, args: readonly Argument[]): Promise<CommitResult>;
	lannerLoadBuffer(keys: number, args: readonly Argument[]): Promise<Buffer>;
	lannerStage(keys: number, args: readonly Argument[]): Promise<'staged' | 'lost'>;
	lannerCommitStaged(keys: number, args: readonly Argument[]): Promise<CommitResult>;
};

const pauseFirstMs = 100;
const pauseMaxMs = 2_000;
const sayEveryMs = 10_000;
const ownerBytes = 12;

/** Waits for Redis; rejects when it refuses us, or when `stop` is aborted meanwhile. */
export async function openRedisStore(options: RedisOptions, stop?: AbortSignal): Promise<StateStore> {
	const store = new RedisStore(options);
	const release = stop === undefined ? undefined : whenAborted(stop, () => void store.close());
	try {
		await store.open();
	} catch (error) {
		// A client that is left alone goes on connecting for ever.
		await store.close();
		throw error;
	} finally {
		release?.();
	}
	return store;
}

class RedisStore implements StateStore {
	readonly #options: RedisOptions;
	readonly #client: RedisClient & Scripts;
	readonly #closing = new AbortController();
	/** Owner words of our claims by `partition epoch`. */
	readonly #owners = new Map<string, string>();
	#lastError: Error | null = null;
	#saidMs = Number.NEGATIVE_INFINITY;

	constructor(options: RedisOptions) {
		this.#options = options;
		// While Redis is away a call of each partition listens.
		setMaxListeners(0, this.#closing.signal);
		const client = createClient(options);
		// Each failed connection; what failed for us is told by the call that waits.
		client.on('error', (error: Error) => {
			this.#lastError = error;
		});
		client.defineCommand('lannerRights', { lua: rightsScript });
		client.defineCommand('lannerClaim', { lua: claimScript });
		client.defineCommand('lannerCommit', { lua: commitScript });
		client.defineCommand('lannerLoad', { lua: loadScript, readOnly: true });
		client.defineCommand('lannerStage', { lua: stageScript });
		client.defineCommand('lannerCommitStaged', { lua: commitStagedScript });
		this.#client = client as RedisClient & Scripts;
	}

	/** Waits for Redis; throws when it refuses us, now or later. */
	async open(): Promise<void> {
		await this.#run('connect to Redis', () => this.#client.get(partitionsKey(this.#prefix)));
		// A key of this process alone: others may be doing the same.
		const key = `${this.#prefix}:{events}:rights:${randomBytes(ownerBytes).toString('hex')}`;
		await this.#run('check the rights of our user', async () => {
			await this.#client.lannerRights(1, [key]);
			await this.#client.smembers(key);
			await this.#client.hmget(key, 'owner');
			await this.#client.hgetallBuffer(key);
		});
	}

	async claim(partition: number, { partitions }: { partitions: number }): Promise<PartitionClaim> {
		await this.#assertLayout(partitions);
		const owner = randomBytes(ownerBytes).toString('hex');
		const [epoch, offset] = await this.#run(`claim partition ${partition}`, () =>
			this.#client.lannerClaim(1, [this.#key(partition, 'cursor'), owner]),
		);
		this.#owners.set(`${partition} ${epoch}`, owner);
		return { epoch: BigInt(epoch), cursor: offset === null ? null : BigInt(offset) };
	}

	async loadHost(partition: number, hostId: string): Promise<HostEntries> {
		const packed = await this.#run(`load host ${hostId}`, () =>
			this.#client.lannerLoadBuffer(1, [this.#key(partition, `host:${hostId}`)]),
		);
		return unpackHost(packed);
	}

	async holds(
		partition: number,
		{ epoch, cursors }: { epoch: bigint; cursors: readonly (bigint | null)[] },
	): Promise<'held' | 'fenced' | 'lost'> {
		const [owner, offset] = await this.#run(`check partition ${partition}`, () =>
			this.#client.hmget(this.#key(partition, 'cursor'), 'owner', 'offset'),
		);
		if (owner === null || owner === undefined) return 'lost';
		if (owner !== this.#owners.get(`${partition} ${epoch}`)) return 'fenced';
		return cursors.includes(offset === null || offset === undefined ? null : BigInt(offset))
			? 'held'
			: 'lost';
	}

	hosts(partition: number): Promise<readonly string[]> {
		return this.#run(`list hosts of partition ${partition}`, () =>
			this.#client.smembers(this.#key(partition, 'hosts')),
		);
	}

	async commit(partition: number, { epoch, cursor, after, hosts }: StateCommit): Promise<CommitResult> {
		const owner = this.#owners.get(`${partition} ${epoch}`);
		// Claimed by an earlier run: whoever it was has been followed by this process.
		if (owner === undefined) return 'fenced';
		const own = [this.#key(partition, 'cursor'), this.#key(partition, 'hosts')];
		const hostKeys = hosts.map(({ hostId }) => this.#key(partition, `host:${hostId}`));
		const before = after === undefined ? '-' : (after?.toString() ?? '');
		const head = [owner, cursor.toString(), before, Date.now()];
		const { values, calls } = commitValues(hosts);
		const what = `commit to partition ${partition}`;
		if (calls.length === 1) {
			const args = [...own, ...hostKeys, ...head, ...values];
			return this.#run(what, () => this.#client.lannerCommit(own.length + hostKeys.length, args));
		}
		const staged = this.#key(partition, `staged:${randomBytes(ownerBytes).toString('hex')}`);
		if (!(await this.#stage(staged, calls))) return 'lost';
		const args = [...own, staged, ...hostKeys, ...head, values.length];
		return this.#run(what, () => this.#client.lannerCommitStaged(own.length + 1 + hostKeys.length, args));
	}

	/** False = what was staged is gone. What is never taken from there expires within the hour. */
	async #stage(key: string, calls: readonly (readonly Argument[])[]): Promise<boolean> {
		let before = 0;
		for (const values of calls) {
			const args = [key, before, ...values];
			const result = await this.#run('stage a large commit', () => this.#client.lannerStage(1, args));
			if (result === 'lost') return false;
			before += values.length;
		}
		return true;
	}

	async close(): Promise<void> {
		this.#closing.abort();
		this.#client.disconnect();
	}

	get #prefix(): string {
		return prefixOf(this.#options);
	}

	#key(partition: number, name: string): string {
		return partitionKey(this.#prefix, partition, name);
	}

	async #assertLayout(partitions: number): Promise<void> {
		const key = partitionsKey(this.#prefix);
		const known = await this.#run('check the layout', async () => {
			await this.#client.setnx(key, partitions);
			return this.#client.get(key);
		});
		if (Number(known) !== partitions) throw new StoreLayoutError(Number(known), partitions);
	}

	/** Until it works, the store is closed, or Redis refuses us. */
	async #run<T>(what: string, command: () => Promise<T>): Promise<T> {
		for (let attempt = 1; ; attempt++) {
			try {
				return await command();
			} catch (error) {
				// A closed connection says nothing of why; the connection's own error does.
				const cause = isConnectionEnd(error) ? (this.#lastError ?? error) : error;
				const verdict = judge(cause, what);
				if (this.#closing.signal.aborted || verdict.kind === 'bug') throw error;
				if (verdict.kind === 'refused') throw verdict.error;
				this.#say(what, attempt, verdict);
				const pauseMs = Math.min(pauseMaxMs, pauseFirstMs * attempt);
				await sleep(pauseMs, undefined, { signal: this.#closing.signal });
			}
		}
	}

	#say(what: string, attempt: number, { reason, remedy }: { reason: string; remedy: string }): void {
		const nowMs = performance.now();
		if (nowMs - this.#saidMs < sayEveryMs) return;
		this.#saidMs = nowMs;
		this.#options.logger.warn(
			{ what, attempt, reason, remedy },
			'Redis does not take what we ask; waiting for it',
		);
	}
}

function isConnectionEnd(error: unknown): boolean {
	const { name, message } = error as Error;
	return (
		name === 'MaxRetriesPerRequestError' ||
		/Connection is closed|Failed to refresh slots cache|None of startup nodes|All sentinels are unreachable/.test(
			message,
		)
	);
}

/** See `loadScript`. The values are parts of one buffer. */
function unpackHost(packed: Buffer): HostEntries {
	const entries = new Map<string, Uint8Array>();
	let at = 0;
	const next = (): Buffer => {
		const from = at + 4;
		at = from + packed.readUInt32BE(at);
		return packed.subarray(from, at);
	};
	while (at < packed.length) entries.set(next().toString(), next());
	return entries;
}
