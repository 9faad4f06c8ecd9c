/**
 * The hosts that the console shows: those of the state store, where it can be read, with what alerts tell of them; without a store those
 * that had alerts. The store is asked when somebody looks, once in `cacheMs` for everybody. One that does not answer in time, or refuses
 * us, is told on the page; alerts go on.
 */
import type { HostState } from '#schemas/generated/host-state.ts';
import { HostsTold, type HostTold } from './told.ts';

/** From the store: by host id. */
export type ReadHostStates = () => Promise<ReadonlyMap<string, HostState>>;

/**
 * `alive`: heard lately · `silent`: an evaluator said so · `stopped`: its probe said that it stops · `unclear`: neither heard lately nor told
 * silent (evaluators are behind or away, or its clock is wrong) · `unknown`: nobody told anything of its probe (no store to ask).
 */
export type HostCondition = 'silent' | 'unclear' | 'alive' | 'stopped' | 'unknown';

export type HostRow = {
	readonly id: string;
	readonly name: string;
	readonly state: HostCondition;
	/** Its last batch, by its own clock; null = not known. */
	readonly heard: string | null;
	/** Losses, and no whole list of its processes since. */
	readonly incomplete: boolean;
	readonly incompleteReason: string;
	/** Events by reason, as alerts told since the history that was read back; 0 = their number is not known. */
	readonly lost: Readonly<Record<string, number>>;
	readonly tampered: number;
	/** Another host that speaks under this id; null = none was told. */
	readonly sharedWith: string | null;
	readonly alerts: number;
	readonly lastAlert: string | null;
};

export type HostList = {
	readonly hosts: readonly HostRow[];
	/** Where states are from: `alerts` when there is no store to ask, or it did not answer. */
	readonly source: 'store' | 'alerts';
	/** Why the store did not answer; null = it did, or there is none. */
	readonly problem: string | null;
};

export type HostsOptions = {
	/** Null = there is no store that the console may read. */
	readonly readStates: ReadHostStates | null;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

const cacheMs = 5_000;
/** A probe gives a sign of life every 5 s; evaluators may be behind a little. */
const heardWithinMs = 60_000;
const order: readonly HostCondition[] = ['silent', 'unclear', 'unknown', 'alive', 'stopped'];

type Asked = {
	readonly atMs: number;
	readonly states: ReadonlyMap<string, HostState> | null;
	readonly problem: string | null;
};

export class Hosts {
	readonly told = new HostsTold();
	readonly #options: HostsOptions;
	#asked: { readonly atMs: number; readonly answer: Promise<Asked> } | null = null;

	constructor(options: HostsOptions) {
		this.#options = options;
	}

	/** Those that need a person first. */
	async list(): Promise<HostList> {
		const { states, problem } = await this.#states();
		const ids = new Set([...(states?.keys() ?? []), ...[...this.told.all()].map(({ hostId }) => hostId)]);
		const nowMs = this.#options.now();
		const hosts = [...ids].map((id) => rowOf(id, states?.get(id), this.told.get(id), nowMs));
		hosts.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
		return { hosts, source: states === null ? 'alerts' : 'store', problem };
	}

	#states(): Promise<Asked> {
		const { readStates, now } = this.#options;
		const atMs = now();
		if (readStates === null) return Promise.resolve({ atMs, states: null, problem: null });
		if (this.#asked !== null && atMs - this.#asked.atMs < cacheMs) return this.#asked.answer;
		const answer = readStates().then(
			(states): Asked => ({ atMs, states, problem: null }),
			(error: Error): Asked => ({ atMs, states: null, problem: error.message }),
		);
		this.#asked = { atMs, answer };
		return answer;
	}
}

function rank({ state, incomplete }: HostRow): number {
	return order.indexOf(state) * 2 + (incomplete ? 0 : 1);
}

function rowOf(id: string, state: HostState | undefined, told: HostTold | undefined, nowMs: number): HostRow {
	return {
		id,
		name: state?.hostName || told?.name || id,
		state: state === undefined ? toldCondition(told) : conditionOf(state, nowMs),
		heard: heardOf(state) ?? told?.silentSince ?? null,
		incomplete: state?.incomplete ?? told?.incomplete ?? false,
		incompleteReason: state?.incompleteReason ?? '',
		lost: Object.fromEntries(told?.lost ?? []),
		tampered: told?.tampered ?? 0,
		sharedWith: told?.sharedWith ?? null,
		alerts: told?.alerts ?? 0,
		lastAlert: told?.lastAlert ?? null,
	};
}

function heardOf(state: HostState | undefined): string | null {
	return state === undefined || state.heardS === 0 ? null : new Date(state.heardS * 1000).toISOString();
}

function conditionOf({ probe, silent, heardS }: HostState, nowMs: number): HostCondition {
	if (probe === 'STOPPED') return 'stopped';
	if (silent) return 'silent';
	return nowMs - heardS * 1000 <= heardWithinMs ? 'alive' : 'unclear';
}

function toldCondition(told: HostTold | undefined): HostCondition {
	return told?.silent === true ? 'silent' : 'unknown';
}
