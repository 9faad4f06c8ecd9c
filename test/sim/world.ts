/**
 * A run: hosts, a log, a store and evaluators (the production worker), faults from a seed, then quiet until the evaluators have
 * caught up; then the checks. `breakOrder` is the canary: commits that overtake their alerts.
 */
import { runEvaluator } from '#evaluator/worker.ts';
import type { EventLog } from '#log/log.ts';
import type { RuleSet } from '#rules/compile/rule-set.ts';
import type { EventSubject } from '#rules/subject.ts';
import { ruleSetOf, silentLogger } from '#test/support/evaluation.ts';
import { check, type Verdict } from './check.ts';
import { SimHost, watchedFile } from './host.ts';
import { SimLog, sessionTimeoutMs } from './log.ts';
import { SimProcess } from './process.ts';
import { Random } from './random.ts';
import { SimStore } from './store.ts';
import { VirtualTime } from './time.ts';

export type RunOptions = {
	readonly seed: number;
	/** Virtual time with faults, milliseconds. */
	readonly faultyMs?: number;
	readonly hosts?: number;
	readonly evaluators?: number;
	readonly partitions?: number;
	/** 0 = none, 1 = the usual. */
	readonly faults?: number;
	/** A commit is let through before its alerts are in the log. */
	readonly breakOrder?: boolean;
	readonly probeSilenceS?: number;
	readonly hostForgetAfterHours?: number;
	readonly silences?: number;
};

export type RunResult = Verdict & { readonly log: SimLog; readonly faults: Readonly<Record<string, number>> };

const rules = `
- rule: Shadow read
  desc: simulated
  condition: evt.type = openat and fd.name = ${watchedFile}
  output: shadow read by %proc.name (%proc.cmdline) in %proc.cwd child of %proc.pname of %user.name
  priority: WARNING
`;

/** Quiet time in which everything must come to rest. */
const settleMsMax = 180_000;
const failOverMsMax = 3_000;
let compiled: RuleSet<EventSubject> | null = null;

export class Simulation {
	readonly time = new VirtualTime();
	readonly random: Random;
	readonly log: SimLog;
	readonly store: SimStore;
	readonly hosts: SimHost[] = [];
	readonly ruleSet: RuleSet<EventSubject>;
	readonly options: Required<RunOptions>;
	readonly counts: Record<string, number> = {};
	readonly failures: unknown[] = [];
	readonly #evaluators = new Set<{ process: SimProcess; stop: AbortController }>();
	#names = 0;

