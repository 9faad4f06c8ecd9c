/**
 * Runs rule tests: each case becomes one EventBatch, byte for byte what a probe would send, and goes the way of live
 * events (reader → state → rules) through the port `evaluate`. Pure: no file, no clock; the same cases give the same
 * results.
 */
import { encodeEventBatch } from '#schemas/event-batch.ts';
import type { GivenValues } from '../fields/given.ts';
import type { ExpectedAlert, TestCase } from './read.ts';
import { eventsOf, isExec } from './shorthand.ts';
import { worldEvents } from './world.ts';

export type RaisedAlert = {
	readonly rule: string;
	readonly priority: string;
	/** Without time and priority. */
	readonly output: string;
	/** Field as written in the rule's output → its text. */
	readonly fields: Readonly<Record<string, string>>;
};

/** What every matching rule of the set says, in its order. */
export type Evaluate = {
	/** Of one batch on an empty state. */
	readonly events: (batch: Uint8Array) => readonly RaisedAlert[];
	/** Of values of fields, without an event. */
	readonly values: (values: GivenValues) => readonly RaisedAlert[];
};

export type TestResult = {
	readonly test: TestCase;
	readonly failures: readonly string[];
	readonly raised: readonly RaisedAlert[];
};

const batchBaseTimeS = 1_700_000_000;

export function runTest(test: TestCase, evaluate: Evaluate): TestResult {
	const raised = test.values === null ? evaluate.events(batchOf(test)) : evaluate.values(test.values);
	return { test, raised, failures: compareAlerts(test.expected, raised) };
}

export function batchOf({ world, events }: Pick<TestCase, 'world' | 'events'>): Buffer {
	const actor = world.chain.at(-1)!;
	const startsActor = events.some((event) => isExec(event) && event.given.by === undefined);
	const present = world.chain.filter((process) => !(startsActor && process === actor));
	return encodeEventBatch({
		hostId: 'rule-test',
		hostName: 'rule-test',
		bootId: '00000000-0000-0000-0000-000000000000',
		producer: 'CAPTURE',
		firstSequence: 1,
		baseTimeS: batchBaseTimeS,
		baseTimeNs: 0,
		utcOffsetS: 0,
		machine: 'x86_64',
		probeVersion: 'test',
		events: [...worldEvents(world, present), ...events.flatMap((event) => eventsOf(event, world))],
	});
}

/** What differs, in words; empty = as expected. Alerts of one rule are compared in their order. */
export function compareAlerts(expected: readonly ExpectedAlert[], raised: readonly RaisedAlert[]): string[] {
	const failures: string[] = [];
	const left = [...raised];
	for (const want of expected) {
		const at = left.findIndex(({ rule }) => rule === want.rule);
		if (at < 0) {
			failures.push(`expected an alert of "${want.rule}", got none`);
			continue;
		}
		failures.push(...differences(want, left[at]!));
		left.splice(at, 1);
	}
	for (const { rule, output } of left) failures.push(`unexpected alert of "${rule}": ${output}`);
	return failures;
}

function differences(want: ExpectedAlert, got: RaisedAlert): string[] {
	const failures: string[] = [];
	const compare = (what: string, expected: string, actual: string | undefined): void => {
		if (expected !== actual)
			failures.push(`${what}\n    expected ${expected}\n    got      ${actual ?? 'nothing'}`);
	};
	if (want.output !== undefined) compare('output', want.output, got.output);
	if (want.priority !== undefined)
		compare('priority', want.priority.toLowerCase(), got.priority.toLowerCase());
	for (const [field, value] of Object.entries(want.fields ?? {}))
		compare(`field ${field}`, value, got.fields[field]);
	return failures;
}
