/** The number of partitions that the state belongs to, for `lanner topics grow`; see the header of index.ts. */
import { createClient } from './client.ts';
import { atOnce } from './errors.ts';
import { partitionsKey, prefixOf } from './keys.ts';
import type { RedisOptions } from './options.ts';

/** From now on evaluators claim partitions of a topic that has so many. Where the state of a host is does not change. */
export async function setLayout(partitions: number, options: RedisOptions): Promise<void> {
	const client = createClient(options);
	// Told by the call that fails.
	client.on('error', () => undefined);
	try {
		await client.set(partitionsKey(prefixOf(options)), partitions);
	} catch (error) {
		throw atOnce(error, 'set the number of partitions in Redis');
	} finally {
		client.disconnect();
	}
}
