/** A real Redis server in a folder of its own. The binary comes with redis-tools, so that no service gets installed. */
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { answers, Child } from './child.ts';
import { freePorts } from './ports.ts';

export type RedisServer = {
	readonly port: number;
	readonly folder: string;
	start(): Promise<void>;
	kill(): Promise<void>;
	pause(): void;
	resume(): void;
	stop(): Promise<void>;
};

export type RedisOptions = {
	/** Folder for its data and log; made when absent. */
	readonly folder: string;
	/** Default: a free one. With TLS: of the TLS port, and there is no other. */
	readonly port?: number;
	/** Append-only file, synced at every write: what was acknowledged survives kill -9 and power. Default false. */
	readonly durable?: boolean;
	/** PEM files: the server speaks TLS alone. */
	readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string };
	readonly sentinel?: boolean;
	/** More of redis.conf, as arguments: `['--maxmemory', '4mb']`. */
	readonly args?: readonly string[];
	/** A redis.conf, which sentinels need (they write to it). */
	readonly configFile?: string;
};

/** In Debian redis-server is this binary by another name; the server package alone would start a service. */
const sameBinary = '/usr/bin/redis-check-rdb';

function serverProgram(folder: string, name: 'redis-server' | 'redis-sentinel'): string {
	const installed = `/usr/bin/${name}`;
	if (existsSync(installed)) return installed;
	const link = join(folder, name);
	if (!existsSync(link)) symlinkSync(sameBinary, link);
	return link;
}

export async function startRedis(options: RedisOptions): Promise<RedisServer> {
	const { folder, durable = false, tls, sentinel = false, args = [], configFile } = options;
	mkdirSync(folder, { recursive: true });
	const port = options.port ?? (await freePorts(1))[0]!;
	const listen = tls === undefined ? ['--port', String(port)] : ['--port', '0', '--tls-port', String(port)];
	const certificates =
		tls === undefined
			? []
			: ['--tls-cert-file', tls.cert, '--tls-key-file', tls.key, '--tls-ca-cert-file', tls.ca];
	const disk = sentinel
		? []
		: ['--save', '', '--appendonly', durable ? 'yes' : 'no', '--appendfsync', 'always'];
	const child = new Child({
		name: `${sentinel ? 'redis-sentinel' : 'redis-server'} on port ${port}`,
		program: serverProgram(folder, sentinel ? 'redis-sentinel' : 'redis-server'),
		args: [
			...(configFile === undefined ? [] : [configFile]),
			...listen,
			...certificates,
			...['--bind', '127.0.0.1', '--dir', folder],
			...disk,
			...args,
		],
		logFile: join(folder, 'redis.log'),
		ready: () => answers(port),
	});
	await child.start();
	return {
		port,
		folder,
		start: () => child.start(),
		kill: () => child.kill(),
		pause: () => child.pause(),
		resume: () => child.resume(),
		stop: () => child.stop(),
	};
}
