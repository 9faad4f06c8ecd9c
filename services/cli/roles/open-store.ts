/** The state store that an evaluator works on: Redis when the configuration names addresses, else the embedded one in the data folder. */
import { parseAddress } from '#platform/config/index.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { openRedisStore, type RedisOptions } from '#store/redis/index.ts';
import type { StateStore } from '#store/store.ts';
import { readPem } from './read-pem.ts';
import type { Settings } from './settings.ts';

/** Rejects when `stop` is aborted while Redis is waited for. */
export async function openStore(settings: Settings, stop: AbortSignal): Promise<StateStore> {
	const { config, dataFolder, logger } = settings;
	if (config.redis.addresses.length > 0) return openRedisStore(redisOptions(settings), stop);
	return openEmbeddedStore({
		folder: `${dataFolder}/state`,
		warn: (warning) => logger.warn(warning, 'the state store repaired itself'),
	});
}

export function redisOptions({ config, logger }: Pick<Settings, 'config' | 'logger'>): RedisOptions {
	const { redis } = config;
	const optional = {
		primaryName: redis.primaryName,
		username: redis.username,
		password: redis.password,
		sentinelPassword: redis.sentinelPassword,
	};
	return {
		mode: redis.mode,
		addresses: redis.addresses.map((address) => parseAddress(address)!),
		database: redis.database,
		prefix: redis.prefix,
		connectTimeoutMs: redis.connectTimeoutMs,
		commandTimeoutMs: redis.commandTimeoutMs,
		logger,
		...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)),
		...(redis.tls.enabled ? { tls: readPem(redis.tls, 'redis.tls') } : {}),
	};
}
