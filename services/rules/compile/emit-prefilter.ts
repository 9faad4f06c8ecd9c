/**
 * A prefilter → statements at the head of `match`. `m0, m1, …` are words of rules that can still match, `rulesPerWord` to
 * a word; when they are all 0 `match` returns.
 *
 * Where answers are kept, from a slot that each event type has for itself: on the process `words[slot]` is the stamp they were given
 * under (see process-memory.ts), on a text `masks[slot]` is the partner they were given with; the words follow. The first slot that comes to a
 * text is in the text itself, if its words fit.
 */
import { Text } from '#schemas/text.ts';
import type { Test } from '../operators/test.ts';
import type { Classes } from './class-bounds.ts';
import type { Unit } from './emit.ts';
import type { Operand, Predicate } from './ir.ts';
import { isTrue, type Prefilter, rulesPerWord } from './prefilter.ts';
import { isIndexable } from './test-index.ts';

/** Fewer tests of a text are cheaper one by one. */
const togetherMin = 6;
/** Words that a text holds itself (`mask0`, `mask1`). */
const nearWords = 2;

/** Slots of one rule set: each event type gets its own. */
export class Slots {
	readonly owner: number;
	#processWords = 0;
	#textWords = 0;

	constructor(owner: number) {
		this.owner = owner;
	}

	process(words: number): number {
		this.#processWords += words + 1;
		return this.#processWords - words - 1;
	}

	text(words: number): number {
		this.#textWords += words + 1;
		return this.#textWords - words - 1;
	}
}

export type ProcessAnswers = { readonly stamp: number; readonly words: number[] };

/** Gives the memory of the subject's process; null = it has none. */
export type ProcessMemoryOf<Subject> = (subject: Subject, owner: number) => ProcessAnswers | null;

/** Stands for a field without a value, as the key or the partner of answers. */
const noText = new Text('');

export function emitPrefilter<Subject>(
	prefilter: Prefilter<Subject>,
	context: {
		readonly unit: Unit<Subject>;
		readonly slots: Slots;
		readonly memoryOf: ProcessMemoryOf<Subject>;
		readonly rules: number;
	},
): string[] {
	const { unit, slots, rules } = context;
	const { process, wanted, classes, texts } = prefilter;
	const names = wordsOf(prefilter, rules);
	if (classes !== null && names.length === 0) return emitClassesAlone(classes, unit);
	const words = names.length;
	const all = Array.from({ length: words }, (_, word) =>
		maskOf(range(rules).filter((rule) => Math.floor(rule / rulesPerWord) === word)),
	);
	const lines = [`let ${names.map((name, word) => `${name} = ${all[word]}`).join(', ')};`];
	const leave = `if ((${names.join(' | ')}) === 0) return 0;`;

	if (process !== null) {
		const slot = slots.process(words);
		const fill = fillFunction(
			'fillProcess',
			unit,
			process,
			[`while (w.length < ${slot + words + 1}) w.push(-1);`, `w[${slot}] = key;`],
			slot + 1,
		);
		lines.push(
			`const pm = ${unit.constant(context.memoryOf)}(s, ${slots.owner});`,
			`if (pm !== null) {`,
			`	const w = pm.words;`,
			`	if (w[${slot}] !== pm.stamp) ${fill}(s, w, pm.stamp);`,
			...names.map((name, word) => `	${name} &= w[${slot + 1 + word}];`),
			`	${leave}`,
			'}',
		);
	}
	for (const { condition, rules: numbers } of wanted) {
		const without = names.flatMap((name, word) => {
			const mask = maskOf(numbers.filter((rule) => Math.floor(rule / rulesPerWord) === word));
			return mask === 0 ? [] : [`${name} &= ${all[word]! & ~mask};`];
		});
		lines.push(`if (!${unit.predicate(condition)}) { ${without.join(' ')} }`);
	}
	if (wanted.length > 0) lines.push(leave);
	if (classes !== null) lines.push(...emitClasses(classes, { unit, names, leave }));
	if (texts !== null) lines.push(...emitTexts(texts, { unit, slots, words, names, leave }));
	return lines;
}

/** Names of the words that say behind the prefilter which rules can still match; none where it only tells whether any can. */
export function wordsOf<Subject>(
	{ process, wanted, classes, texts }: Prefilter<Subject>,
	rules: number,
): string[] {
	const isClassesAlone = classes !== null && process === null && wanted.length === 0 && texts === null;
	return isClassesAlone ? [] : range(Math.ceil(rules / rulesPerWord)).map((word) => `m${word}`);
}

function emitClasses<Subject>(
	classes: Classes<Subject>,
	{ unit, names, leave }: { unit: Unit<Subject>; names: readonly string[]; leave: string },
): string[] {
	const masks = names.map((name, word) => `${name} &= w[${word}];`);
	return ofClass(classes, unit, [...masks, leave]);
}

/** Only whether any rule is left for the class: behind the words, which may be many. */
function emitClassesAlone<Subject>(classes: Classes<Subject>, unit: Unit<Subject>): string[] {
	const any = Math.ceil(classes.bounds.length / rulesPerWord);
	const tail = `w[${any}] = w.reduce((all, word) => all | word, 0);`;
	return ofClass(classes, unit, [`if (w[${any}] === 0) return 0;`], tail);
}

