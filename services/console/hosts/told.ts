/**
 * What alerts tell of hosts: that a probe fell silent or was heard again, and what was lost. Lanner's own alerts carry it, so that no event
 * has to be read for it. Bounded: `hostsMax` hosts, the one whose last alert is the oldest goes first.
 */
import { lossReasonOf } from '#platform/metrics-catalogue.ts';
import { alertTime } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';

/** Rules of services/evaluator (silence/alerts.ts, loss.ts, shared-id.ts), which a test compares. */
export const ownRules = {
	silent: 'Probe silent',
	heard: 'Probe heard again',
	lost: 'Lanner internal: events lost',
	tampered: 'Lanner internal: probe tampered with',
	shared: 'Lanner internal: host id shared',
} as const;

const hostsMaxDefault = 10_000;

export type HostTold = {
	readonly hostId: string;
	name: string;
	/** Since the history that was read back. */
	alerts: number;
	lastAlert: string;
	/** Null = neither was told. */
	silent: boolean | null;
	silentSince: string | null;
	/** As of its last alert. */
	incomplete: boolean;
	/** Events by reason; 0 = their number is not known. */
	readonly lost: Map<string, number>;
	tampered: number;
	/** Name of another host that speaks under this id, told last; null = none was. */
	sharedWith: string | null;
};

export class HostsTold {
	readonly #hosts = new Map<string, HostTold>();
	readonly #hostsMax: number;

	constructor(hostsMax = hostsMaxDefault) {
		this.#hostsMax = hostsMax;
	}

	note(alert: Alert): void {
		const { hostId, hostName, incomplete } = alert;
		const host = this.#hosts.get(hostId) ?? unheardOf(hostId);
		// Last in the order of the map: the others are older.
		this.#hosts.delete(hostId);
		this.#hosts.set(hostId, host);
		host.name = hostName;
		host.alerts++;
		host.lastAlert = alertTime(alert);
		host.incomplete = incomplete;
		noteOwn(host, alert);
		for (const oldest of this.#hosts.keys()) {
			if (this.#hosts.size <= this.#hostsMax) break;
			this.#hosts.delete(oldest);
		}
	}

	all(): Iterable<HostTold> {
		return this.#hosts.values();
	}

	get(hostId: string): HostTold | undefined {
		return this.#hosts.get(hostId);
	}
}

function unheardOf(hostId: string): HostTold {
	return {
		...{ hostId, name: '', alerts: 0, lastAlert: '', silent: null, silentSince: null, incomplete: false },
		...{ lost: new Map<string, number>(), tampered: 0, sharedWith: null },
	};
}

function noteOwn(host: HostTold, alert: Alert): void {
	// Anybody can name a rule so; only Lanner's own have this source.
	if (alert.source !== 'internal') return;
	switch (alert.rule) {
		case ownRules.silent:
			host.silent = true;
			host.silentSince = textField(alert, 'probe.last_heard') ?? alertTime(alert);
			break;
		case ownRules.heard:
			host.silent = false;
			host.silentSince = null;
			break;
		case ownRules.tampered:
			host.tampered++;
			break;
		case ownRules.shared:
			host.sharedWith = textField(alert, 'host.other_name');
			break;
		case ownRules.lost:
			noteLoss(host, alert);
	}
}

function noteLoss({ lost }: HostTold, alert: Alert): void {
	const reason = lossReasonOf(textField(alert, 'gap.reason') ?? '');
	lost.set(reason, (lost.get(reason) ?? 0) + Number(textField(alert, 'gap.lost') ?? 0));
}

function textField({ outputFields }: Alert, name: string): string | null {
	const value = outputFields.find((field) => field.name === name)?.value ?? null;
	return value === null ? null : String(Object.values(value)[0]);
}
