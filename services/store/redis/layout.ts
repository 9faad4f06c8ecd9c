/** The number of partitions that the state belongs to, for `lanner topics grow`; see the header of index.ts. */
import { StoreRefusedError } from '../store.ts';
import { createClient } from './client.ts';
import { judge } from './errors.ts';
import type { RedisOptions } from './options.ts';

/** From now on evaluators claim partitions of a topic that has so many. Where the state of a host is does not change. */
export async function setLayout(partitions: number, options: RedisOptions): Promise<void> {
	const client = createClient(options);
	// Told by the call that fails.
	client.on('error', () => undefined);
	try {
		await client.set(`${options.prefix ?? 'lanner'}:{events}:partitions`, partitions);
	} catch (error) {
		const verdict = judge(error, 'set the number of partitions in Redis');
		if (verdict.kind === 'bug') throw error;
		if (verdict.kind === 'refused') throw verdict.error;
		throw new StoreRefusedError(`Redis: ${verdict.reason}`, verdict.remedy, { cause: error });
	} finally {
		client.disconnect();
	}
}
