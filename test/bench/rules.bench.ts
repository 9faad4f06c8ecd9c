/**
 * What a rule costs. Goal: nanoseconds per event of `RuleSet.match`, and how they grow with the number of rules; and that
 * an event without a match allocates nothing. Not a goal: the cost of decoding events and of reading real fields (see the
 * replay bench): here a field is an array access.
 *
 * Prints, per rule set, the median and the spread of the rounds, compile time, matches and a hash of what matched (equal
 * hashes = equal answers). `LANNER_BENCH=smoke` runs few events, to see that it still runs.
 */
import { createHash } from 'node:crypto';
import { arch, cpus } from 'node:os';
import { compileRuleSet, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { generateRules, type NamedRules, readRules } from '#test/support/bench-rules.ts';
import { type SlotEvent, slotEvents, slotFields } from '#test/support/slot-events.ts';

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
	runOnce(set, events, out);
	const nsPerEvent: number[] = [];
	let matches = 0;
	const heapBefore = process.memoryUsage().heapUsed;
	for (let round = 0; round < rounds; round++) {
		const start = process.hrtime.bigint();
		matches = runOnce(set, events, out);
		nsPerEvent.push(Number(process.hrtime.bigint() - start) / events.length);
	}
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

console.log(
	`rules bench: node ${process.version} ${arch()}, ${cpus()[0]?.model ?? 'unknown CPU'}, ${eventCount} events, ${rounds} rounds`,
);
if (readRules('official all', fields) === null)
	console.log('official rules are not beside the repository: left out');
console.log(
	'rules               count  ns/event: median    p10    p90         plan ms  code ms  bytes/event  matches  hash',
);
for (const { name, rules } of ruleSets) {
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
		' '.repeat(10),
		quantile(nsPerEvent, 0.5),
		quantile(nsPerEvent, 0.1),
		quantile(nsPerEvent, 0.9),
		' '.repeat(6),
		planMs.toFixed(0).padStart(8),
		codeMs.toFixed(0).padStart(8),
		bytesPerEvent.toFixed(2).padStart(12),
		String(matches).padStart(8),
		` ${hash}`,
	];
	console.log(row.join(' '));
}
