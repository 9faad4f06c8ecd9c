/** The ioredis client for each mode. Reconnects for ever with pauses up to 2 s; a command that was cut off fails, and our caller repeats it. */
import { Cluster, Redis } from 'ioredis';
import type { RedisOptions } from './options.ts';

export type RedisClient = Redis | Cluster;

const connectTimeoutMsDefault = 5_000;
const commandTimeoutMsDefault = 10_000;
const pauseMsMax = 2_000;
const pauseStepMs = 100;

export function createClient(options: RedisOptions): RedisClient {
	const { mode, addresses, primaryName, sentinelPassword, database = 0, tls } = options;
	const secure =
		tls === undefined
			? undefined
			: {
					...(tls.ca === undefined ? {} : { ca: tls.ca }),
					...(tls.cert === undefined ? {} : { cert: tls.cert }),
					...(tls.key === undefined ? {} : { key: tls.key }),
					...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
				};
	const common = {
		connectTimeout: options.connectTimeoutMs ?? connectTimeoutMsDefault,
		commandTimeout: options.commandTimeoutMs ?? commandTimeoutMsDefault,
		// A command that may or may not have been done is repeated by our caller, who knows what that means.
		autoResendUnfulfilledCommands: false,
		maxRetriesPerRequest: 0,
		enableOfflineQueue: true,
		lazyConnect: true,
		...(options.username === undefined ? {} : { username: options.username }),
		...(options.password === undefined ? {} : { password: options.password }),
		...(secure === undefined ? {} : { tls: secure }),
	};
	const retry = (times: number): number => Math.min(pauseMsMax, times * pauseStepMs);
	switch (mode) {
		case 'single':
			return new Redis({ ...common, ...addresses[0], db: database, retryStrategy: retry });
		case 'sentinel':
			return new Redis({
				...common,
				sentinels: [...addresses],
				name: primaryName ?? '',
				db: database,
				retryStrategy: retry,
				sentinelRetryStrategy: retry,
				...(sentinelPassword === undefined ? {} : { sentinelPassword }),
				...(secure === undefined ? {} : { sentinelTLS: secure, enableTLSForSentinelMode: true }),
			});
		case 'cluster':
			return new Cluster([...addresses], {
				lazyConnect: true,
				redisOptions: common,
				clusterRetryStrategy: retry,
			});
	}
}
