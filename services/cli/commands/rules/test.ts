/** `lanner rules test`: runs rule tests; the same core evaluates their events as evaluates live ones. */
import { watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { evaluateBatch, HostView } from '#evaluator/evaluate.ts';
import { aborted } from '#platform/signals.ts';
import { compileRuleSet, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import type { EventSubject } from '#rules/subject.ts';
import { ConditionCoverage, type ConditionReport } from '#rules/testing/condition-coverage.ts';
import { type Coverage, coverageOf } from '#rules/testing/coverage.ts';
import { readTests, type TestCase, type TestProblem } from '#rules/testing/read.ts';
import { type Evaluate, type RaisedAlert, runTest, type TestResult } from '#rules/testing/run.ts';
import { valuesEvaluator } from '#rules/testing/values.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import {
	type Command,
	type ExitCode,
	FailureError,
	type Io,
	parseArguments,
	UsageError,
} from '../../command.ts';
import { conditionRecord, conditionText } from './condition-coverage.ts';
import { escapeControls, paintFor } from './diagnostics.ts';
import { expandPaths, readBounded, shippedRulesFolder } from './files.ts';
import { loadOrFail } from './load.ts';

const help = `Usage: lanner rules test [TESTS…] [--rules FILE…] [--rule NAME] [--coverage] [--watch] [--json]

Runs rule tests (YAML: events in, alerts expected; deploy/rules/README.md tells the format). TESTS are files or folders;
without any, the tests of the rules that come with Lanner. Every rule of the set is tried on every test, so that an alert
nobody expected is found too. When whole folders are run, every rule needs a test that alerts and one that does not.

  --rules FILE    rules files or folders (repeat for more); default: the folder above the tests
  --rule NAME     only the tests of this rule
  --coverage      which parts of the rules' conditions (single comparisons, and the ands and ors of them, with lists, macros and exceptions
                  put in) were never true or never false in the tests, where what stands left of them leaves the answer open
  --watch         run again whenever a rules or test file changes, until stopped
  --json          results for machines

Exit: 0 all hold, 1 some do not (or a rule is not tested), 2 usage, 3 a file cannot be read or the rules have errors.

Examples:
  lanner rules test
  lanner rules test my-tests.yaml --rules my-rules.yaml --watch
  lanner rules test my-tests.yaml --rules my-rules.yaml --rule "My rule" --coverage
`;

const watchDelayMs = 150;

type Options = {
	readonly tests: readonly string[];
	readonly rules: readonly string[];
	readonly rule: string | null;
	readonly json: boolean;
	/** Every rule needs tests both ways. */
	readonly checkCoverage: boolean;
	readonly conditions: boolean;
};
type Outcome = {
	readonly results: readonly TestResult[];
	readonly problems: readonly TestProblem[];
	readonly coverage: Coverage | null;
	readonly conditions: ConditionReport | null;
};

async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
	const { values, positionals } = parseArguments({
		args: [...argv],
		allowPositionals: true,
		options: {
			rules: { type: 'string', multiple: true, default: [] },
			rule: { type: 'string' },
			coverage: { type: 'boolean', default: false },
			watch: { type: 'boolean', default: false },
			json: { type: 'boolean', default: false },
		},
	});
	if (values.watch && values.json) throw new UsageError('--watch and --json exclude each other');
	const options = optionsOf(
		positionals,
		values.rules as string[],
		{
			rule: (values.rule as string | undefined) ?? null,
			json: values.json === true,
			conditions: values.coverage === true,
		},
		io,
	);
	if (values.watch) return watchAndRun(options, io);
	return runOnce(options, io);
}

function optionsOf(
	tests: readonly string[],
	rules: readonly string[],
	{ rule, json, conditions }: Pick<Options, 'rule' | 'json' | 'conditions'>,
	io: Io,
): Options {
	const shipped = shippedRulesFolder(io.root);
	const chosen = tests.length > 0 ? tests : [join(shipped, 'tests')];
	const folders = chosen.every((path) => !/\.ya?ml$/.test(path));
	const guess =
		basename(folders ? chosen[0]! : dirname(chosen[0]!)) === 'tests'
			? dirname(folders ? chosen[0]! : dirname(chosen[0]!))
			: shipped;
	return {
		tests: chosen,
		rules: rules.length > 0 ? rules : [guess],
		rule,
		json,
		checkCoverage: folders && rule === null,
		conditions,
	};
}

function runOnce(options: Options, io: Io): ExitCode {
	const outcome = runAll(options, io);
	if (options.json) io.stdout.write(`${JSON.stringify(asRecord(outcome), null, 2)}\n`);
	else writeOutcome(outcome, io);
	return isGood(outcome) ? 0 : 1;
}