/** `statements` on `w`, the words of the path's class. */
function ofClass<Subject>(
	{ of, bounds }: Classes<Subject>,
	unit: Unit<Subject>,
	statements: readonly string[],
	tail = '',
): string[] {
	const fill = fillFunction('fillClass', unit, bounds, [], 0);
	return [
		`const c = ${unit.constant((subject: Subject) => of.of(subject))}(s);`,
		'if (c !== null) {',
		'	const w = c.words;',
		`	if (w.length === 0) { ${fill}(s, w); ${tail} }`,
		...statements.map((line) => `	${line}`),
		'}',
	];
}

function emitTexts<Subject>(
	{ operands, bounds }: NonNullable<Prefilter<Subject>['texts']>,
	context: { unit: Unit<Subject>; slots: Slots; words: number; names: readonly string[]; leave: string },
): string[] {
	const { unit, slots, words, names, leave } = context;
	answerTextsTogether(bounds, unit);
	const slot = slots.text(words);
	const none = unit.constant(noText);
	const [first, second] = operands;
	const head = [`while (w.length < ${slot + words + 1}) w.push(null);`, `w[${slot}] = key;`];
	const fill = fillFunction('fillText', unit, bounds, head, slot + 1);
	const owner = slots.owner;
	const partner = second === undefined ? none : `${unit.load(second)} ?? ${none}`;
	const read = `const t = ${unit.load(first!)} ?? ${none}, u = ${partner};`;
	const far = [
		't.masks ??= [];',
		'const x = t.masks;',
		`if (x.length <= ${slot} || x[${slot}] !== u) ${fill}(s, x, u);`,
		...names.map((name, word) => `${name} &= x[${slot + 1 + word}];`),
	];
	if (words > nearWords) {
		const claim = `if (t.maskOwner !== ${owner}) { t.maskOwner = ${owner}; t.maskSlot = -1; t.masks = null; }`;
		return [read, claim, ...far, leave];
	}
	const near = names.map((_, word) => `t.mask${word}`);
	const ask = near.map((field, word) => `${field} = fillText${word}(s);`).join(' ');
	return [
		read,
		`if (t.maskOwner !== ${owner}) { t.maskOwner = ${owner}; t.maskSlot = ${slot}; t.maskPartner = null; t.masks = null; }`,
		`if (t.maskSlot === ${slot}) {`,
		`	if (t.maskPartner !== u) { t.maskPartner = u; ${ask} }`,
		...near.map((field, word) => `	${names[word]} &= ${field};`),
		'} else {',
		...far.map((line) => `	${line}`),
		'}',
		leave,
	];
}

/** A new path is asked all that its bounds need at once. */
function answerTextsTogether<Subject>(bounds: readonly Predicate<Subject>[], unit: Unit<Subject>): void {
	const tests = new Map<Operand<Subject>, Map<string, Test>>();
	const visit = (predicate: Predicate<Subject>): void => {
		if (predicate.kind === 'and' || predicate.kind === 'or') predicate.children.forEach(visit);
		else if (predicate.kind === 'not') visit(predicate.child);
		else if (predicate.kind === 'test' && predicate.quantity === 'one' && isIndexable(predicate.test)) {
			const own = tests.get(predicate.operand) ?? new Map<string, Test>();
			tests.set(predicate.operand, own.set(predicate.test.key, predicate.test));
		}
	};
	bounds.forEach(visit);
	for (const [operand, own] of tests) {
		if (own.size >= togetherMin) unit.answerTogether(operand, [...own.values()]);
	}
}

/** Writes the words of the bounds from `w[first]` on; a function for each word, so that none gets too large. */
function fillFunction<Subject>(
	name: string,
	unit: Unit<Subject>,
	bounds: readonly Predicate<Subject>[],
	head: readonly string[],
	first: number,
): string {
	const writes: string[] = [];
	for (let word = 0; word * rulesPerWord < bounds.length; word++) {
		const own = bounds.slice(word * rulesPerWord, (word + 1) * rulesPerWord);
		const sure = maskOf([...own.keys()].filter((rule) => isTrue(own[rule]!)));
		const asked = [...own.entries()]
			.filter(([, bound]) => bound.kind !== 'constant')
			.map(([rule, bound]) => `if (${unit.predicate(bound)}) m |= ${maskOf([rule])};`);
		unit.functions.push(
			`function ${name}${word}(s) {\n\tunreadAll();\n\tlet m = ${sure};\n\t${asked.join('\n\t')}\n\treturn m;\n}`,
		);
		writes.push(`w[${first + word}] = ${name}${word}(s);`);
	}
	unit.functions.push(`function ${name}(s, w, key) {\n\t${[...head, ...writes].join('\n\t')}\n}`);
	return name;
}

/** Bits of the rules within their word. */
function maskOf(rules: readonly number[]): number {
	return rules.reduce((mask, rule) => mask | (1 << (rule % rulesPerWord)), 0);
}

function range(count: number): number[] {
	return Array.from({ length: count }, (_, i) => i);
}

/** What a prefilter will ask, for counting what is shared. */
export function* askedByPrefilter<Subject>({
	process,
	wanted,
	classes,
	texts,
}: Prefilter<Subject>): Iterable<Predicate<Subject>> {
	yield* process ?? [];
	for (const { condition } of wanted) yield condition;
	yield* classes?.bounds ?? [];
	yield* texts?.bounds ?? [];
}
