/** Names of the keys in Redis; what they hold is in the header of index.ts. */
import type { RedisOptions } from './options.ts';

const prefixDefault = 'lanner';

export function prefixOf({ prefix = prefixDefault }: Pick<RedisOptions, 'prefix'>): string {
	return prefix;
}

/** Of the number of partitions that the state belongs to. */
export function partitionsKey(prefix: string): string {
	return `${prefix}:{events}:partitions`;
}

/** Keys of one partition have one hash tag: a script may touch all of them. */
export function partitionKey(prefix: string, partition: number, name: string): string {
	return `${prefix}:{events:${partition}}:${name}`;
}
