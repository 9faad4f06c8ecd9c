/** What must hold at the end of a run: the promises, checked against the log alone. */
import { isDeepStrictEqual } from 'node:util';
import { evaluateBatch, HostView } from '#evaluator/evaluate.ts';
import type { RuleSet } from '#rules/compile/rule-set.ts';
import type { EventSubject } from '#rules/subject.ts';
import { alertCodec, deadLetterCodec } from '#schemas/codec.ts';
import { DecodeError } from '#schemas/decode-error.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState, loadHost } from '#state/index.ts';
import { describeHost } from '#test/support/host-events.ts';
import type { SimHost } from './host.ts';
import type { SimLog } from './log.ts';
import type { SimStore } from './store.ts';

export type World = {
	readonly log: SimLog;
	readonly store: SimStore;
	readonly hosts: readonly SimHost[];
	readonly ruleSet: RuleSet<EventSubject>;
};

export type Verdict = {
	readonly problems: readonly string[];
	readonly alerts: number;
	readonly repeats: number;
};

/** Of problems of one kind so many are shown. */
const shownMax = 5;

export function check(world: World): Verdict {
	const problems: string[] = [...world.store.problems];
	const { alerts: golden, dead, states } = evaluateAll(world, problems);
	const told = toldAlerts(world, problems);
	const missing = [...golden.keys()].filter((id) => !told.byId.has(id));
	const strange = [...told.byId.keys()].filter((id) => !golden.has(id));
	list(
		problems,
		'alert missing',
		missing.map((id) => describe(golden.get(id)!)),
	);
	list(
		problems,
		'alert that one evaluator does not make',
		strange.map((id) => describe(told.byId.get(id)!)),
	);
	const changed = [...told.byId].filter(([id, value]) => golden.has(id) && !golden.get(id)!.equals(value));
	list(
		problems,
		'alert with other contents',
		changed.map(([, value]) => describe(value)),
	);
	checkOrder(golden, told.firstByHost, problems);
	checkAcknowledged(world, golden, problems);
	checkDead(world, dead, problems);
	checkState(world, states, problems);
	return { problems, alerts: golden.size, repeats: told.repeats };
}

function list(problems: string[], what: string, found: readonly string[]): void {
	for (const one of found.slice(0, shownMax)) problems.push(`${what}: ${one}`);
	if (found.length > shownMax) problems.push(`${what}: ${found.length - shownMax} more`);
}

function describe(value: Buffer): string {
	const { hostId, bootId, producer, sequence, rule, output } = alertCodec.decode(value);
	return `${hostId} ${bootId} ${producer} ${sequence} ${rule}: ${output}`;
}

type Golden = {
	readonly alerts: Map<string, Buffer>;
	/** Records that do not decode, as `partition offset`. */
	readonly dead: Map<string, Buffer>;
	/** By partition and host. */
	readonly states: Map<string, HostState>;
};

/** One evaluator, one process, no store: every record of the log in its order. */
function evaluateAll({ log, ruleSet }: World, problems: string[]): Golden {
	const golden: Golden = { alerts: new Map(), dead: new Map(), states: new Map() };
	for (let partition = 0; partition < log.partitions; partition++) {
		const reader = new EventReader();
		const views = new Map<string, HostView>();
		for (const { offset, value } of log.records('lanner.events', partition)) {
			const alerts: Alert[] = [];
			let fault: DecodeError | null;
			try {
				reader.open(value);
				const { hostId } = reader.batch;
				const view = views.get(hostId) ?? new HostView(new HostState(hostId), reader);
				views.set(hostId, view);
				golden.states.set(`${partition} ${hostId}`, view.state);
				fault = evaluateBatch(reader, view, ruleSet, alerts).fault;
			} catch (error) {
				if (!(error instanceof DecodeError)) throw error;
				fault = error;
			}
			if (fault !== null) golden.dead.set(`${partition} ${offset}`, Buffer.from(value));
			for (const alert of alerts) {
				if (golden.alerts.has(alert.id)) problems.push(`id ${alert.id} was made twice: ${alert.output}`);
				golden.alerts.set(alert.id, alertCodec.encode(alert));
			}
		}
	}
	return golden;
}

