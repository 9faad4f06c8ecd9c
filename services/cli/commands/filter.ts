/** `lanner filter`: the events that match an expression, from a recording or live; or the expression on given values. */
import { Replay } from '#evaluator/replay.ts';
import { escapeControls } from '#platform/escape.ts';
import type { Expression } from '#rules/ast.ts';
import { checkCondition } from '#rules/check/index.ts';
import { compile } from '#rules/compile/compile.ts';
import { compileRuleSet, RuleError, type RuleSet } from '#rules/compile/rule-set.ts';
import type { FieldCatalogue } from '#rules/field.ts';
import {
	GivenValueError,
	type GivenValues,
	givenFieldCatalogue,
	parseGivenValues,
} from '#rules/fields/given.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { ParseError, parseCondition } from '#rules/parse/index.ts';
import type { EventSubject } from '#rules/subject.ts';
import { alertClock, alertToJson } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { encodeUtf8 } from '#schemas/text.ts';
import { type Command, FailureError, type Io, parseArguments, UsageError } from '../command.ts';
import { watchLive } from '../roles/live-agent.ts';
import { readSettings } from '../roles/settings.ts';
import { readSource } from '../roles/sources.ts';
import { printed } from '../standard-output.ts';

const outputDefault = '%evt.type %proc.name(%proc.pid) %evt.args';

const help = `lanner filter EXPR [SOURCE]: prints the events that match an expression in the rules language.

  SOURCE           recording; - is standard input (default: this host, live, until stopped; needs root)
  --output FORMAT  what to print of an event (default: "${outputDefault}")
  --json           events as JSON lines, with the fields of the output
  --fields JSON    evaluate the expression on given field values instead; prints true or false
  --count N        stop after N events

Exit: 0 fine, 2 usage, 3 failure.

Examples:
  lanner filter 'evt.type = execve and proc.name = curl'
  lanner filter 'fd.name startswith /etc' incident.avro --output '%user.name %fd.name'
  lanner filter 'proc.name in (cat, less)' --fields '{"proc.name": "cat"}'
`;

export const filter: Command = {
	help,
	async run(argv, io) {
		const { values, positionals } = parseArguments({
			args: [...argv],
			allowPositionals: true,
			options: {
				output: { type: 'string', default: outputDefault },
				json: { type: 'boolean', default: false },
				fields: { type: 'string' },
				count: { type: 'string' },
			},
		});
		const [text, source, ...more] = positionals;
		if (text === undefined || more.length > 0)
			throw new UsageError('give one expression, and at most one recording');
		if (values.fields !== undefined) {
			const condition = parseFilter(text, givenFieldCatalogue);
			const given = givenFields(values.fields);
			io.stdout.write(`${compile(condition, givenFieldCatalogue).test(given)}\n`);
			return 0;
		}
		const count = values.count === undefined ? Number.POSITIVE_INFINITY : parseCount(values.count);
		await printEvents({ text, source, output: values.output, json: values.json, count }, io);
		return 0;
	},
};

function givenFields(json: string): GivenValues {
	let value: unknown;
	try {
		value = JSON.parse(json);
	} catch (error) {
		throw new UsageError(`--fields is no JSON: ${(error as Error).message}`);
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value))
		throw new UsageError('--fields must be a JSON object: {"proc.name": "cat"}');
	try {
		return parseGivenValues(value as Record<string, unknown>);
	} catch (error) {
		throw error instanceof GivenValueError ? new UsageError(error.message) : error;
	}
}

function parseCount(text: string): number {
	if (!/^[1-9][0-9]{0,11}$/.test(text)) throw new UsageError(`--count ${text} is not a number from 1 up`);
	return Number(text);
}

/** Throws UsageError with every problem of the expression. */
function parseFilter<Subject>(text: string, catalogue: FieldCatalogue<Subject>): Expression {
	let tree: Expression;
	try {
		tree = parseCondition(encodeUtf8(text));
	} catch (error) {
		if (!(error instanceof ParseError)) throw error;
		throw new UsageError(
			`${error.message}, at byte ${error.offset + 1} of the expression${error.hint === '' ? '' : ` (${error.hint})`}`,
		);
	}
	const { errors } = checkCondition(tree, catalogue);
	if (errors.length > 0)
		throw new UsageError(
			errors.map(({ message, hint }) => (hint === '' ? message : `${message} (${hint})`)).join('; '),
		);
	return tree;
}

type Options = {
	readonly text: string;
	readonly source: string | undefined;
	readonly output: string;
	readonly json: boolean;
	readonly count: number;
};

async function printEvents(options: Options, io: Io): Promise<void> {
	const condition = parseFilter(options.text, eventFieldCatalogue);
	const replay = new Replay(ruleSetOf(condition, options.output));
	let left = options.count;
	const lineOf = (alert: Alert): string =>
		`${options.json ? alertToJson(alert) : escapeControls(`${alertClock(alert)} ${alert.output}`)}\n`;
	const print = async (message: Uint8Array): Promise<boolean> => {
		const alerts: Alert[] = [];
		replay.evaluate(message, alerts);
		const shown = alerts.filter(({ source }) => source !== 'internal').slice(0, left);
		left -= shown.length;
		if (shown.length > 0) await printed(io.stdout, shown.map(lineOf).join(''));
		return left > 0;
	};
	if (options.source === undefined) await printLive(condition, print, io);
	else for await (const message of readSource(options.source)) if (!(await print(message))) return;
}

async function printLive(
	condition: Expression,
	print: (message: Uint8Array) => Promise<boolean>,
	io: Io,
): Promise<void> {
	const enough = new AbortController();
	const settings = readSettings({ configFile: undefined, data: undefined }, io);
	await watchLive(
		{
			settings,
			eventTypes: [checkCondition(condition, eventFieldCatalogue).eventTypes.names()],
			signal: AbortSignal.any([io.stopSignal(), enough.signal]),
			onBatch: async (message) => {
				if (!(await print(message))) enough.abort();
			},
		},
		io,
	);
}

/** A filter is a rule set of one rule: what matches here would alert there. */
function ruleSetOf(condition: Expression, output: string): RuleSet<EventSubject> {
	const rule = {
		name: 'filter',
		condition,
		output: encodeUtf8(output),
		priority: 'Debug',
		tags: [],
		source: 'syscall',
	};
	try {
		return compileRuleSet([rule], eventFieldCatalogue, { ruleMatching: 'first', eventTypes });
	} catch (error) {
		if (error instanceof RuleError)
			throw new FailureError(
				`--output: ${(error.cause as Error).message}`,
				'lanner rules fields lists the fields',
			);
		throw error;
	}
}
