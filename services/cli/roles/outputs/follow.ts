/** A role that takes over changed outputs: the file is watched, and SIGHUP asks for a look. */
import type { Metrics } from '#platform/metrics.ts';
import { armReloadSignal } from '#platform/signals.ts';
import type { Sink } from '#sink/sink.ts';
import type { Io } from '../../command.ts';
import type { Settings } from '../settings.ts';
import { LiveOutputs } from './reload.ts';

export type Follow = {
	readonly settings: Pick<Settings, 'config' | 'logger'>;
	/** Undefined = the role runs without one: there is nothing to follow. */
	readonly configFile: string | undefined;
	readonly json: boolean;
	readonly sink: Pick<Sink, 'apply'>;
	readonly metrics: Metrics;
	readonly signal: AbortSignal;
};

/** Returns what gives SIGHUP back. */
export function followOutputs(follow: Follow, io: Pick<Io, 'env'>): () => void {
	const { settings, configFile, json, sink, metrics, signal } = follow;
	if (configFile === undefined) return () => {};
	const { config, logger } = settings;
	const apply: Sink['apply'] = (outputs) => sink.apply(outputs);
	const live = new LiveOutputs({ config, configFile, json, apply, logger, metrics }, io);
	live.watch(signal);
	return armReloadSignal(() => void live.reload());
}
