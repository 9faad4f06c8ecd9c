/** A role that takes over changed outputs: the file is watched, and SIGHUP asks for a look. */
import type { Metrics } from '#platform/metrics.ts';
import { armReloadSignal } from '#platform/signals.ts';
import type { Sink } from '#sink/sink.ts';
import type { Io } from '../../command.ts';
import type { Settings } from '../settings.ts';
import { LiveOutputs } from './reload.ts';

export type Follow = {
	/** Without a file in force there is nothing to follow. */
	readonly settings: Pick<Settings, 'config' | 'configFile' | 'logger'>;
	readonly json: boolean;
	readonly sink: Pick<Sink, 'apply'>;
	readonly metrics: Metrics;
	readonly signal: AbortSignal;
};

/** Returns what gives SIGHUP back. */
export function followOutputs(follow: Follow, io: Pick<Io, 'env'>): () => void {
	const { settings, json, sink, metrics, signal } = follow;
	const { config, configFile, logger } = settings;
	if (configFile === null) return () => {};
	const apply: Sink['apply'] = (outputs) => sink.apply(outputs);
	const live = new LiveOutputs({ config, configFile, json, apply, logger, metrics }, io);
	live.watch(signal);
	return armReloadSignal(() => void live.reload());
}
