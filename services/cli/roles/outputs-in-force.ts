/** The outputs a run has: those of lanner.yaml, and standard output unless the file says something about it. */
import { type Config, defaultConfig, type OutputConfig } from '#platform/config/index.ts';

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