function runAll(options: Options, io: Io): Outcome {
	const rules = loadOrFail(options.rules, io).rules.filter((rule) => rule.enabled);
	const conditions = options.conditions ? new ConditionCoverage(rules, eventTypes.length) : null;
	const ruleSet = compileRuleSet(rules, eventFieldCatalogue, {
		ruleMatching: 'all',
		eventTypes,
		...(conditions === null ? {} : { instrument: conditions.listener<EventSubject>() }),
	});
	const evaluate = {
		events: eventsEvaluator(ruleSet),
		values: valuesEvaluator(rules, conditions?.listener() ?? null),
	};
	const cases: TestCase[] = [];
	const problems: TestProblem[] = [];
	for (const file of expandPaths(options.tests)) {
		const read = readTests(file, readBounded(file).toString('utf8'));
		cases.push(...read.cases);
		problems.push(...read.problems);
	}
	const chosen = options.rule === null ? cases : cases.filter(({ rule }) => rule === options.rule);
	if (chosen.length === 0 && problems.length === 0)
		throw new FailureError(
			`no tests in ${options.tests.join(', ')}${options.rule === null ? '' : ` for the rule "${options.rule}"`}`,
			'name files with tests',
		);
	const coverage = options.checkCoverage
		? coverageOf(
				rules.map(({ name }) => name),
				cases,
			)
		: null;
	const results = chosen.map((test) => runTest(test, evaluate));
	return { results, problems, coverage, conditions: conditions?.report(options.rule) ?? null };
}

/** Each test gets a host without a past. Rules are compiled once for all. */
function eventsEvaluator(ruleSet: RuleSet<EventSubject>): Evaluate['events'] {
	const reader = new EventReader();
	return (batch) => {
		const alerts: Alert[] = [];
		reader.open(batch);
		const { fault } = evaluateBatch(
			reader,
			new HostView(new HostState(reader.batch.hostId), reader),
			ruleSet,
			alerts,
		);
		if (fault !== null) throw fault;
		return alerts.map(raisedAlert);
	};
}

function raisedAlert({ rule, priority, output, outputFields }: Alert): RaisedAlert {
	return {
		rule,
		priority,
		output,
		fields: Object.fromEntries(outputFields.map(({ name, value }) => [name, fieldText(value)])),
	};
}

function fieldText(value: Alert['outputFields'][number]['value']): string {
	if (value === null) return '<NA>';
	const [inner] = Object.values(value);
	return Array.isArray(inner) ? `(${inner.map(fieldText).join(',')})` : String(inner);
}

function isGood({ results, problems, coverage }: Outcome): boolean {
	if (problems.length > 0 || results.some(({ failures }) => failures.length > 0)) return false;
	return coverage === null || (coverage.covered === coverage.rules && coverage.unknown.length === 0);
}

function writeOutcome({ results, problems, coverage, conditions }: Outcome, io: Io): void {
	const paint = paintFor(io.stdout, io.env);
	for (const { file, line, message } of problems)
		io.stdout.write(
			`${paint.strong(`${file}:${line}`)}: ${paint.error('mistake')} ${escapeControls(message)}\n`,
		);
	const failed = results.filter(({ failures }) => failures.length > 0);
	for (const { test, failures } of failed) {
		io.stdout.write(
			`${paint.error('FAIL')} ${paint.strong(test.rule)}: ${test.name} ${paint.quiet(`(${test.file}:${test.line})`)}\n`,
		);
		for (const failure of failures)
			io.stdout.write(`  ${failure.split('\n').map(escapeControls).join('\n')}\n`);
	}
	if (coverage !== null) {
		for (const rule of coverage.withoutPositive)
			io.stdout.write(`${paint.error('untested')} "${rule}" has no test that alerts\n`);
		for (const rule of coverage.withoutNegative)
			io.stdout.write(`${paint.error('untested')} "${rule}" has no test that stays silent\n`);
		for (const rule of coverage.unknown)
			io.stdout.write(
				`${paint.error('unknown')} tests name the rule "${rule}", which the rules do not have\n`,
			);
		io.stdout.write(`${coverage.covered} of ${coverage.rules} rules tested both ways\n`);
	}
	if (conditions !== null) io.stdout.write(conditionText(conditions, paint));
	io.stdout.write(
		`${results.length - failed.length} passed, ${failed.length} failed${problems.length > 0 ? `, ${problems.length} mistakes` : ''}\n`,
	);
}

function asRecord({ results, problems, coverage, conditions }: Outcome): object {
	return {
		passed: results.filter(({ failures }) => failures.length === 0).length,
		failed: results.filter(({ failures }) => failures.length > 0).length,
		mistakes: problems,
		coverage,
		...(conditions === null ? {} : { conditions: conditionRecord(conditions) }),
		results: results.map(({ test, failures, raised }) => ({
			rule: test.rule,
			test: test.name,
			file: test.file,
			line: test.line,
			passed: failures.length === 0,
			failures,
			alerts: raised,
		})),
	};
}

/** Changes come in bursts (editors write twice); a run starts when none came for a moment. */
async function watchAndRun(options: Options, io: Io): Promise<ExitCode> {
	const stop = io.stopSignal();
	const again = (): void => {
		io.stdout.write(io.stdout.isTTY ? '\x1b[2J\x1b[H' : '\n');
		try {
			runOnce(options, io);
		} catch (error) {
			// A file that is half written, or rules with an error: say so and wait for the next change.
			if (!(error instanceof FailureError)) throw error;
			io.stdout.write(`${error.message}\n  ${error.remedy}\n`);
		}
		io.stdout.write('waiting for changes (Ctrl-C ends)\n');
	};
	let timer: NodeJS.Timeout | null = null;
	const changed = (): void => {
		if (timer !== null) clearTimeout(timer);
		timer = setTimeout(again, watchDelayMs);
	};
	const watchers = [...new Set([...options.tests, ...options.rules])].map((path) => watch(path, changed));
	again();
	await aborted(stop);
	for (const watcher of watchers) watcher.close();
	if (timer !== null) clearTimeout(timer);
	return 0;
}

export const rulesTest: Command = { help, run };
