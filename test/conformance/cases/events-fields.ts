/**
 * events_fields.jsonl: values of fields after each event, on the real path. Only what our stream can carry is asked: event
 * types that are system calls of ours, and fields that `compared` lists; the README of the reference explains the steps.
 */
import { compileRuleSet } from '#rules/compile/rule-set.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { loadRules } from '#rules/load/index.ts';
import { EventSubject } from '#rules/subject.ts';
import { eventTypeIndex, eventTypes } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { Adapter, type CaseThread, type Environment } from '../adapter.ts';
import type { Case, CaseKind, Verdict } from '../kind.ts';
import { readEnvironment } from './e2e-engine.ts';
import { type Asked, notCompared } from './events-fields-scope.ts';

type Step = {
	readonly do?: 'open' | 'event';
	readonly expect?: 'fields' | 'field' | 'has_value' | 'eval' | 'compiles';
	readonly ts: number;
	readonly tid: number;
	readonly name: string;
	readonly params: Record<string, unknown>;
	readonly fields: Record<string, string>;
	readonly field: string;
	readonly value: string | boolean;
	readonly filter: string;
	readonly result: boolean;
	readonly ok?: boolean;
	readonly error?: string;
};

class Run {
	readonly #reader = new EventReader();
	readonly #host = new HostState('case');
	readonly #subject: EventSubject;
	readonly #adapter: Adapter;
	readonly #texts = new Map<string, (subject: EventSubject, eventType: number) => string>();
	/** Type of the current event; null when our stream does not have it. */
	#type: string | null = null;
	#step: Pick<Step, 'tid' | 'params'> = { tid: 0, params: {} };
	readonly #cloned = new Set<number>();

	constructor(threads: readonly CaseThread[], environment: Environment) {
		this.#subject = new EventSubject(this.#host, this.#reader);
		this.#adapter = new Adapter({ threads, pluginFields: {}, hostName: 'testhost', environment });
		this.#reader.open(this.#adapter.begin(environment));
		this.#host.enterBatch(this.#reader.batch);
		while (this.#reader.next()) this.#host.apply(this.#reader);
	}

	event(step: Step): void {
		this.#settle();
		this.#type = null;
		if (step.name === 'clone') this.#cloned.add(Number(step.params.res) || step.tid);
		if (!eventTypeIndex.has(step.name)) return;
		const converted = this.#adapter.next({
			ts: step.ts,
			tid: step.tid,
			type: step.name,
			params: step.params,
		});
		if (converted.batch === null) return;
		this.#reader.open(converted.batch);
		this.#host.enterBatch(this.#reader.batch);
		for (let i = 0; i < converted.before; i++) {
			this.#reader.next();
			this.#host.apply(this.#reader);
			this.#host.settle(this.#reader);
		}
		this.#reader.next();
		this.#host.apply(this.#reader);
		this.#subject.enter(this.#reader);
		this.#type = step.name;
		this.#step = step;
		if (step.name.startsWith('exec')) this.#cloned.delete(step.tid);
	}

	check(step: Step): Verdict {
		const type = this.#type;
		if (step.expect === 'compiles') return this.#compiles(step);
		if (type === null) return null;
		if (step.expect === 'fields') return this.#fields(step, type);
		if (step.expect === 'eval') return this.#evaluates(step);
		if (notCompared(step.field, this.#asked(type))) return null;
		const got = this.#text(step.field);
		if (step.expect === 'has_value') return differs(step, String(step.value), String(got !== null));
		return differs(step, String(step.value), got ?? 'nothing');
	}

	#asked(eventType: string): Asked {
		const { tid, params } = this.#step;
		return { eventType, params, cloned: this.#cloned.has(tid) };
	}

	#settle(): void {
		if (this.#type !== null) this.#host.settle(this.#reader);
	}

	#fields(step: Step, type: string): Verdict {
		for (const [field, value] of Object.entries(step.fields)) {
			if (notCompared(field, this.#asked(type))) continue;
			const got = this.#text(field) ?? 'nothing';
			if (got !== value) return { expected: `${type} ${field}=${value}`, got };
		}
		return null;
	}

	/** The field as an output shows it; null = no value. */
	#text(field: string): string | null {
		let read = this.#texts.get(field);
		if (read === undefined) {
			const rule = { rule: 'r', desc: 'd', condition: 'evt.num >= 0', output: `%${field}`, priority: 'info' };
			const loaded = loadRules([{ name: 'r.yaml', content: JSON.stringify([rule]) }], {
				catalogue: eventFieldCatalogue,
			});
			const ruleSet = compileRuleSet(loaded.rules, eventFieldCatalogue, { ruleMatching: 'all', eventTypes });
			const output = ruleSet.outputs[0]!;
			read = (subject, eventType) => {
				const captured = output.capture(subject, eventType);
				const values = [...output.fields(captured).values()];
				return values.length === 1 && values[0] === null ? '\0' : output.text(captured);
			};
			this.#texts.set(field, read);
		}
		const text = read(this.#subject, this.#reader.header.type);
		return text === '\0' ? null : text;
	}

	#evaluates(step: Step): Verdict {
		const loaded = load(step.filter);
		if (loaded === null)
			return step.error === undefined ? { expected: `${step.filter} compiles`, got: 'an error' } : null;
		if (step.error !== undefined) return { expected: `${step.filter}: ${step.error}`, got: 'it compiles' };
		const found = loaded.match(this.#subject, this.#reader.header.type, []) > 0;
		return differs(step, String(step.result), String(found));
	}

	#compiles(step: Step): Verdict {
		const compiles = load(step.filter) !== null;
		return differs(step, String(step.error === undefined && step.ok !== false), String(compiles));
	}
}

function load(filter: string) {
	const rule = { rule: 'r', desc: 'd', condition: filter, output: 'o', priority: 'info' };
	const loaded = loadRules([{ name: 'r.yaml', content: JSON.stringify([rule]) }], {
		catalogue: eventFieldCatalogue,
	});
	if (!loaded.ok) return null;
	return compileRuleSet(loaded.rules, eventFieldCatalogue, { ruleMatching: 'all', eventTypes });
}

function differs(step: Step, expected: string, got: string): Verdict {
	return expected === got ? null : { expected: `${step.field ?? step.filter} = ${expected}`, got };
}

export const eventsFieldsKind: CaseKind = {
	file: 'events_fields.jsonl',
	prepare: (_lines, folder) => {
		const environment = readEnvironment(folder);
		return (line: Case): Verdict => {
			const run = new Run(line.initial_threads as CaseThread[], environment);
			for (const step of line.steps as Step[]) {
				if (step.do === 'event') run.event(step);
				if (step.expect === undefined) continue;
				const verdict = run.check(step);
				if (verdict !== null) return verdict;
			}
			return null;
		};
	},
};
