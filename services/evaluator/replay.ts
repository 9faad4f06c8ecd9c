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

/**
 * Runs each batch three times, one way after the other. `cpuS` gives the CPU seconds of this process; what the source of the batches takes
 * is not counted.
 */
export async function measureShares(
	batches: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
	ruleSet: RuleSet<EventSubject>,
	cpuS: () => number,
): Promise<Shares> {
	const taken = (run: Way) => ({ run, events: 0, cpuS: 0 });
	const decode = taken(decoding());
	const state = taken(folding());
	const all = taken(evaluating(ruleSet));
	for await (const batch of batches) {
		for (const way of [decode, state, all]) {
			const before = cpuS();
			way.events += way.run(batch);
			way.cpuS += cpuS() - before;
		}
	}
	return { decode, state, all };
}

/** One batch; gives the number of its events. */
type Way = (batch: Uint8Array) => number;

function decoding(): Way {
	const reader = new EventReader();
	return (batch) => {
		let events = 0;
		reader.open(batch);
		while (reader.next()) events++;
		return events;
	};
}

function folding(): Way {
	const reader = new EventReader();
	const hosts = new Map<string, HostState>();
	return (batch) => {
		let events = 0;
		reader.open(batch);
		const { hostId } = reader.batch;
		const host = hosts.get(hostId) ?? new HostState(hostId);
		hosts.set(hostId, host);
		if (host.enterBatch(reader.batch) === 'repeated') return 0;
		while (reader.next()) {
			host.apply(reader);
			host.settle(reader);
			events++;
		}
		return events;
	};
}

function evaluating(ruleSet: RuleSet<EventSubject>): Way {
	const replay = new Replay(ruleSet);
	const alerts: Alert[] = [];
	return (batch) => {
		const { events } = replay.evaluate(batch, alerts);
		alerts.length = 0;
		return events;
	};
}
