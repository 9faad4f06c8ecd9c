import assert from 'node:assert/strict';
import { test } from 'node:test';
import { profileRules } from '#evaluator/profile.ts';
import { ruleSetOf } from '#test/support/evaluation.ts';
import { batch, fileOpened, processExecuted } from '#test/support/events.ts';

const rules = ruleSetOf(`
- macro: opened
  condition: evt.type in (open, openat) and fd.num >= 0
- rule: Shadow
  desc: d
  condition: opened and fd.name = /etc/shadow
  output: o
  priority: INFO
- rule: Temporary
  desc: d
  condition: opened and fd.name startswith /tmp/
  output: o
  priority: INFO
- rule: Started
  desc: d
  condition: evt.type = execve and proc.name = sh
  output: o
  priority: INFO
`);

function open(name: string) {
	return fileOpened({ pid: 10, tid: 10, start: 5, name, path: name, result: 3 });
}

const batches = [
	batch(
		[
			processExecuted({
				pid: 10,
				tid: 10,
				start: 5,
				process: { pid: 10, start: 5, comm: 'sh', args: ['sh'] },
			}),
			open('/etc/shadow'),
			open('/tmp/a'),
			open('/tmp/b'),
		],
		{ producer: 'CAPTURE', firstSequence: 1 },
	),
];

test('a profile counts for each rule the events it could match and those it did', () => {
	// Each reading of the clock costs nothing, each evaluation one millisecond per reading.
	let now = 0;
	const profile = profileRules(batches, rules, () => now++);
	assert.equal(profile.events, 4);
	const counts = Object.fromEntries(
		profile.rules.map(({ what, evaluations, matches }) => [what, [evaluations, matches]]),
	);
	assert.deepEqual(counts, { Shadow: [3, 1], Temporary: [3, 2], Started: [1, 1] });
});

test('a part of several rules is counted once, with the number of rules that have it', () => {
	const { shared } = profileRules(batches, rules, () => 0);
	assert.deepEqual(
		shared.map(({ what, rules: users, evaluations, matches }) => ({ what, users, evaluations, matches })),
		[{ what: '(evt.type in (open, openat) and fd.num >= 0)', users: 2, evaluations: 3, matches: 3 }],
	);
});

test('the most expensive rule comes first, and the cost of the clock is taken off', () => {
	let now = 0;
	let reading = 0;
	// The clock itself takes 1; every second reading is the end of an evaluation, which takes 10 more.
	const profile = profileRules(batches, rules, () => {
		now += 1 + (reading > 40_000 && reading % 2 === 1 ? 10 : 0);
		reading++;
		return now;
	});
	assert.deepEqual(
		profile.rules.map(({ totalMs }) => totalMs),
		[30, 30, 10],
	);
});
