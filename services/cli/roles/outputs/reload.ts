/**
 * The outputs a role runs, while lanner.yaml changes (and the files that it brings in as `${file:…}`).
 *
 *   in force ──change, SIGHUP──▶ reading ──▶ compared ──▶ in force, new (Sink.apply: places in the log stay)
 *       ▲                           └── error ──▶ the old ones stay in force; every problem is logged and counted
 *       └── same outputs: nothing happens
 *
 * Only outputs are taken over: what else was changed in the file is named in a warning and waits for the next start. Changes during a reload
 * lead to one more after it.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Config, ConfigError, type OutputConfig, readConfig } from '#platform/config/index.ts';
import type { Logger } from '#platform/logger.ts';
import type { Metrics } from '#platform/metrics.ts';
import type { OutputChanges } from '#sink/sink.ts';
import { FailureError, type Io } from '../../command.ts';
import { configSources } from '../settings.ts';
import { watchFiles } from '../watch-files.ts';
import { outputsInForce } from './in-force.ts';

export type OutputsReload = 'loaded' | 'refused' | 'unchanged';

export type LiveOutputsOptions = {
	/** As it was read at the start. */
	readonly config: Config;
	readonly configFile: string;
	/** `--json`, see `outputsInForce`. */
	readonly json: boolean;
	readonly apply: (outputs: readonly OutputConfig[]) => Promise<OutputChanges>;
	readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
	readonly metrics: Metrics;
	readonly quietMs?: number;
	readonly pollMs?: number;
};

export class LiveOutputs {
	readonly #options: LiveOutputsOptions;
	readonly #io: Pick<Io, 'env'>;
	#current: readonly OutputConfig[];
	/** The rest of the file, of which a change was told. */
	#rest: Omit<Config, 'outputs'>;
	#secretFiles: readonly string[] = [];
	#running: Promise<OutputsReload> | null = null;
	#again = false;
	#unwatch = (): void => {};
	#signal: AbortSignal | null = null;

	constructor(options: LiveOutputsOptions, io: Pick<Io, 'env'>) {
		this.#options = options;
		this.#io = io;
		const { outputs, ...rest } = options.config;
		this.#rest = rest;
		this.#current = outputsInForce({ outputs }, options);
		for (const result of ['loaded', 'refused', 'unchanged'] as const)
			options.metrics.add('lanner_outputs_reloads_total', { result }, 0);
		options.metrics.set('lanner_outputs_last_reload_successful', 1);
		this.#tell();
	}

	/** Watches until the signal is aborted. */
	watch(signal: AbortSignal): void {
		this.#signal = signal;
		signal.addEventListener('abort', () => this.#unwatch(), { once: true });
		this.#secretFiles = this.#read().secretFiles;
		this.#watchFiles();
	}

	/** Never rejects. */
	async reload(): Promise<OutputsReload> {
		if (this.#running !== null) {
			this.#again = true;
			return this.#running;
		}
		this.#running = this.#attempt();
		const result = await this.#running;
		this.#running = null;
		if (!this.#again || this.#signal?.aborted === true) return result;
		this.#again = false;
		return this.reload();
	}

	#watchFiles(): void {
		this.#unwatch();
		if (this.#signal?.aborted === true) return;
		const { configFile, logger, quietMs, pollMs } = this.#options;
		this.#unwatch = watchFiles({
			paths: [configFile, ...this.#secretFiles],
			onChange: () => void this.reload(),
			onProblem: (error, folder) =>
				logger.warn(
					{ err: error, folder },
					'changes of the configuration there are seen a few seconds later',
				),
			...(quietMs === undefined ? {} : { quietMs }),
			...(pollMs === undefined ? {} : { pollMs }),
		});
	}

	/** The file as it is now; `config` is its problems when it has some. */
	#read(): { readonly config: Config | readonly string[]; readonly secretFiles: readonly string[] } {
		const secretFiles: string[] = [];
		try {
			const sources = configSources(this.#options.configFile, this.#io);
			const readFile = (path: string): string => {
				secretFiles.push(path);
				return sources.readFile(path);
			};
			return { config: readConfig({ ...sources, readFile }), secretFiles };
		} catch (error) {
			if (error instanceof ConfigError)
				return {
					config: error.problems.map(
						({ line, column, path, message }) => `${line}:${column}: ${path}: ${message}`,
					),
					secretFiles,
				};
			if (error instanceof FailureError) return { config: [error.message], secretFiles };
			throw error;
		}
	}

	async #attempt(): Promise<OutputsReload> {
		const { apply, logger, configFile } = this.#options;
		const { config, secretFiles } = this.#read();
		if (!isDeepStrictEqual(secretFiles, this.#secretFiles)) {
			this.#secretFiles = secretFiles;
			this.#watchFiles();
		}
		if (isProblems(config)) return this.#refuse(config);
		this.#tellRest(config);
		const wanted = outputsInForce(config, this.#options);
		if (isDeepStrictEqual(wanted, this.#current)) return this.#count('unchanged');
		try {
			const changes = await apply(wanted);
			this.#current = wanted;
			this.#tell();
			logger.info({ file: configFile, ...changes }, 'changed outputs are in force');
			return this.#count('loaded');
		} catch (error) {
			return this.#refuse([(error as Error).message]);
		}
	}

	#tellRest({ outputs: _, ...rest }: Config): void {
		const changed = (Object.keys(rest) as (keyof typeof rest)[]).filter(
			(section) => !isDeepStrictEqual(rest[section], this.#rest[section]),
		);
		this.#rest = rest;
		if (changed.length > 0)
			this.#options.logger.warn(
				{ file: this.#options.configFile, sections: changed },
				'only outputs are taken over while lanner runs; the other changes come into force at the next start',
			);
	}

	#refuse(problems: readonly string[]): OutputsReload {
		this.#options.logger.error(
			{ file: this.#options.configFile, errors: problems.length, problems },
			'the changed configuration cannot be used; the old outputs stay in force until it is mended (see: lanner config check)',
		);
		return this.#count('refused');
	}

	/** What is on disk is in force again, or is not: both are told, also when nothing else changed. */
	#count(result: OutputsReload): OutputsReload {
		const { metrics } = this.#options;
		metrics.add('lanner_outputs_reloads_total', { result });
		metrics.set('lanner_outputs_last_reload_successful', result === 'refused' ? 0 : 1);
		return result;
	}

	#tell(): void {
		const count = this.#current.filter(({ enabled }) => enabled).length;
		this.#options.metrics.set('lanner_outputs_in_force', count);
	}
}

function isProblems(config: Config | readonly string[]): config is readonly string[] {
	return Array.isArray(config);
}
