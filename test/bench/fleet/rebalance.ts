/**
 * `node --import tsx test/bench/fleet/rebalance.ts [--seconds 12]`: how long alerts wait when an evaluator joins, leaves (SIGTERM) or is killed (kill -9). 24 hosts over
 * 12 partitions send an event each every 100 ms; every event alerts. The wait is from the append of an event to that of its alert; beside it
 * the time without any change. For kill -9 it holds `kafka.sessionTimeoutMs` (10 s), after which the group misses a member.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { alertCodec } from '#schemas/codec.ts';
import { Role } from '#test/chaos/role.ts';
import { batch, fileOpened } from '#test/support/events.ts';
import { scriptOptions } from '#test/support/script-options.ts';
import { markedFleet } from './marked-fleet.ts';
import { follow, nowMs, showTimes } from './timing.ts';

const hosts = 24;
const everyMs = 100;
/** An alert takes no longer while nothing changes. */
const onTheWayMsMax = 1_000;
const values = scriptOptions(import.meta.filename, { seconds: { type: 'string', default: '12' } });
const phaseMs = 1000 * Number(values.seconds);
/** The group misses a killed member after its session of 10 s. */
const killedPhaseMs = phaseMs + 13_000;

const folder = mkdtempSync(join(tmpdir(), 'lanner-rebalance-'));
const fleet = await markedFleet(folder);
const { config, log } = fleet;
let names = 0;
const all: Role[] = [];
async function started(): Promise<Role> {
	const role = Role.lanner(`evaluator-${names++}`, ['evaluator', '--config', config], folder);
	all.push(role);
	role.start();
	await role.said('"ready"');
	return role;
}

const sentMs = new Map<string, number>();
const alertedMs = new Map<string, number>();
let sending = true;

/** One event at a time, so the wait of one never hides that of the next. */
async function send(hostId: string): Promise<void> {
	for (let i = 0; sending; i++) {
		const path = `/${hostId}/${i}`;
		const event = fileOpened({ pid: 11, tid: 11, start: 6, name: path, path, result: 3 });
		const value = batch([event], { hostId, hostName: hostId, bootId: hostId, firstSequence: 1 + i });
		const startMs = nowMs();
		await log.append('lanner.events', [{ key: hostId, value }]);
		sentMs.set(path, nowMs());
		await sleep(Math.max(0, everyMs - (nowMs() - startMs)));
	}
}

try {
	await fleet.createTopics();
	await started();
	const [second, third] = [await started(), await started()];
	const stopFollowing = await follow(log, 'lanner.alerts', ({ value, appendedMs }) => {
		const { output } = alertCodec.decode(value);
		if (!alertedMs.has(output)) alertedMs.set(output, appendedMs);
	});
	const sends = Array.from({ length: hosts }, (_, i) => send(`host-${i}`));
	await sleep(5_000);
	const phases: { what: string; fromMs: number }[] = [];
	const phase = async (what: string, change: () => Promise<unknown>, ms: number): Promise<void> => {
		phases.push({ what, fromMs: nowMs() });
		await change();
		await sleep(ms);
	};
	await phase('no change, 3 evaluators', async () => {}, phaseMs);
	await phase('a fourth joins', started, phaseMs);
	let leaveMs: number | null = null;
	await phase(
		'one leaves (SIGTERM)',
		async () => {
			leaveMs = await second.stop();
		},
		phaseMs,
	);
	await phase('one is killed (kill -9)', () => third.kill(), killedPhaseMs);
	sending = false;
	await Promise.all(sends);
	await sleep(3_000);
	await stopFollowing();
	const lost = [...sentMs.keys()].filter((path) => !alertedMs.has(path)).length;
	console.log(
		`${sentMs.size} events of ${hosts} hosts, ${lost} without an alert; SIGTERM to exit ${(leaveMs ?? Number.NaN).toFixed(0)} ms; wait from an event to its alert:`,
	);
	const waits = phases.map((): number[] => []);
	for (const [path, atMs] of sentMs) {
		const endMs = alertedMs.get(path);
		const of = phases.findLastIndex(({ fromMs }) => fromMs <= atMs);
		if (endMs === undefined || of < 0) continue;
		const next = phases[of + 1]?.fromMs ?? Number.POSITIVE_INFINITY;
		// On its way when the next change came: it waits for that one.
		const isCaught = endMs >= next && next - atMs < onTheWayMsMax;
		waits[isCaught ? of + 1 : of]!.push(Math.max(0, endMs - atMs));
	}
	for (const [i, { what }] of phases.entries()) showTimes(what, waits[i]!);
	process.exitCode = lost === 0 ? 0 : 1;
} finally {
	await Promise.all(all.map((role) => role.kill()));
	await fleet.stop();
}
