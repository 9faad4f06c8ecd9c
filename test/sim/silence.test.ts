/** Silence of probes with the production worker and virtual time: who is told, when, and what is nobody's silence. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { heardRule, silentRule } from '#evaluator/silence/alerts.ts';
import { alertCodec } from '#schemas/codec.ts';
import { probeStopped } from '#test/support/events.ts';
import type { SimHost } from './host.ts';
import { Simulation } from './world.ts';

const probeSilenceS = 15;
const heartbeatMs = 5_000;
const hostForgetAfterHours = 0.1;

type Told = { readonly rule: string; readonly hostId: string; readonly atMs: number };

class Fleet {
	readonly simulation = new Simulation({
		seed: 1,
		hosts: 4,
		evaluators: 2,
		partitions: 2,
		probeSilenceS,
		hostForgetAfterHours,
		faults: 0,
	});
	readonly talking = new Set<SimHost>(this.simulation.hosts);

	get hosts(): readonly SimHost[] {
		return this.simulation.hosts;
	}

	/** Heartbeats of those that talk, for a time. */
	async pass(ms: number): Promise<void> {
		const { time } = this.simulation;
		for (const end = time.nowMs + ms; time.nowMs < end; ) {
			await Promise.all([...this.talking].map((host) => host.send(host.work())));
			await time.sleep(Math.min(heartbeatMs, end - time.nowMs));
		}
	}

	told(): Told[] {
		const { log } = this.simulation;
		const told: Told[] = [];
		for (let partition = 0; partition < log.partitions; partition++) {
			for (const { value, appendedMs } of log.records('lanner.alerts', partition)) {
				const { rule, hostId } = alertCodec.decode(value);
				if (rule === silentRule || rule === heardRule) told.push({ rule, hostId, atMs: appendedMs });
			}
		}
		return told.sort((a, b) => a.atMs - b.atMs);
	}
}

async function inFleet(story: (fleet: Fleet) => Promise<void>): Promise<Fleet> {
	const fleet = new Fleet();
	let over = false;
	let failure: unknown = null;
	story(fleet)
		.then(() => fleet.simulation.stopAll())
		.catch((error: unknown) => {
			failure = error;
		})
		.finally(() => {
			over = true;
		});
	await fleet.simulation.time.run(() => over, 3_600_000);
	if (failure !== null) throw failure;
	assert.deepEqual(fleet.simulation.check().problems, []);
	return fleet;
}

const briefly = (told: readonly Told[]): string[] => told.map(({ rule, hostId }) => `${hostId}: ${rule}`);

describe('a probe that falls silent', () => {
	test('is told within probeSilenceS, once, and again when it is heard', async () => {
		let silentMs = 0;
		const fleet = await inFleet(async (world) => {
			await world.pass(20_000);
			world.talking.delete(world.hosts[1]!);
			silentMs = world.simulation.time.nowMs;
			await world.pass(60_000);
			world.talking.add(world.hosts[1]!);
			await world.pass(10_000);
		});
		assert.deepEqual(briefly(fleet.told()), [`host-1: ${silentRule}`, `host-1: ${heardRule}`]);
		const tookMs = fleet.told()[0]!.atMs - silentMs;
		assert.ok(tookMs > 2 * heartbeatMs - heartbeatMs && tookMs < probeSilenceS * 1000, `${tookMs} ms`);
	});

	test('is told when all fall silent at once', async () => {
		const fleet = await inFleet(async (world) => {
			await world.pass(20_000);
			world.talking.clear();
			await world.pass(30_000);
		});
		assert.deepEqual(
			briefly(fleet.told()).sort(),
			fleet.hosts.map(({ hostId }) => `${hostId}: ${silentRule}`),
		);
	});

	test('is not told when it said that it stops', async () => {
		const fleet = await inFleet(async (world) => {
			await world.pass(20_000);
			for (const host of world.talking) await host.send([probeStopped()]);
			world.talking.clear();
			await world.pass(60_000);
		});
		assert.deepEqual(fleet.told(), []);
	});

	test('is not the log being away for two minutes', async () => {
		const fleet = await inFleet(async (world) => {
			const { log, time } = world.simulation;
			await world.pass(20_000);
			log.goAway();
			void time.sleep(120_000).then(() => log.comeBack());
			await world.pass(150_000);
		});
		assert.deepEqual(fleet.told(), []);
	});

	test('is not the store being away, nor evaluators that were stopped for a minute', async () => {
		const fleet = await inFleet(async (world) => {
			const { store, time } = world.simulation;
			await world.pass(20_000);
			store.goAway();
			await world.pass(60_000);
			store.comeBack();
			await world.pass(30_000);
			world.simulation.pauseEvaluators();
			void time.sleep(60_000).then(() => world.simulation.resumeEvaluators());
			await world.pass(90_000);
		});
		assert.deepEqual(fleet.told(), []);
	});

	test('and stays away is forgotten, also by evaluators that came later; the others stay', async () => {
		const hosts = (fleet: Fleet): string[] => {
			const { store, log } = fleet.simulation;
			return Array.from({ length: log.partitions }, (_, partition) => store.hostsOf(partition))
				.flat()
				.sort();
		};
		const fleet = await inFleet(async (world) => {
			await world.pass(20_000);
			world.talking.delete(world.hosts[1]!);
			await world.hosts[3]!.send([probeStopped()]);
			world.talking.delete(world.hosts[3]!);
			await world.pass(200_000);
			world.simulation.killEvaluators();
			await world.pass(120_000);
			assert.equal(hosts(world).length, 4, 'too early');
			await world.pass(120_000);
			assert.deepEqual(hosts(world), ['host-0', 'host-2']);
			world.talking.add(world.hosts[1]!);
			await world.pass(10_000);
		});
		assert.deepEqual(hosts(fleet), ['host-0', 'host-1', 'host-2']);
		assert.deepEqual(briefly(fleet.told()), [`host-1: ${silentRule}`]);
	});

	test('is not a wall clock of evaluators that is set a month ahead, or back: nobody is silent for it, and nobody forgotten', async () => {
		const monthMs = 30 * 86_400_000;
		const fleet = await inFleet(async (world) => {
			const { time, store, log } = world.simulation;
			const known = (): number =>
				Array.from({ length: log.partitions }, (_, partition) => store.hostsOf(partition)).flat().length;
			await world.pass(20_000);
			world.talking.delete(world.hosts[1]!);
			await world.pass(60_000);
			time.wallMs += monthMs;
			await world.pass(100_000);
			assert.equal(known(), 4, 'after the step ahead');
			time.wallMs -= 2 * monthMs;
			await world.pass(400_000);
			assert.equal(known(), 4, 'after the step back');
			time.wallMs += monthMs;
			await world.pass(120_000);
			assert.equal(known(), 3, 'the clock is right again');
		});
		assert.deepEqual(briefly(fleet.told()), [`host-1: ${silentRule}`]);
	});

	test('is told by the evaluators that take over from those that died meanwhile', async () => {
		const fleet = await inFleet(async (world) => {
			await world.pass(20_000);
			world.talking.delete(world.hosts[2]!);
			await world.pass(5_000);
			world.simulation.killEvaluators();
			await world.pass(60_000);
		});
		assert.deepEqual(briefly(fleet.told()), [`host-2: ${silentRule}`]);
	});
});
