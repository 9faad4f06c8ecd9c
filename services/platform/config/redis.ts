/** The section `redis`: the state store of a fleet. Without addresses the store is the embedded one. */
import { checkAddresses, checkTls, isLoopbackAddress, meaningless, tlsOptions } from './connection.ts';
import { choice, integer, optionalText, type RelationProblem, text, texts, type ValueOf } from './option.ts';

export const redisSection = {
	addresses: texts({
		default: [],
		description:
			'host:port of Redis, of sentinels, or of nodes of a cluster; empty = the embedded store of one host.',
	}),
	mode: choice(['single', 'sentinel', 'cluster'], {
		default: 'single',
		description: 'What the addresses are.',
	}),
	primaryName: optionalText({ default: null, description: 'Name of the primary (sentinel).' }),
	username: optionalText({ default: null, description: 'ACL user; null = the default user.' }),
	password: optionalText({ default: null, secret: true, description: 'Its password.' }),
	sentinelPassword: optionalText({
		default: null,
		secret: true,
		description: 'Password of the sentinels, where they have one.',
	}),
	database: integer({
		default: 0,
		min: 0,
		max: 1_000_000,
		description: 'Number of the database (not in a cluster).',
	}),
	prefix: text({
		default: 'lanner',
		pattern: /^[A-Za-z0-9._:-]{1,64}$/,
		accepts: '1 to 64 of A-Z a-z 0-9 . _ : -',
		description: 'Begin of every key, so that installations can share a Redis.',
	}),
	connectTimeoutMs: integer({
		default: 5000,
		min: 100,
		max: 60_000,
		unit: 'milliseconds',
		description: 'Longest time to connect.',
	}),
	commandTimeoutMs: integer({
		default: 10_000,
		min: 100,
		max: 300_000,
		unit: 'milliseconds',
		description: 'Longest time for an answer; then it is asked again.',
	}),
	tls: tlsOptions('the servers'),
};

export type RedisConfig = ValueOf<typeof redisSection>;

/** Paths count from the section. */
export function checkRedis(redis: RedisConfig): RelationProblem[] {
	const problems = [
		...checkAddresses(redis.addresses, 'addresses', 'redis.example.com:6379'),
		...checkTls(redis.tls),
	];
	if (redis.mode === 'sentinel' && redis.primaryName === null)
		problems.push({ path: ['primaryName'], message: 'is null; redis.mode sentinel needs it' });
	if (redis.mode !== 'sentinel')
		problems.push(
			...meaningless(redis, ['primaryName', 'sentinelPassword'], `with redis.mode ${redis.mode}`),
		);
	if (redis.username !== null && redis.password === null)
		problems.push({ path: ['password'], message: 'is null; redis.username goes with a password' });
	if (redis.password !== null && !redis.tls.enabled && redis.addresses.some((one) => !isLoopbackAddress(one)))
		problems.push({
			path: ['password'],
			message:
				'is sent as it is, and so is the state of all hosts: set redis.tls.enabled, unless nobody else is on that network',
			doubtful: true,
		});
	if (redis.mode === 'cluster' && redis.database !== 0)
		problems.push({ path: ['database'], message: 'must be 0: a cluster has one database' });
	if (redis.mode === 'single' && redis.addresses.length > 1)
		problems.push({
			path: ['addresses'],
			message: 'has several entries; redis.mode single takes one (or is it a sentinel or cluster?)',
		});
	return problems;
}
