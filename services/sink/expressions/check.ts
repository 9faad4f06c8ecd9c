/** What of the outputs only the rule language can check; paths count from the root of the configuration. */
import type { OutputConfig } from '#platform/config/index.ts';
import { fieldProblem, templateProblem } from './text.ts';
import { whenProblem } from './when.ts';

type Problem = { readonly path: readonly (string | number)[]; readonly message: string };

export function checkExpressions({ outputs }: { readonly outputs: readonly OutputConfig[] }): Problem[] {
	return outputs.flatMap(({ when, template, groupBy }, i) => [
		...problemAt(['outputs', i, 'when'], when === null ? null : whenProblem(when)),
		...problemAt(['outputs', i, 'template'], template === null ? null : templateProblem(template)),
		...groupBy.flatMap((name, at) => problemAt(['outputs', i, 'groupBy', at], fieldProblem(name))),
	]);
}

function problemAt(path: Problem['path'], message: string | null): Problem[] {
	return message === null ? [] : [{ path, message }];
}
