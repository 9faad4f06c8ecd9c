/** A profile of rules as tables for people: the most expensive first. */
import type { Profile, ProfileEntry } from '#evaluator/profile.ts';
import { escapeControls } from '#platform/escape.ts';

const rowsMax = 30;
const textCharsMax = 110;

export function profileText({ events, rules, shared }: Profile): string {
	const wholeMs = rules.reduce((sum, { totalMs }) => sum + totalMs, 0);
	const n = (value: number): string => value.toLocaleString('en-US');
	const lines = [
		`${n(events)} events; each rule alone, so that shared parts count in every rule that has them (sum ${wholeMs.toFixed(1)} ms)`,
		'',
		...table('rule', rules, wholeMs),
	];
	if (shared.length > 0) lines.push('', ...table('part of several rules', shared, wholeMs));
	return `${lines.join('\n')}\n`;
}

function table(title: string, entries: readonly ProfileEntry[], wholeMs: number): string[] {
	const row = (cells: readonly string[]): string =>
		`${cells[0]?.padStart(6)}  ${cells[1]?.padStart(10)}  ${cells[2]?.padStart(7)}  ${cells[3]?.padStart(12)}  ${cells[4]?.padStart(10)}  ${cells[5]?.padStart(6)}  ${cells[6]}`;
	const shown = entries.slice(0, rowsMax).map(({ what, rules, evaluations, matches, totalMs }) => {
		const eachNs = evaluations === 0 ? 0 : Math.round((totalMs * 1e6) / evaluations);
		const share = wholeMs === 0 ? 0 : (totalMs / wholeMs) * 100;
		const text = escapeControls(what.length > textCharsMax ? `${what.slice(0, textCharsMax)}…` : what);
		const count = [evaluations, matches].map((value) => value.toLocaleString('en-US')) as [string, string];
		return row([`${share.toFixed(1)} %`, totalMs.toFixed(2), String(eachNs), ...count, String(rules), text]);
	});
	const rest = entries.length - shown.length;
	return [
		row(['share', 'ms', 'ns each', 'evaluations', 'true', 'rules', title]),
		...shown,
		...(rest > 0 ? [`… and ${rest} cheaper ones (--profile-json has all)`] : []),
	];
}