	constructor(options: RunOptions) {
		this.options = {
			...{ faultyMs: 90_000, hosts: 5, evaluators: 3, partitions: 4, faults: 1 },
			...{ breakOrder: false, probeSilenceS: 15, silences: 0.004 },
			hostForgetAfterHours: 168,
			...options,
		};
		const { seed, partitions } = this.options;
		this.random = new Random(seed);
		this.log = new SimLog({ partitions, time: this.time, random: new Random(seed + 1) });
		this.store = new SimStore(new Random(seed + 2));
		compiled ??= ruleSetOf(rules);
		this.ruleSet = compiled;
		for (let i = 0; i < this.options.hosts; i++) this.hosts.push(this.#host(i));
		for (let i = 0; i < this.options.evaluators; i++) this.startEvaluator();
	}

	startEvaluator(): void {
		const process = new SimProcess(
			`evaluator-${this.#names++}`,
			this.time,
			new Random(this.random.int(0, 2 ** 31)),
		);
		const stop = new AbortController();
		const evaluator = { process, stop };
		this.#evaluators.add(evaluator);
		const store = this.store.client(process);
		const log = this.log.client(process);
		const run = runEvaluator(
			{
				store,
				log: this.options.breakOrder ? acknowledgedTooEarly(log) : log,
				ruleSet: () => this.ruleSet,
				logger: silentLogger,
				clock: process.clock,
				probeSilenceS: this.options.probeSilenceS,
				hostForgetAfterHours: this.options.hostForgetAfterHours,
				// Small bounds, so that all of them are met.
				...{ hostsMax: 2, readBytesMax: 2_000, commitIntervalMs: 100 },
				...{ inFlightBytesMax: 3_000, uncommittedBytesMax: 8_000 },
			},
			stop.signal,
		);
		run
			.catch((error: unknown) => this.failures.push(error))
			.finally(() => this.#evaluators.delete(evaluator));
	}

	pauseEvaluators(): void {
		for (const { process } of this.#evaluators) process.pause();
	}

	resumeEvaluators(): void {
		for (const { process } of this.#evaluators) process.resume();
	}

	/** All at once; as many new ones start. */
	killEvaluators(): void {
		for (let i = this.#evaluators.size; i > 0; i--) this.#kill();
	}

	/** Everything that can go wrong, at random moments, until `faultyMs`. */
	async faults(): Promise<void> {
		const { faultyMs, faults } = this.options;
		this.log.faults.appendFails = 0.02 * faults;
		this.log.faults.answerLost = 0.02 * faults;
		this.store.answerLost = 0.05 * faults;
		while (this.time.nowMs < faultyMs) {
			await this.time.sleep(this.random.int(200, 4_000));
			const happens = this.random.next();
			for (const [share, name, fault] of this.#faultTable()) {
				if (happens >= share) continue;
				this.counts[name] = (this.counts[name] ?? 0) + 1;
				await fault();
				break;
			}
		}
		this.log.faults.appendFails = 0;
		this.log.faults.answerLost = 0;
		this.store.answerLost = 0;
	}

	/** By cumulated share. */
	#faultTable(): readonly [number, string, () => unknown][] {
		return [
			[0.25, 'evaluator killed', () => this.#kill()],
			[0.42, 'evaluator stopped and resumed', () => this.#pause()],
			[0.5, 'evaluator added', () => this.startEvaluator()],
			[0.6, 'evaluator asked to end', () => this.#leave()],
			[0.7, 'log away', () => this.#away(this.log)],
			[0.8, 'store away', () => this.#away(this.store)],
			[0.85, 'store emptied', () => this.store.empty()],
			[0.92, 'store failed over to an older copy', () => this.#failOver()],
			[1, 'rebalance', () => this.log.rebalance()],
		];
	}

	#pick() {
		const all = [...this.#evaluators].filter(({ process }) => !process.dead && !process.paused);
		return all.length === 0 ? null : this.random.pick(all);
	}

	#kill(): void {
		const found = this.#pick();
		if (found === null) return;
		found.process.kill();
		this.#evaluators.delete(found);
		void this.time.sleep(this.random.int(0, sessionTimeoutMs)).then(() => this.log.lostMember(found.process));
		void this.time.sleep(this.random.int(100, 5_000)).then(() => this.startEvaluator());
	}

	/** 1 to 30 s: longer than the session, it wakes as a zombie. */
	#pause(): void {
		const found = this.#pick();
		if (found === null) return;
		const { process } = found;
		const ms = this.random.int(1_000, 30_000);
		process.pause();
		if (ms > sessionTimeoutMs)
			void this.time.sleep(sessionTimeoutMs).then(() => this.log.lostMember(process));
		void this.time.sleep(ms).then(() => {
			process.resume();
			// Its membership is gone: a real consumer joins again; here a new process does.
			if (ms <= sessionTimeoutMs) return;
			void this.time.sleep(this.random.int(0, 4_000)).then(() => {
				process.kill();
				this.#evaluators.delete(found);
				this.startEvaluator();
			});
		});
	}

	#leave(): void {
		if (this.#evaluators.size < 2) return;
		this.#pick()?.stop.abort();
	}

	async #away(what: { goAway(): void; comeBack(): void }): Promise<void> {
		what.goAway();
		await this.time.sleep(this.random.int(100, 25_000));
		what.comeBack();
	}

	#failOver(): void {
		const back = this.store.snapshot();
		void this.time.sleep(this.random.int(50, failOverMsMax)).then(back);
	}

	/** Until the evaluators have caught up. */
	async quiet(): Promise<void> {
		// A failover after everything is done would find nobody to repair it.
		await this.time.sleep(failOverMsMax);
		if (this.#evaluators.size === 0) this.startEvaluator();
		while (!this.caughtUp()) await this.time.sleep(250);
	}

	caughtUp(): boolean {
		for (let partition = 0; partition < this.log.partitions; partition++) {
			const end = BigInt(this.log.records('lanner.events', partition).length);
			if ((this.store.cursor(partition) ?? 0n) !== end) return false;
		}
		return true;
	}

	async stopAll(): Promise<void> {
		while (this.#evaluators.size > 0) {
			// One that was to come back may only start now.
			for (const { stop } of this.#evaluators) stop.abort();
			await this.time.sleep(100);
		}
	}

	check(): Verdict {
		const { log, store, hosts, ruleSet, failures } = this;
		const verdict = check({ log, store, hosts, ruleSet });
		return {
			...verdict,
			problems: [...failures.map((error) => `an evaluator failed: ${error}`), ...verdict.problems],
		};
	}

	#host(i: number): SimHost {
		const { faults, seed, silences } = this.options;
		return new SimHost({
			...{ hostId: `host-${i}`, seed: seed * 1000 + i, log: this.log, time: this.time, pauseMsMax: 1_500 },
			...{ silences, poison: 0.01 * faults, restarts: 0.01 * faults },
		});
	}
}

/** The canary's fault: an append is confirmed at once and written later. */
function acknowledgedTooEarly(log: EventLog): EventLog {
	return {
		...log,
		append: async (topic, records) => {
			if (topic !== 'lanner.alerts') return log.append(topic, records);
			void log.append(topic, records).catch(() => {});
		},
	};
}

/** One whole run; its result depends on the options alone. */
export async function simulate(options: RunOptions): Promise<RunResult> {
	const simulation = new Simulation(options);
	const { time, log, counts, options: given } = simulation;
	let over = false;
	let failure: unknown = null;
	const story = async (): Promise<void> => {
		const hosts = simulation.hosts.map((host) => host.run());
		await simulation.faults();
		for (const host of simulation.hosts) host.end();
		await Promise.all(hosts);
		await simulation.quiet();
		await simulation.stopAll();
	};
	story()
		.catch((error: unknown) => {
			failure = error;
		})
		.finally(() => {
			over = true;
		});
	const problems: string[] = [];
	try {
		await time.run(() => over, given.faultyMs + settleMsMax);
	} catch (error) {
		problems.push(`${(error as Error).message}: lag did not reach zero`);
	}
	if (failure !== null)
		problems.push(`the run failed: ${failure instanceof Error ? failure.stack : failure}`);
	const verdict = simulation.check();
	return { ...verdict, problems: [...problems, ...verdict.problems], log, faults: counts };
}