function toldAlerts({ log }: World, problems: string[]) {
	const byId = new Map<string, Buffer>();
	const firstByHost = new Map<string, string[]>();
	let repeats = 0;
	for (let partition = 0; partition < log.partitions; partition++) {
		for (const record of log.records('lanner.alerts', partition)) {
			const value = Buffer.from(record.value);
			const { id, hostId } = alertCodec.decode(value);
			const known = byId.get(id);
			if (known === undefined) {
				byId.set(id, value);
				firstByHost.set(hostId, [...(firstByHost.get(hostId) ?? []), id]);
			} else {
				repeats++;
				if (!known.equals(value)) problems.push(`alert ${id} was repeated with other bytes`);
			}
			if (record.key !== hostId) problems.push(`alert of ${hostId} under the key ${record.key}`);
		}
	}
	return { byId, firstByHost, repeats };
}

function checkOrder(golden: Map<string, Buffer>, told: Map<string, string[]>, problems: string[]): void {
	const place = new Map([...golden.keys()].map((id, i) => [id, i]));
	for (const [hostId, ids] of told) {
		const places = ids.map((id) => place.get(id) ?? -1).filter((at) => at >= 0);
		if (places.some((at, i) => i > 0 && at < places[i - 1]!))
			problems.push(`alerts of ${hostId} are out of order`);
	}
}

/** What the log has acknowledged to a host is evaluated: each matching event has its alert. */
function checkAcknowledged({ hosts }: World, golden: Map<string, Buffer>, problems: string[]): void {
	const found = new Set(
		[...golden.values()].map((value) => {
			const { hostId, bootId, sequence, producer } = alertCodec.decode(value);
			return `${hostId} ${bootId} ${producer} ${sequence}`;
		}),
	);
	for (const { hostId, acknowledged } of hosts) {
		for (const key of acknowledged) {
			const [bootId, sequence] = key.split(' ');
			if (!found.has(`${hostId} ${bootId} capture ${sequence}`))
				problems.push(`${hostId}: event ${key} has no alert`);
		}
	}
}

function checkDead({ log }: World, dead: Golden['dead'], problems: string[]): void {
	const found = new Set<string>();
	for (let partition = 0; partition < log.partitions; partition++) {
		for (const { value } of log.records('lanner.events.dead', partition)) {
			const letter = deadLetterCodec.decode(value);
			const place = `${letter.partition} ${letter.offset}`;
			found.add(place);
			if (dead.get(place)?.equals(letter.value) !== true)
				problems.push(`the dead letter of ${place} is not what is there`);
		}
	}
	for (const place of dead.keys()) if (!found.has(place)) problems.push(`${place} has no dead letter`);
}

function checkState({ store }: World, states: Golden['states'], problems: string[]): void {
	for (const [place, state] of states) {
		const [partition, hostId] = place.split(' ');
		const saved = loadHost(hostId!, store.entries(Number(partition), hostId!));
		if (!isDeepStrictEqual(describeHost(saved), describeHost(state)))
			problems.push(
				`the state of ${hostId} in partition ${partition} is not the fold of its events: ${difference(describeHost(saved), describeHost(state))}`,
			);
	}
}

/** The first place where two plain values differ. */
function difference(saved: unknown, folded: unknown, path = ''): string {
	if (typeof saved !== 'object' || typeof folded !== 'object' || saved === null || folded === null)
		return `${path} is ${JSON.stringify(saved)}, should be ${JSON.stringify(folded)}`;
	const keys = [...new Set([...Object.keys(saved), ...Object.keys(folded)])];
	const at = (from: object, key: string): unknown => (from as Record<string, unknown>)[key];
	const wrong = keys.find((key) => !isDeepStrictEqual(at(saved, key), at(folded, key)));
	return wrong === undefined
		? 'nothing'
		: difference(at(saved, wrong), at(folded, wrong), `${path}/${wrong}`);
}
