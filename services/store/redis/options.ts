/** How Redis is reached. Passwords and keys are secrets: they are never part of a message. */
export type RedisAddress = { readonly host: string; readonly port: number };

export type RedisOptions = {
	/** `sentinel`: addresses are of sentinels, which name the primary of `primaryName`. */
	readonly mode: 'single' | 'sentinel' | 'cluster';
	readonly addresses: readonly RedisAddress[];
	readonly primaryName?: string;
	readonly username?: string;
	readonly password?: string;
	readonly sentinelPassword?: string;
	/** Database number, not in a cluster; default 0. */
	readonly database?: number;
	/** Begin of every key; default `lanner`. */
	readonly prefix?: string;
	readonly tls?: {
		readonly ca?: string;
		readonly cert?: string;
		readonly key?: string;
		readonly serverName?: string;
	};
	readonly connectTimeoutMs?: number;
	/** An answer that takes longer counts as a lost connection; default 10 000 ms. */
	readonly commandTimeoutMs?: number;
	readonly logger: StoreLogger;
};

export type StoreLogger = Record<
	'debug' | 'info' | 'warn' | 'error',
	(fields: object, message: string) => void
>;
