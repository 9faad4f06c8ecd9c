/**
 * What the whole of a replay costs, and how it grows with the number of rules: CPU time of decoding, of state, of everything,
 * for our rules, the official ones and generated ones, in the same process. Not a goal: reading files, writing alerts.
 *
 * The traffic is synthetic, from a deterministic generator: 47 % opens (20,000 paths), 12 % connections, 13 % unlinks, 9 %
 * dups, and 19 % clones, execs and exits of short-lived processes below 400 long-lived ones. Real recordings: `lanner replay FILE
 * --stats`. `LANNER_BENCH=smoke` runs few events. The hash is over the matches of each event: equal hashes = equal answers.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { arch, cpus } from 'node:os';
import { test } from 'node:test';
import { HostView } from '#evaluator/evaluate.ts';
import { measureShares } from '#evaluator/replay.ts';
import { compileRuleSet, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventFieldCatalogue as catalogue } from '#rules/fields/index.ts';
import type { EventSubject } from '#rules/subject.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { generateRules, type NamedRules, readRules } from '#test/support/bench-rules.ts';
import { mixedBatches } from '#test/support/bench-traffic.ts';

const smoke = process.env.LANNER_BENCH === 'smoke';
const eventCount = Number(process.env.LANNER_BENCH_EVENTS ?? (smoke ? 2_000 : 200_000));
/** Passes over the same batches, each with fresh state; 10 × 200,000 = 2 M events a rule set. */
const passes = smoke ? 1 : Number(process.env.LANNER_BENCH_PASSES ?? 10);
const generated = smoke ? [25, 500] : [25, 81, 500, 5000];

function cpuS(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1e6;
}

/** Matches and their hash, in one pass that is not timed. */
function answersOf(
	batches: readonly Uint8Array[],
	set: RuleSet<EventSubject>,
): { matches: number; hash: string } {
	const hash = createHash('sha256');
	const reader = new EventReader();
	const view = new HostView(new HostState('bench'), reader);
	const out: number[] = [];
	let matches = 0;
	for (const batch of batches) {
		reader.open(batch);
		view.state.enterBatch(reader.batch);
		while (reader.next()) {
			view.state.apply(reader);
			view.subject.enter(reader);
			const count = set.match(view.subject, reader.header.type, out);
			matches += count;
			if (count > 0) hash.update(`${reader.sequence} ${out.slice(0, count).join(' ')}\n`);
			view.state.settle(reader);
		}
	}
	return { matches, hash: hash.digest('hex').slice(0, 12) };
}

test('the whole of a replay, from 25 to 5,000 rules', async () => {
	const batches = mixedBatches(eventCount);
	const wanted = (smoke ? (['ours'] as const) : (['ours', 'official stable', 'official all'] as const)).map(
		(name) => readRules(name, catalogue),
	);
	if (wanted.includes(null)) console.log('the official rules are not beside the repository: left out');
	const sets = [...wanted, ...generated.map(generateRules)].filter((rules) => rules !== null);
	console.log(
		`evaluate bench: node ${process.version} ${arch()}, ${cpus()[0]?.model}, ${eventCount} events, ${passes} passes, ns of CPU per event (best pass; p50 and p90 of all)`,
	);
	console.log(
		'rules              count  decode  state  rules   all   p50   p90  M events/CPU-s  matches  hash',
	);
	for (const named of sets) await printRow(named, batches);
});

async function printRow({ name, rules }: NamedRules, batches: readonly Uint8Array[]): Promise<void> {
	const set = compileRuleSet(rules, catalogue, { ruleMatching: 'first', eventTypes });
	const { matches, hash } = answersOf(batches, set);
	const rounds: number[][] = [];
	for (let pass = 0; pass < passes; pass++) {
		const { decode, state, all } = await measureShares(batches, set, cpuS);
		assert.equal(all.events, decode.events);
		rounds.push([decode, state, all].map(({ events, cpuS: spent }) => (spent / events) * 1e9));
	}
	const sorted = (part: number): number[] =>
		rounds.map((round) => round[part] as number).sort((a, b) => a - b);
	const [decode, state, all] = [sorted(0), sorted(1), sorted(2)];
	const [d, s, a] = [decode[0] as number, state[0] as number, all[0] as number];
	const at = (share: number): number => all[Math.floor((all.length - 1) * share)] as number;
	const ns = [d, s - d, a - s, a, at(0.5), at(0.9)].map((value) => value.toFixed(0).padStart(6));
	console.log(
		`${name.padEnd(18)} ${String(rules.length).padStart(5)}  ${ns.join('')}  ${(1000 / a).toFixed(2).padStart(14)}  ${String(matches).padStart(7)}  ${hash}`,
	);
}
