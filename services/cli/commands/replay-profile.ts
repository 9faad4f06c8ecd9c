/** `lanner replay --profile`: the profile as tables, or as one JSON object. Bounds: the `top` dearest rows of each table. */
import { escapeControls } from '#platform/escape.ts';
import type { Profile, RuleProfile, SharedProfile } from '#rules/profile/index.ts';

/** Longer conditions are cut in the table. */
const textMax = 100;
/** Further rules that share something are counted. */
const rulesNamedMax = 3;
const eventTypesMax = 8;

export function profileJson(profile: Profile, top: number): string {
	const { rules, shared } = profile;
	const cut = {
		...profile,
		rulesOmitted: Math.max(0, rules.length - top),
		sharedOmitted: Math.max(0, shared.length - top),
		rules: rules.slice(0, top),
		shared: shared.slice(0, top),
	};
	return `${JSON.stringify(cut)}\n`;
}

export function profileText(profile: Profile, top: number): string {
	const { events, unwanted, ruledOutAhead, matches, timeMs, clockNs, pauses } = profile;
	const asked = events - unwanted - ruledOutAhead;
	const lines = [
		`profile of ${n(events)} events: ${n(unwanted)} of types that no rule is about, ${n(ruledOutAhead)} ruled out for every rule ahead, ${n(asked)} asked of rules, ${n(matches)} matches`,
		`evaluation took ${ms(timeMs.all)} ms: ruling out ahead ${share(timeMs.ahead, timeMs)}, conditions and fields that rules share ${share(timeMs.shared, timeMs)}, conditions of single rules ${share(timeMs.own, timeMs)}, look-ups of rules ${share(timeMs.lookUps, timeMs)}`,
		`(${Math.round(clockNs)} ns for each reading of the clock were taken off${pauses === 0 ? '' : `, and ${n(pauses)} pauses of the process left out`}; lanner replay --help tells what the columns mean)`,
		'',
		...rulesTable(profile, top),
		'',
		...sharedTable(profile, top),
		'',
		...typesTable(profile),
	];
	return `${lines.join('\n')}\n`;
}

function rulesTable({ rules, timeMs }: Profile, top: number): string[] {
	const asked = rules.filter(isTouched);
	const shown = asked.slice(0, top);
	const header = [
		...['time ms', '%', 'own ms', 'shared ms', 'evaluations', 'matches', 'ruled out', 'kept alone'],
		'rule',
	];
	const rows = shown.map((one) => [
		...[ms(one.timeMs), percent(one.timeMs, timeMs.all), ms(one.ownMs), ms(one.sharedMs)],
		...[n(one.evaluations), n(one.matches), percent(one.ruledOutAhead, one.events), n(one.keptAlone)],
		escapeControls(one.rule),
	]);
	const rest = asked.length - shown.length;
	return [
		...table(header, rows),
		...(rest === 0 ? [] : [`… and ${n(rest)} cheaper rules (--top 0 shows all)`]),
		...(rules.length === asked.length
			? []
			: [`${n(rules.length - asked.length)} rules met no event of their types`]),
	];
}

function isTouched({ events }: RuleProfile): boolean {
	return events > 0;
}

function sharedTable({ shared, timeMs }: Profile, top: number): string[] {
	const computed = shared.filter((one) => one.computed > 0);
	if (computed.length === 0) return ['no condition and no field was asked for several rules at once'];
	const shown = computed.slice(0, top);
	const rows = shown.map((one) => [
		...[ms(one.timeMs), percent(one.timeMs, timeMs.all), n(one.computed), n(one.held)],
		...[n(one.rules.length), escapeControls(sharedText(one))],
	]);
	const rest = computed.length - shown.length;
	return [
		...table(['time ms', '%', 'computed', 'true', 'rules', 'shared by several rules'], rows),
		...(rest === 0 ? [] : [`… and ${n(rest)} cheaper ones`]),
	];
}

function sharedText({ kind, text, rules }: SharedProfile): string {
	const cut = text.length > textMax ? `${text.slice(0, textMax)}…` : text;
	const named = rules.slice(0, rulesNamedMax).join('; ');
	const more = rules.length > rulesNamedMax ? `; … ${n(rules.length - rulesNamedMax)} more` : '';
	return `${kind === 'value' ? 'value of ' : ''}${cut}   [${named}${more}]`;
}

function typesTable({ eventTypes }: Profile): string[] {
	const shown = eventTypes.slice(0, eventTypesMax);
	const rows = shown.map((one) => [
		...[n(one.events), percent(one.ruledOutAhead, one.events), ms(one.aheadMs), n(one.rules)],
		one.eventType,
	]);
	const rest = eventTypes.length - shown.length;
	return [
		...table(['events', 'ruled out', 'ahead ms', 'rules', 'event type'], rows),
		...(rest === 0 ? [] : [`… and ${n(rest)} rarer types`]),
	];
}

/** Columns but the last are figures: to the right. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
	const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
	const last = header.length - 1;
	return [header, ...rows].map((row) =>
		row.map((cell, i) => (i === last ? cell : cell.padStart(widths[i]!))).join('  '),
	);
}

function n(value: number): string {
	return value.toLocaleString('en-US');
}

function ms(value: number): string {
	return value.toFixed(value >= 100 ? 0 : value >= 1 ? 1 : 3);
}

function percent(part: number, whole: number): string {
	return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(1)}%`;
}

function share(part: number, { all }: Profile['timeMs']): string {
	return `${ms(part)} ms (${percent(part, all)})`;
}
