/** What can be seen of Redis without changing anything, for `lanner doctor`. Does not wait for one that is away: it throws, with what to do. */
import { type Cluster, Redis } from 'ioredis';
import { StoreRefusedError } from '../store.ts';
import { createClient } from './client.ts';
import { judge } from './errors.ts';
import { partitionsKey, prefixOf } from './keys.ts';
import type { RedisOptions } from './options.ts';

export type RedisNode = {
	readonly address: string;
	readonly version: string;
	readonly isPrimary: boolean;
	readonly usedBytes: number;
	/** 0 = no limit. */
	readonly maxBytes: number;
	readonly evictionPolicy: string;
	readonly appendOnly: boolean;
	/** Of one question, the quickest of several. */
	readonly latencyMs: number;
	/** Its clock before (+) or behind (-) ours; null where it does not say. */
	readonly clockOffsetMs: number | null;
};

export type RedisFacts = {
	/** Of a cluster all primaries, else the one that is written to. */
	readonly nodes: readonly RedisNode[];
	/** Of the topic that its state belongs to; null = it has none. */
	readonly partitions: number | null;
};

const limitMs = 10_000;
const questions = 5;

export async function examineRedis(options: RedisOptions): Promise<RedisFacts> {
	const client = createClient(options);
	let lastError: Error | null = null;
	client.on('error', (error: Error) => {
		lastError = error;
	});
	const limit = new AbortController();
	try {
		return await Promise.race([look(client, prefixOf(options)), timeLimit(limit.signal)]);
	} catch (error) {
		const name = options.addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
		const verdict = judge(causeOf(error, lastError), name);
		if (verdict.kind === 'refused') throw verdict.error;
		if (verdict.kind === 'bug') throw error;
		throw new StoreRefusedError(`${name}: ${verdict.reason}`, verdict.remedy, { cause: error });
	} finally {
		limit.abort();
		client.disconnect();
	}
}

/** A command that was cut off does not say why the connection was. */
function causeOf(error: unknown, lastError: Error | null): unknown {
	return (error as Error).name === 'ReplyError' ? error : (lastError ?? error);
}

function timeLimit(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		const timer = setTimeout(() => reject(new Error(`no answer in ${limitMs / 1000} s`)), limitMs);
		signal.addEventListener('abort', () => clearTimeout(timer));
	});
}

async function look(client: Redis | Cluster, prefix: string): Promise<RedisFacts> {
	const partitions = await client.get(partitionsKey(prefix));
	const nodes = client instanceof Redis ? [client] : client.nodes('master');
	return {
		nodes: await Promise.all(nodes.map(lookAtNode)),
		partitions: partitions === null ? null : Number(partitions),
	};
}

async function lookAtNode(node: Redis): Promise<RedisNode> {
	const times: { readonly tookMs: number; readonly atMs: number; readonly info: string }[] = [];
	for (let i = 0; i < questions; i++) {
		const startMs = performance.now();
		const info = await node.info();
		times.push({ tookMs: performance.now() - startMs, atMs: Date.now(), info });
	}
	const { tookMs, atMs, info } = times.reduce((a, b) => (b.tookMs < a.tookMs ? b : a));
	const facts = new Map(
		info.split('\r\n').flatMap((line) => {
			const at = line.indexOf(':');
			return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
		}),
	);
	const clockUs = facts.get('server_time_usec');
	const { host, port } = node.options;
	return {
		address: `${host}:${port}`,
		version: facts.get('redis_version') ?? 'unknown',
		isPrimary: facts.get('role') === 'master',
		usedBytes: Number(facts.get('used_memory') ?? 0),
		maxBytes: Number(facts.get('maxmemory') ?? 0),
		evictionPolicy: facts.get('maxmemory_policy') ?? 'unknown',
		appendOnly: facts.get('aof_enabled') === '1',
		latencyMs: tookMs,
		clockOffsetMs: clockUs === undefined ? null : Number(clockUs) / 1000 - (atMs - tookMs / 2),
	};
}
