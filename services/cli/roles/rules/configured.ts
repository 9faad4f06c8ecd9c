/** The section `rules` of lanner.yaml → how a role loads its rules, at its start and at every change. */
import { parseSelection, type RulesConfig } from '#platform/config/index.ts';
import type { RulesOptions } from './in-force.ts';

/** `given`: files named on the command line, which take the place of the configured ones. */
export function rulesConfigured(
	config: RulesConfig,
	given: readonly string[],
): Pick<RulesOptions, 'paths' | 'ruleMatching' | 'loading'> {
	const { files, matching, minimumPriority, select, suggestedOutput, appendOutput } = config;
	return {
		paths: given.length > 0 ? given : files,
		ruleMatching: matching,
		loading: {
			minimumPriority,
			// Checked with the configuration: what is not written so does not come here.
			selections: select.flatMap((text) => parseSelection(text) ?? []),
			appendOutput: [
				{ suggestedFields: suggestedOutput },
				...(appendOutput === null ? [] : [{ extraOutput: appendOutput }]),
			],
		},
	};
}
