/**
 * A file of rule tests → suites of cases, with every mistake in it and where it is. A file is a YAML list of suites:
 *
 *   - rule: Password file read by an unexpected program
 *     tests:
 *       - test: a shell's child reads the hashes          # what should hold, as a sentence
 *         given: [sshd, bash, cat /etc/shadow]            # process chain, or a mapping (see world.ts)
 *         events: [{openat: /etc/shadow}]                 # see shorthand.ts
 *         expect: {fields: {proc.pname: bash}}            # alert | none | what the alert must say | a list of alerts
 *         also: [Another rule]                            # rules that rightly alert on the same events
 *       - test: by values of fields alone
 *         values: {evt.type: openat, fd.name: /etc/shadow, proc.name: cat}   # instead of given and events
 *         expect: alert
 */
import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type YAMLMap } from 'yaml';
import { GivenValueError, type GivenValues, parseGivenValues } from '../fields/given.ts';
import { EndpointError } from './endpoint.ts';
import { FillError } from './fill.ts';
import { NameError } from './names.ts';
import { eventsOf, type GivenEvent, parseGivenEvent } from './shorthand.ts';
import { asList, asMapping, parseWorld, type World, WorldError } from './world.ts';

export const testFileBytesMax = 4 * 1024 * 1024;
const eventsMax = 10_000;
/** YAML aliases multiply; tests need few. */
const aliasesMax = 100;

export type ExpectedAlert = {
	readonly rule: string;
	readonly output?: string;
	readonly priority?: string;
	/** Field as written in the rule's output → its text. */
	readonly fields?: Readonly<Record<string, string>>;
};

export type TestCase = {
	readonly name: string;
	readonly rule: string;
	readonly file: string;
	readonly line: number;
	readonly world: World;
	readonly events: readonly GivenEvent[];
	/** Field values instead of a world and events; null = there are none. */
	readonly values: GivenValues | null;
	/** Exactly these alerts, in any order, with every rule of the set tried; empty = none at all. */
	readonly expected: readonly ExpectedAlert[];
};

export type TestProblem = { readonly file: string; readonly line: number; readonly message: string };
export type TestFile = { readonly cases: readonly TestCase[]; readonly problems: readonly TestProblem[] };

const suiteKeys = ['rule', 'tests'];
const caseKeys = ['test', 'given', 'events', 'values', 'expect', 'also'];
/** Field values take the place of these. */
const eventKeys = ['given', 'events'];

export function readTests(file: string, text: string): TestFile {
	const cases: TestCase[] = [];
	const problems: TestProblem[] = [];
	if (text.length > testFileBytesMax)
		return {
			cases,
			problems: [{ file, line: 0, message: `the file is larger than ${testFileBytesMax} bytes` }],
		};
	const lines = new LineCounter();
	for (const document of parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true })) {
		if ('empty' in document) continue;
		for (const error of document.errors)
			problems.push({ file, line: lines.linePos(error.pos[0]).line, message: error.message.split('\n')[0]! });
		if (document.errors.length > 0) continue;
		const items: unknown = document.contents;
		const suites = (items as { items?: unknown[] } | null)?.items ?? [];
		for (const suite of suites) readSuite(suite, { file, lines, cases, problems, document });
	}
	return { cases, problems };
}

type Sink = {
	readonly file: string;
	readonly lines: LineCounter;
	readonly cases: TestCase[];
	readonly problems: TestProblem[];
	readonly document: { readonly toJS: unknown };
};
type Convertible = { toJS(document: unknown, options: { maxAliasCount: number }): unknown };

