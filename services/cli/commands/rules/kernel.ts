/** What of `lanner rules explain` is about the kernel: which events rules let it leave out (services/rules/push-down). */
import type { LoadedRule } from '#rules/load/index.ts';
import { byEventType, type CallDescription, describeCall } from '#rules/push-down/describe.ts';
import { kernelFilter, namedTypes } from '#rules/push-down/kernel-filter.ts';
import type { ExitCode, Io } from '../../command.ts';
import { loadOrFail } from './load.ts';

export function kernelCalls(rules: readonly LoadedRule[]): CallDescription[] {
	return [...kernelFilter(rules, namedTypes(rules)).values()].sort(byEventType).map(describeCall);
}

const wordsShown = 16;

export function kernelText(calls: readonly CallDescription[], title: string): string {
	const lines = calls.flatMap(({ eventType, results, cases }) => [
		`  ${eventType}${results === null ? '' : `: only with the result ${results}`}`,
		...cases.map(({ calls: which, ...need }) => `    ${which === '' ? '' : `${which}: `}${needText(need)}`),
	]);
	const text = lines.length === 0 ? ['  nothing of it can be left out there'] : lines;
	return `${title}\n${text.join('\n')}\n`;
}

function needText({ reported, words, hinderedBy }: Omit<CallDescription['cases'][number], 'calls'>): string {
	if (reported === 'all') return `all are reported${hinderedBy === null ? '' : ` (for "${hinderedBy}")`}`;
	if (reported === 'none') return 'none are reported';
	const shown = words.slice(0, wordsShown).join(' ');
	const rest = words.length > wordsShown ? ` … and ${words.length - wordsShown} more` : '';
	return `paths with a component that begins with ${shown}${rest}`;
}

export function explainKernel(paths: readonly string[], json: boolean, io: Io): ExitCode {
	const rules = loadOrFail(paths, io).rules.filter(({ enabled }) => enabled);
	const calls = kernelCalls(rules);
	if (json) io.stdout.write(`${JSON.stringify(calls, null, 2)}\n`);
	else
		io.stdout.write(
			kernelText(
				calls,
				`Of ${rules.length} rules together. Events of calls that are not named here are all reported.`,
			),
		);
	return 0;
}
