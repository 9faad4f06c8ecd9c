/**
 * The small facts of every host (`meta`), for the console: reads only, with a user that may do nothing else. It does not wait for a Redis
 * that is away, and says so instead: somebody is looking at a page.
 */
import { StoreRefusedError } from '../store.ts';
import { createClient, type RedisClient } from './client.ts';
import { judge } from './errors.ts';
import type { RedisOptions } from './options.ts';

export type HostMetas = {
	/** By host id. Rejects with what to do. */
	metas(): Promise<ReadonlyMap<string, Uint8Array>>;
	close(): Promise<void>;
};

/** Of one look; what is beyond is left out. */
const hostsMax = 20_000;
const hostsInOneGo = 500;
/** A page is not kept waiting for longer. */
const answerMsMax = 3_000;

export function openRedisHosts(options: RedisOptions): HostMetas {
	const client = createClient({ ...options, commandTimeoutMs: answerMsMax, connectTimeoutMs: answerMsMax });
	// Told by the call that fails.
	client.on('error', () => undefined);
	const prefix = options.prefix ?? 'lanner';
	return {
		async metas() {
			try {
				return await readMetas(client, prefix);
			} catch (error) {
				const verdict = judge(error, 'read the state of hosts in Redis');
				if (verdict.kind === 'bug') throw error;
				if (verdict.kind === 'refused') throw verdict.error;
				throw new StoreRefusedError(`Redis: ${verdict.reason}`, verdict.remedy, { cause: error });
			}
		},
		async close() {
			client.disconnect();
		},
	};
}

async function readMetas(client: RedisClient, prefix: string): Promise<ReadonlyMap<string, Uint8Array>> {
	const metas = new Map<string, Uint8Array>();
	const partitions = Number((await client.get(`${prefix}:{events}:partitions`)) ?? 0);
	for (let partition = 0; partition < partitions; partition++) {
		const key = `${prefix}:{events:${partition}}`;
		const hostIds = await client.smembers(`${key}:hosts`);
		for (let at = 0; at < hostIds.length && metas.size < hostsMax; at += hostsInOneGo) {
			const some = hostIds.slice(at, at + hostsInOneGo);
			const values = await Promise.all(
				some.map((hostId) => client.hgetBuffer(`${key}:host:${hostId}`, 'meta')),
			);
			for (const [i, value] of values.entries()) if (value !== null) metas.set(some[i]!, value);
		}
	}
	return metas;
}
