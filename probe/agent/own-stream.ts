/**
 * The agent's own events (users, containers, gaps): the second stream of a host, with a sequence of its own.
 *
 * The sequence begins at boot time in units of 256 ns, like capture's: a restarted agent is always ahead of where the earlier
 * one ended (no event takes less than 256 ns to make), so no file is needed to remember it.
 */
import { readFileSync } from 'node:fs';
import { type BatchEvent, encodeEventBatch } from '#schemas/event-batch.ts';
import type { Container, EventHeader, EventType } from '#schemas/generated/event-batch.ts';
import type { Container as ContainerFacts } from './containers/container.ts';
import type { ContainerChange } from './containers/source.ts';
import { type HostIdentity, utcOffsetS } from './identity.ts';
import type { Loss } from './spool/losses.ts';
import type { OutgoingBatch } from './spool/record.ts';
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

	usersReported({ users, groups }: Users): OutgoingBatch {
		return this.#batch('users', (header) => ({
			'lanner.events.UsersReported': {
				header,
				users: users.map(({ uid, name, home, shell }) => ({ uid, name, home, shell })),
				groups,
			},
		}));
	}

	containerReported(state: ContainerChange, facts: ContainerFacts): OutgoingBatch {
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

	/** Capture was not running; what it missed is not known. */
	captureGap(sinceNs: number): OutgoingBatch {
		const nothingKnown = { lost: -1, batches: 0, firstSequence: -1, lastSequence: -1 };
		const gap = {
			reason: 'capture-restarted',
			producer: 'CAPTURE',
			processes: true,
			cpus: [],
			sinceNs,
			containerId: '',
		} as const;
		return this.#batch('gap', (header) => ({
			'lanner.events.Gap': { header, stage: 'CAPTURE', ...gap, ...nothingKnown },
		}));
	}

	/** Losses on the way to the log, a Gap each. */
	losses(losses: readonly Loss[]): OutgoingBatch {
		const make = losses.map(
			({ stage, reason, producer, batches, events, firstSequence, lastSequence }) =>
				(header: EventHeader): BatchEvent => ({
					'lanner.events.Gap': {
						...{ header, stage, reason, producer, batches, firstSequence, lastSequence },
						...{ lost: events, processes: producer !== 'AGENT', cpus: [], sinceNs: -1, containerId: '' },
					},
				}),
		);
		return { ...this.#batch('gap', ...make), reportsLoss: true };
	}

	/** They are rare, and each is worth having at once. */
	#batch(type: EventType, ...make: readonly ((header: EventHeader) => BatchEvent)[]): OutgoingBatch {
		const { identity, probeVersion, now } = this.#options;
		const time = now();
		const ms = time.getTime();
		const header: EventHeader = { time: 0, type, flags: 0, cpu: -1, tid: 0, pid: 0, start: 0, result: 0 };
		const firstSequence = this.#sequence;
		this.#sequence += make.length;
		const value = encodeEventBatch({
			...identity,
			producer: 'AGENT',
			firstSequence,
			baseTimeS: Math.floor(ms / 1000),
			baseTimeNs: (ms % 1000) * 1_000_000,
			utcOffsetS: utcOffsetS(time),
			probeVersion,
			events: make.map((event) => event(header)),
		});
		return { value, producer: 'AGENT', events: make.length, firstSequence, reportsLoss: false };
	}
}

function optional(value: boolean | null): { boolean: boolean } | null {
	return value === null ? null : { boolean: value };
}
