/**
 * What a rule costs. Goal: nanoseconds per event of `RuleSet.match`, and how they grow with the number of rules; and that
 * an event without a match allocates nothing. Not a goal: the cost of decoding events and of reading real fields (see the
 * replay bench): here a field is an array access.
 *
 * Prints, per rule set, the median and the spread of the rounds, compile time, matches and a hash of what matched (equal
 * hashes = equal answers). `LANNER_BENCH=smoke` runs few events, to see that it still runs.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { arch, cpus } from 'node:os';
import { test } from 'node:test';
import { compileRuleSet, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { generateRules, type NamedRules, readRules } from '#test/support/bench-rules.ts';
import { type SlotEvent, type SlotFields, slotEvents, slotFields } from '#test/support/slot-events.ts';

const smoke = process.env.LANNER_BENCH === 'smoke';
const eventCount = smoke ? 1_000 : 5_000;
const rounds = smoke ? 2 : 100;

type Measure = {
	readonly nsPerEvent: number[];
	readonly matches: number;
	readonly hash: string;
	readonly bytesPerEvent: number;
};

function runOnce(set: RuleSet<SlotEvent>, events: readonly SlotEvent[], out: number[]): number {
	let matches = 0;
	for (const event of events) matches += set.match(event, event.type, out);
	return matches;
}

function hashOfMatches(set: RuleSet<SlotEvent>, events: readonly SlotEvent[]): string {
	const hash = createHash('sha256');
	const out: number[] = [];
	for (const event of events) hash.update(`${out.slice(0, set.match(event, event.type, out)).join(' ')}\n`);
	return hash.digest('hex').slice(0, 12);
}

function measure(set: RuleSet<SlotEvent>, events: readonly SlotEvent[]): Measure {
	const out: number[] = [];
	const hash = hashOfMatches(set, events);
	const matches = runOnce(set, events, out);
	const nsPerEvent: number[] = [];
	const heapBefore = process.memoryUsage().heapUsed;
	for (let round = 0; round < rounds; round++) {
		const start = process.hrtime.bigint();
		runOnce(set, events, out);
		nsPerEvent.push(Number(process.hrtime.bigint() - start) / events.length);
	}
	assert.equal(
		runOnce(set, events, out),
		matches,
		'the same events give the same matches, also when optimised',
	);
	const grown = process.memoryUsage().heapUsed - heapBefore;
	return {
		nsPerEvent: nsPerEvent.sort((a, b) => a - b),
		matches,
		hash,
		bytesPerEvent: grown / rounds / events.length,
	};
}

function quantile(sorted: readonly number[], share: number): string {
	return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number)
		.toFixed(0)
		.padStart(7);
}

test('what a rule costs, from 24 to 5,000 rules', () => {
	const fields = slotFields();
	const ruleSets: NamedRules[] = [
		readRules('official stable', fields),
		readRules('official all', fields),
		readRules('ours', fields),
		...[25, 81, 500, 5000].map(generateRules),
	].filter((rules) => rules !== null);
	// Bind every field once, so that the events have a value for each.
	for (const { rules } of ruleSets) compileRuleSet(rules, fields, { ruleMatching: 'all', eventTypes });
	const events = slotEvents(fields, eventCount, 42);
	printHead(ruleSets.length < 7);
	for (const named of ruleSets) printRow(named, fields, events);
});

function printHead(incomplete: boolean): void {
	const cpu = cpus()[0]?.model ?? 'unknown CPU';
	console.log(
		`rules bench: node ${process.version} ${arch()}, ${cpu}, ${eventCount} events, ${rounds} rounds`,
	);
	if (incomplete) console.log('the official rules are not beside the repository: left out');
	console.log(
		'rules               count  ns/event p50  p10    p90  plan ms  code ms  bytes/event  matches  hash',
	);
}

function printRow({ name, rules }: NamedRules, fields: SlotFields, events: readonly SlotEvent[]): void {
	const planStart = performance.now();
	const set = compileRuleSet(rules, fields, { ruleMatching: 'all', eventTypes });
	const planMs = performance.now() - planStart;
	const codeStart = performance.now();
	for (const type of new Set(events.map((event) => event.type))) set.rulesFor(type);
	const codeMs = performance.now() - codeStart;
	const { nsPerEvent, matches, hash, bytesPerEvent } = measure(set, events);
	const row = [
		name.padEnd(18),
		String(rules.length).padStart(6),
		quantile(nsPerEvent, 0.5).padStart(13),
		quantile(nsPerEvent, 0.1).padStart(5),
		quantile(nsPerEvent, 0.9).padStart(6),
		planMs.toFixed(0).padStart(8),
		codeMs.toFixed(0).padStart(8),
		bytesPerEvent.toFixed(2).padStart(12),
		String(matches).padStart(8),
		` ${hash}`,
	];
	console.log(row.join(' '));
}
