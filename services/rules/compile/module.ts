/**
 * The frame around generated code: constants, variables, functions, entry. This is the one place that turns text into
 * code; the text is made by `emit.ts` from numbers, names of its own and escaped literals.
 */
import type { Unit } from './emit.ts';

/** The serial of an event is a small integer with room for one answer bit; at this value all answers are forgotten. */
const serialMax = 2 ** 29;

export type Instance = { readonly source: string; readonly entry: (...args: never[]) => unknown };

/**
 * `head`: what rules an event out ahead of all else. Most events end there, so that only the variables it uses are marked as not read
 * before it; the others are when an event gets further (`unreadAll`).
 */
export function instantiate<Subject>(
	unit: Unit<Subject>,
	parameters: readonly string[],
	{ head, body }: { head: readonly string[]; body: readonly string[] },
): Instance {
	const constants = [...unit.constants.keys()];
	const names = new Map(constants.map((index) => [index, unit.nameOf(index)]));
	const values = [...unit.values];
	const answers = [...unit.answers];
	const early = valuesOf(head, unit);
	const lines = [
		'"use strict";',
		...constants.map((index) => `const ${names.get(index)} = K[${index}];`),
		...(values.length > 0 ? [`let ${values.join(', ')};`] : []),
		...(answers.length > 0
			? [
					`let ${answers.map((name) => `${name} = 0`).join(', ')};`,
					'let serial = 0;',
					`function forget() { ${answers.map((name) => `${name} = 0; `).join('')}serial = 1; }`,
				]
			: []),
		'function unreadAll() {',
		...unread(values),
		'}',
		...unit.functions,
		`return function match(${parameters.join(', ')}) {`,
		...(answers.length > 0 ? [`\tif (++serial >= ${serialMax}) forget();`] : []),
		...unread(early),
		...head.map((line) => `\t${line}`),
		...(values.length > early.length ? ['\tunreadAll();'] : []),
		...body.map((line) => `\t${line}`),
		'};',
	];
	const source = lines.join('\n');
	const entry = new Function('K', source)(unit.constants) as Instance['entry'];
	return { source, entry };
}

function unread(values: readonly string[]): string[] {
	return values.length === 0 ? [] : [`\t${values.map((name) => `${name} = `).join('')}undefined;`];
}

/** The variables of values that these lines use, in functions that they call, too. */
function valuesOf<Subject>(lines: readonly string[], unit: Unit<Subject>): string[] {
	const bodies = new Map(unit.functions.map((text) => [/^\w+ (\w+)/.exec(text)![1]!, text]));
	const names = new Set<string>();
	const visit = (text: string): void => {
		for (const [name] of text.matchAll(/\b[a-z]\w*\b/g)) {
			if (names.has(name)) continue;
			names.add(name);
			const called = bodies.get(name);
			if (called !== undefined && !called.includes('unreadAll()')) visit(called);
		}
	};
	lines.forEach(visit);
	return [...unit.values].filter((name) => names.has(name));
}
