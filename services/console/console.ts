/**
 * The console role: the alert topic → a window of the newest alerts → the page and its API. It writes nothing to the log and nothing to the
 * store.
 *
 *   new ──listen──▶ serving, history still read ──▶ serving, following ──signal──▶ ended
 */
import { randomUUID } from 'node:crypto';
import type { EventLog } from '#log/log.ts';
import type { Logger } from '#platform/logger.ts';
import type { Metrics } from '#platform/metrics.ts';
import { Follower } from './alerts/follower.ts';
import type { CompileFilter } from './alerts/selection.ts';
import { AlertWindow } from './alerts/window.ts';
import { Hosts, type ReadHostStates } from './hosts/hosts.ts';
import { Access } from './http/access.ts';
import { Api } from './http/api.ts';
import { readPageFiles } from './http/files.ts';
import { type ConsoleServer, startServer } from './http/server.ts';
import { Streams } from './http/stream.ts';

export type ConsoleOptions = {
	readonly host: string;
	/** 0 = a free one. */
	readonly port: number;
	readonly token: string | null;
	readonly sessionHours: number;
	readonly hostNames: readonly string[];
	readonly tls: { readonly cert: string; readonly key: string } | null;
	readonly historyAlerts: number;
	readonly historyBytesMax: number;
	readonly clientsMax: number;
	/** Of the files of the page. */
	readonly pageFolder: string;
	readonly version: string;
	readonly compileFilter: CompileFilter;
	readonly readStates: ReadHostStates | null;
	readonly logger: Logger;
	readonly metrics: Metrics;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

/** Names of its consumer groups begin so; rights in Kafka are given by that. */
export const groupPrefix = 'console.';

export class Console {
	readonly #options: ConsoleOptions;
	readonly #window: AlertWindow;
	readonly #hosts: Hosts;
	#follower: Follower | null = null;
	#server: ConsoleServer | null = null;

	constructor(options: ConsoleOptions) {
		this.#options = options;
		const { historyAlerts, historyBytesMax, metrics } = options;
		this.#window = new AlertWindow({ alertsMax: historyAlerts, bytesMax: historyBytesMax });
		this.#hosts = new Hosts(options);
		metrics.onCollect(() => {
			metrics.set('lanner_console_alerts_kept', this.#window.size);
			metrics.set('lanner_console_alerts_kept_bytes', this.#window.bytes);
		});
	}

	/** What it lacks to do its work; null = nothing. */
	missing(): string | null {
		if (this.#server === null) return 'it does not listen yet';
		return this.#follower === null ? 'the log is not open yet' : this.#follower.missing();
	}

	/** The page is there at once, also while the log is not. Resolves with the port; rejects when it cannot listen. */
	async listen(): Promise<number> {
		const options = this.#options;
		const { metrics, now, token, tls, clientsMax } = options;
		const access = new Access({
			...{ token, metrics, now, isTls: tls !== null },
			sessionMs: options.sessionHours * 3_600_000,
		});
		const missing = (): readonly string[] => [this.missing()].filter((what) => what !== null);
		const api = new Api({
			...{ ...options, window: this.#window, hosts: this.#hosts, missing },
			needsToken: access.needsToken,
		});
		this.#server = await startServer({
			...{ ...options, access, api, window: this.#window, streamsMax: clientsMax },
			files: readPageFiles(options.pageFolder),
			streams: new Streams({ max: clientsMax, metrics, now }),
		});
		return this.#server.port;
	}

	/** Follows the alerts until the signal is aborted; rejects when the log refuses us for good. */
	async run(log: Pick<EventLog, 'consume'>, signal: AbortSignal): Promise<void> {
		const { logger, metrics, historyAlerts } = this.#options;
		this.#follower = new Follower({
			...{ log, logger, metrics, historyAlerts, window: this.#window },
			group: `${groupPrefix}${randomUUID()}`,
			onAlert: (alert) => this.#hosts.told.note(alert),
		});
		await this.#follower.run(signal);
	}

	async close(): Promise<void> {
		await this.#server?.close();
	}
}
