/**
 * The frame around generated code: constants, variables, functions, entry. This is the one place that turns text into
 * code; the text is made by `emit.ts` from numbers, names of its own and escaped literals.
 */
import type { Unit } from './emit.ts';

/** The serial of an event is a small integer with room for one answer bit; at this value all answers are forgotten. */
const serialMax = 2 ** 29;

export type Instance = { readonly source: string; readonly entry: (...args: never[]) => unknown };

export function instantiate<Subject>(
	unit: Unit<Subject>,
	parameters: readonly string[],
	body: readonly string[],
): Instance {
	const constants = [...unit.constants.keys()];
	const names = new Map(constants.map((index) => [index, unit.nameOf(index)]));
	const values = [...unit.values];
	const answers = [...unit.answers];
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
		...unit.functions,
		`return function match(${parameters.join(', ')}) {`,
		...(answers.length > 0 ? [`\tif (++serial >= ${serialMax}) forget();`] : []),
		...(values.length > 0 ? [`\t${values.map((name) => `${name} = `).join('')}undefined;`] : []),
		...body.map((line) => `\t${line}`),
		'};',
	];
	const source = lines.join('\n');
	const entry = new Function('K', source)(unit.constants) as Instance['entry'];
	return { source, entry };
}
