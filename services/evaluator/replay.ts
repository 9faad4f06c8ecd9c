/**
 * Evaluation without log and store: batches in, alerts out, the state of each host in memory. `lanner replay`, `lanner
 * filter` and rule tests are this; what it finds is what the live worker finds, since both run `evaluateBatch`.
 */
import type { RuleSet } from '#rules/compile/rule-set.ts';
import type { EventSubject } from '#rules/subject.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { type Evaluation, evaluateBatch, HostView } from './evaluate.ts';

export class Replay {
	readonly reader = new EventReader();
	readonly #ruleSet: RuleSet<EventSubject>;
	readonly #hosts = new Map<string, HostView>();

	constructor(ruleSet: RuleSet<EventSubject>) {
		this.#ruleSet = ruleSet;
	}

	/** Pushes the batch's alerts; throws a DecodeError when not even its header can be read. */
	evaluate(message: Uint8Array, alerts: Alert[]): Evaluation {
		this.reader.open(message);
		return evaluateBatch(this.reader, this.#host(this.reader.batch.hostId), this.#ruleSet, alerts);
	}

	#host(hostId: string): HostView {
		let host = this.#hosts.get(hostId);
		if (host === undefined) {
			host = new HostView(new HostState(hostId), this.reader);
			this.#hosts.set(hostId, host);
		}
		return host;
	}
}

export type Share = { readonly events: number; readonly cpuS: number };
/** CPU time of decoding alone, of decoding and state, of everything: the differences are what each part costs. */
export type Shares = { readonly decode: Share; readonly state: Share; readonly all: Share };

/** Runs the batches three times. `cpuS` gives the CPU seconds of this process. */
export function measureShares(
	batches: readonly Uint8Array[],
	ruleSet: RuleSet<EventSubject>,
	cpuS: () => number,
): Shares {
	const timed = (pass: () => number): Share => {
		const before = cpuS();
		const events = pass();
		return { events, cpuS: cpuS() - before };
	};
	return {
		decode: timed(() => decodeAll(batches)),
		state: timed(() => foldAll(batches)),
		all: timed(() => evaluateAll(batches, ruleSet)),
	};
}

function decodeAll(batches: readonly Uint8Array[]): number {
	const reader = new EventReader();
	let events = 0;
	for (const batch of batches) {
		reader.open(batch);
		while (reader.next()) events++;
	}
	return events;
}

function foldAll(batches: readonly Uint8Array[]): number {
	const reader = new EventReader();
	const hosts = new Map<string, HostState>();
	let events = 0;
	for (const batch of batches) {
		reader.open(batch);
		const { hostId } = reader.batch;
		const host = hosts.get(hostId) ?? new HostState(hostId);
		hosts.set(hostId, host);
		if (host.enterBatch(reader.batch) === 'repeated') continue;
		while (reader.next()) {
			host.apply(reader);
			host.settle(reader);
			events++;
		}
	}
	return events;
}

function evaluateAll(batches: readonly Uint8Array[], ruleSet: RuleSet<EventSubject>): number {
	const replay = new Replay(ruleSet);
	const alerts: Alert[] = [];
	let events = 0;
	for (const batch of batches) {
		events += replay.evaluate(batch, alerts).events;
		alerts.length = 0;
	}
	return events;
}
