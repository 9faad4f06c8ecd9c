/**
 * The agent's own events (users, containers, gaps): the second stream of a host, with a sequence of its own.
 *
 * The sequence begins at boot time in units of 256 ns, like capture's: a restarted agent is always ahead of where the earlier
 * one ended (no event takes less than 256 ns to make), so no file is needed to remember it.
 */
import { readFileSync } from 'node:fs';
import { type BatchEvent, encodeEventBatch } from '#schemas/event-batch.ts';
import type { Container, EventHeader, EventType, Gap } from '#schemas/generated/event-batch.ts';
import type { Container as ContainerFacts } from './containers/container.ts';
import type { ContainerChange } from './containers/docker.ts';
import { type HostIdentity, utcOffsetS } from './identity.ts';
import type { Users } from './users.ts';

export type OwnStreamOptions = {
	readonly identity: HostIdentity;
	readonly probeVersion: string;
	/** See `bootSequence`. */
	readonly firstSequence: number;
	readonly now: () => Date;
};

const sequenceUnitNs = 256;

/** Time since boot in units of the sequence; sleep included, as CLOCK_BOOTTIME. */
export function bootSequence(uptimeText = readFileSync('/proc/uptime', 'latin1')): number {
	const seconds = Number(uptimeText.split(' ')[0]);
	if (!Number.isFinite(seconds)) throw new Error(`/proc/uptime is not a time: ${uptimeText}`);
	return Math.floor((seconds * 1e9) / sequenceUnitNs);
}

export class OwnStream {
	readonly #options: OwnStreamOptions;
	#sequence: number;

	constructor(options: OwnStreamOptions) {
		this.#options = options;
		this.#sequence = options.firstSequence;
	}

	usersReported({ users, groups }: Users): Buffer {
		return this.#batch('users', (header) => ({
			'lanner.events.UsersReported': {
				header,
				users: users.map(({ uid, name, home, shell }) => ({ uid, name, home, shell })),
				groups,
			},
		}));
	}

	containerReported(state: ContainerChange, facts: ContainerFacts): Buffer {
		const container: Container = {
			...facts,
			privileged: optional(facts.privileged),
			hostPid: optional(facts.hostPid),
			hostNetwork: optional(facts.hostNetwork),
			hostIpc: optional(facts.hostIpc),
		};
		return this.#batch('container', (header) => ({
			'lanner.events.ContainerReported': { header, state, container },
		}));
	}

	gap(gap: Omit<Gap, 'header'>): Buffer {
		return this.#batch('gap', (header) => ({ 'lanner.events.Gap': { header, ...gap } }));
	}

	/** One event a batch: they are rare, and each is worth having at once. */
	#batch(type: EventType, make: (header: EventHeader) => BatchEvent): Buffer {
		const { identity, probeVersion, now } = this.#options;
		const time = now();
		const ms = time.getTime();
		const header: EventHeader = { time: 0, type, flags: 0, cpu: -1, tid: 0, pid: 0, start: 0, result: 0 };
		return encodeEventBatch({
			...identity,
			producer: 'AGENT',
			firstSequence: this.#sequence++,
			baseTimeS: Math.floor(ms / 1000),
			baseTimeNs: (ms % 1000) * 1_000_000,
			utcOffsetS: utcOffsetS(time),
			probeVersion,
			events: [make(header)],
		});
	}
}

function optional(value: boolean | null): { boolean: boolean } | null {
	return value === null ? null : { boolean: value };
}
