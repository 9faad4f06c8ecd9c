/** The outputs a run has: those of lanner.yaml, and standard output unless the file says something about it; and what they work in. */
import { join } from 'node:path';
import { type Config, defaultConfig, type OutputConfig } from '#platform/config/index.ts';
import type { Logger } from '#platform/logger.ts';
import type { OutputSurroundings } from '#sink/outputs/index.ts';
import { FailureError, type Io } from '../../command.ts';

export function outputsInForce(
	{ outputs }: Pick<Config, 'outputs'>,
	{ json }: { readonly json: boolean },
): readonly OutputConfig[] {
	const given = (standard: OutputConfig): boolean =>
		outputs.some(({ kind, name }) => kind === 'stdout' || name === standard.name);
	const added = defaultConfig().outputs.filter((standard) => !given(standard));
	return [...added, ...outputs].map((output) =>
		output.kind === 'stdout' && json ? { ...output, format: 'json' } : output,
	);
}

/** The output that a command was told to work on, also one that is switched off. */
export function namedOutput(outputs: readonly OutputConfig[], name: string): OutputConfig {
	const found = outputs.find((output) => output.name === name);
	if (found !== undefined) return found;
	const names = outputs.map((output) => output.name).join(', ');
	throw new FailureError(`there is no output ${name}`, `outputs of the configuration: ${names}`);
}

/** What every output is given of this process. */
export function outputSurroundings(
	{ stdout, env, root }: Pick<Io, 'stdout' | 'env' | 'root'>,
	logger: Logger,
): OutputSurroundings {
	return { stdout, env, logger, now: Date.now, datagramProgram: join(root, 'probe/build/datagram') };
}
