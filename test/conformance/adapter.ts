/**
 * Turns the reference's threads and events (parameters by name, in its engine's encoding) into our batches, so that
 * cases run the real path: Avro bytes → reader → state → rules.
 *
 * The reference's engine keeps a table of descriptors; our kernel side resolves them in each event. So this test code keeps
 * such a table and writes what the kernel would have found. The child's own return from clone is no event of ours.
 */
import { type BatchEvent, encodeEventBatch } from '#schemas/event-batch.ts';
import { type EventTypeName, eventTypeIndex } from '#schemas/generated/event-names.ts';
import * as make from '#test/support/events.ts';
import { convertEvent } from './adapter-events.ts';
import { World } from './adapter-world.ts';

export type CaseThread = Record<string, unknown> & { readonly tid: number; readonly pid: number };
export type CaseEvent = {
	readonly ts: number | bigint;
	readonly tid: number;
	readonly type: string;
	readonly params: Record<string, unknown>;
};

export type Environment = {
	readonly users: readonly { name: string; uid: number; home: string; shell: string }[];
	readonly groups: readonly { name: string; gid: number }[];
};

export type Scenario = {
	readonly threads: readonly CaseThread[];
	readonly events: readonly CaseEvent[];
	readonly pluginFields: Readonly<Record<string, unknown>>;
	readonly hostName: string;
	readonly environment: Environment;
};

/** The step's bytes; null = an event that our stream does not have. */
/** `before`: how many events of the batch come ahead of the one that the case is about. */
export type Step = {
	readonly number: number;
	readonly batch: Buffer | null;
	readonly before: number;
	readonly reason?: string;
};

const nsPerS = 1_000_000_000n;

/** Times of the cases are whole microseconds; JSON.parse rounded them to multiples of 256 ns, this undoes it. */
export function exactTime(ns: unknown): bigint {
	return BigInt(Math.round(Number(ns ?? 0) / 1000)) * 1000n;
}

export class Adapter {
	readonly #world: World;
	readonly #hostName: string;
	#number = 0;

	constructor(scenario: Omit<Scenario, 'events'>) {
		this.#world = new World(scenario.threads, scenario.pluginFields);
		this.#hostName = scenario.hostName;
	}

	/** The host as it is when the case begins: snapshot, accounts, containers. */
	begin(environment: Environment): Buffer {
		const world = this.#world;
		const users = environment.users.map(({ uid, name, home, shell }) => ({ uid, name, home, shell }));
		const groups = environment.groups.map(({ gid, name }) => ({ gid, name }));
		const events: BatchEvent[] = [
			make.usersReported({ users, groups }),
			...world.containerEvents(),
			make.snapshotMarked({ phase: 'BEGIN' }),
			...world.snapshot(),
			make.snapshotMarked({ phase: 'END' }),
		];
		return this.#encode(events, 'AGENT', 1, 0n);
	}

	/** The next event of the case. */
	next(event: CaseEvent): Step {
		this.#number++;
		const converted = convertEvent(this.#world, event);
		if (typeof converted === 'string')
			return { number: this.#number, batch: null, before: 0, reason: converted };
		const events: readonly BatchEvent[] = Array.isArray(converted) ? converted : [converted as BatchEvent];
		return {
			number: this.#number,
			before: events.length - 1,
			batch: this.#encode(events, 'CAPTURE', this.#number, exactTime(event.ts)),
		};
	}

	#encode(
		events: readonly BatchEvent[],
		producer: 'AGENT' | 'CAPTURE',
		firstSequence: number,
		time: bigint,
	): Buffer {
		return encodeEventBatch({
			hostId: 'case',
			hostName: this.#hostName,
			bootId: 'case',
			producer,
			firstSequence,
			baseTimeS: Number(time / nsPerS),
			baseTimeNs: Number(time % nsPerS),
			utcOffsetS: 0,
			machine: 'x86_64',
			probeVersion: 'test',
			events,
		});
	}
}

export function isKnownType(name: string): name is EventTypeName {
	return eventTypeIndex.has(name);
}