function readSuite(node: unknown, sink: Sink): void {
	const line = lineOf(node, sink);
	if (!isMap(node)) {
		sink.problems.push({ file: sink.file, line, message: 'a suite is a mapping with "rule" and "tests"' });
		return;
	}
	for (const { key } of node.items) {
		const name = isScalar(key) ? String(key.value) : '';
		if (!suiteKeys.includes(name))
			sink.problems.push({
				file: sink.file,
				line,
				message: `a suite has no "${name}"; known are ${suiteKeys.join(', ')}`,
			});
	}
	const rule = node.get('rule');
	const tests = node.get('tests', true);
	if (typeof rule !== 'string' || !isSeq(tests)) {
		sink.problems.push({
			file: sink.file,
			line,
			message: 'a suite needs "rule" (a name) and "tests" (a list)',
		});
		return;
	}
	for (const item of tests.items) readCase(item, rule, sink);
}

function readCase(node: unknown, rule: string, sink: Sink): void {
	const line = lineOf(node, sink);
	try {
		const given = asMapping(
			(node as Convertible).toJS(sink.document, { maxAliasCount: aliasesMax }),
			'a test',
		);
		for (const key of Object.keys(given)) {
			if (!caseKeys.includes(key))
				throw new WorldError(`a test has no "${key}"; known are ${caseKeys.join(', ')}`);
		}
		if (typeof given.test !== 'string' || given.test === '')
			throw new WorldError('a test needs "test": a sentence that says what should hold');
		const values = given.values === undefined ? null : valuesOf(given);
		const world = parseWorld(given.given);
		const events = values === null ? eventList(given.events).map(parseGivenEvent) : [];
		if (events.length > eventsMax) throw new WorldError(`more than ${eventsMax} events`);
		// Made here once, so that a mistake in an event is told with its line before anything runs.
		for (const event of events) eventsOf(event, world);
		const expected = [
			...expectedAlerts(given.expect, rule),
			...asList(given.also, 'also').map((name) => ({ rule: String(name) })),
		];
		sink.cases.push({ name: given.test, rule, file: sink.file, line, world, events, values, expected });
	} catch (error) {
		if (!isMistake(error)) throw error;
		sink.problems.push({ file: sink.file, line, message: error.message });
	}
}

function eventList(events: unknown): readonly unknown[] {
	return Array.isArray(events) ? events : [events];
}

function valuesOf(given: Readonly<Record<string, unknown>>): GivenValues {
	const other = eventKeys.find((key) => given[key] !== undefined);
	if (other !== undefined) throw new WorldError(`a test has either "values" or "${other}"`);
	return parseGivenValues(asMapping(given.values, 'values'));
}

function isMistake(error: unknown): error is Error {
	return (
		error instanceof WorldError ||
		// What yaml throws for more aliases than the bound.
		error instanceof ReferenceError ||
		error instanceof FillError ||
		error instanceof NameError ||
		error instanceof GivenValueError ||
		error instanceof EndpointError
	);
}

function lineOf(node: unknown, { lines }: Sink): number {
	const range = (node as YAMLMap | null)?.range;
	return range === undefined || range === null ? 0 : lines.linePos(range[0]).line;
}

function expectedAlerts(given: unknown, rule: string): ExpectedAlert[] {
	if (given === 'none') return [];
	if (given === 'alert') return [{ rule }];
	if (given === undefined)
		throw new WorldError('a test needs "expect": alert, none, or what the alert must say');
	return (Array.isArray(given) ? given : [given]).map((item) => expectedAlert(item, rule));
}

function expectedAlert(given: unknown, rule: string): ExpectedAlert {
	if (typeof given === 'string') return { rule: given === 'alert' ? rule : given };
	const { rule: name = rule, output, priority, fields, ...rest } = asMapping(given, 'expect');
	const unknown = Object.keys(rest)[0];
	if (unknown !== undefined)
		throw new WorldError(`expect has no "${unknown}"; known are rule, output, priority, fields`);
	return {
		rule: String(name),
		...(output === undefined ? {} : { output: String(output).trim() }),
		...(priority === undefined ? {} : { priority: String(priority) }),
		...(fields === undefined
			? {}
			: {
					fields: Object.fromEntries(
						Object.entries(asMapping(fields, 'fields')).map(([key, value]) => [key, String(value)]),
					),
				}),
	};
}
