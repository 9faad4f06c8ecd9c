/**
 * The small facts of every host, for the console: reads only, with a user that may do nothing else. It does not wait for a Redis
 * that is away, and says so instead: somebody is looking at a page.
 */
import { createClient, type RedisClient } from './client.ts';
import { atOnce } from './errors.ts';
import { partitionKey, partitionsKey, prefixOf } from './keys.ts';
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

/** `metaKey`: under which the state keeps them. */
export function openRedisHosts(options: RedisOptions, metaKey: string): HostMetas {
	const client = createClient({ ...options, commandTimeoutMs: answerMsMax, connectTimeoutMs: answerMsMax });
	// Told by the call that fails.
	client.on('error', () => undefined);
	const prefix = prefixOf(options);
	return {
		async metas() {
			try {
				return await readMetas(client, prefix, metaKey);
			} catch (error) {
				throw atOnce(error, 'read the state of hosts in Redis');
			}
		},
		async close() {
			client.disconnect();
		},
	};
}

async function readMetas(
	client: RedisClient,
	prefix: string,
	metaKey: string,
): Promise<ReadonlyMap<string, Uint8Array>> {
	const metas = new Map<string, Uint8Array>();
	const partitions = Number((await client.get(partitionsKey(prefix))) ?? 0);
	for (let partition = 0; partition < partitions; partition++) {
		const hostIds = await client.smembers(partitionKey(prefix, partition, 'hosts'));
		for (let at = 0; at < hostIds.length && metas.size < hostsMax; at += hostsInOneGo) {
			const some = hostIds.slice(at, at + hostsInOneGo);
			const values = await Promise.all(
				some.map((hostId) => client.hgetBuffer(partitionKey(prefix, partition, `host:${hostId}`), metaKey)),
			);
			for (const [i, value] of values.entries()) if (value !== null) metas.set(some[i]!, value);
		}
	}
	return metas;
}
