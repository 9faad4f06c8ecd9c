/** The console as commands start it: what it is given of lanner.yaml, of the rule language and of the state store. */
import { join } from 'node:path';
import type { CompileFilter } from '#console/alerts/selection.ts';
import { Console } from '#console/console.ts';
import type { ReadHostStates } from '#console/hosts/hosts.ts';
import type { EventLog } from '#log/log.ts';
import { isLoopback } from '#platform/config/index.ts';
import { hostStateCodec } from '#schemas/codec.ts';
import type { HostState } from '#schemas/generated/host-state.ts';
import { compileWhen, whenProblem } from '#sink/expressions/when.ts';
import { metaKey } from '#state/index.ts';
import { openRedisHosts } from '#store/redis/index.ts';
import type { StateStore } from '#store/store.ts';
import { FailureError, type Io } from '../command.ts';
import { readVersion } from '../commands/version.ts';
import { redisOptions } from './open-store.ts';
import type { Ops } from './ops.ts';
import { readPemFile } from './read-pem.ts';
import type { Settings } from './settings.ts';

export type RunningConsole = {
	/** Where it is, for people. */
	readonly address: string;
	/** Follows the alerts until the signal is aborted. */
	run(log: Pick<EventLog, 'consume'>, signal: AbortSignal): Promise<void>;
	close(): Promise<void>;
};

export type HostSource = { readonly read: ReadHostStates; close(): Promise<void> };

/** Listens at once; readiness is told in `ops`. */
export async function startConsole(
	{ settings, ops, hosts }: { settings: Settings; ops: Ops; hosts: HostSource | null },
	{ root }: Pick<Io, 'root'>,
): Promise<RunningConsole> {
	const { config, logger } = settings;
	const { tls, ...options } = config.console;
	const { host, port } = options;
	const { certFile, keyFile } = tls;
	const pem = (option: string, file: string): string => readPemFile(file, `console.tls.${option}`);
	const role = new Console({
		...options,
		...{ logger, metrics: ops.metrics, now: Date.now, version: readVersion(root) },
		tls:
			certFile === null || keyFile === null
				? null
				: { cert: pem('certFile', certFile), key: pem('keyFile', keyFile) },
		pageFolder: join(root, 'services/console/page'),
		compileFilter,
		readStates: hosts?.read ?? null,
	});
	ops.readiness('console', () => role.missing());
	await role.listen().catch((error: Error) => {
		throw new FailureError(
			`the console cannot be served on ${host}:${port}: ${error.message}`,
			'choose another console.port or console.host, and check certificate and key',
		);
	});
	if (tls.certFile === null && !isLoopback(host))
		logger.warn(
			{ host, port },
			'The console is served without TLS: token and alerts can be read on the way, unless a proxy before it speaks TLS',
		);
	const name = host.includes(':') ? `[${host}]` : host;
	return {
		address: `${tls.certFile === null ? 'http' : 'https'}://${name}:${port}/`,
		run: (log, signal) => role.run(log, signal),
		close: () => role.close(),
	};
}

/** Conditions are those of an output's `when`. */
export const compileFilter: CompileFilter = (condition) => {
	const problem = whenProblem(condition);
	return problem === null ? { test: compileWhen(condition) } : { problem };
};

/** The state of hosts in Redis, read only; null when no Redis is configured. */
export function redisHosts(settings: Settings): HostSource | null {
	if (settings.config.redis.addresses.length === 0) return null;
	const reader = openRedisHosts(redisOptions(settings), metaKey);
	return { read: async () => decoded(await reader.metas()), close: () => reader.close() };
}

/** The same of a store in this process. */
export function storeHosts(store: Pick<StateStore, 'hosts' | 'loadHost'>): HostSource {
	return {
		async read() {
			const metas = new Map<string, Uint8Array>();
			for (const hostId of await store.hosts(0)) {
				const meta = (await store.loadHost(0, hostId)).get(metaKey);
				if (meta !== undefined) metas.set(hostId, meta);
			}
			return decoded(metas);
		},
		close: async () => {},
	};
}

/** A host without a boot was forgotten. */
function decoded(metas: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, HostState> {
	const states = [...metas].map(([hostId, meta]) => [hostId, hostStateCodec.decode(meta)] as const);
	return new Map(states.filter(([, { bootId }]) => bootId !== ''));
}
