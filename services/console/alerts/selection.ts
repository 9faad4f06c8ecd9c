/**
 * Which alerts a page or a client wants: the parameters of a request as one predicate. All that are given must hold. `filter` is a condition
 * in the rule language over the fields of alerts, the same as `when` of an output; its compiler is given by whoever wires the roles.
 */
import { type Priority, priorities } from '#schemas/alert/priority.ts';
import type { Alert, OutputField } from '#schemas/generated/alert.ts';

export type Predicate = (alert: Alert) => boolean;
export type CompileFilter = (
	condition: string,
) => { readonly test: Predicate } | { readonly problem: string };

/** A request that cannot be answered as it is; the text is for its sender. */
export class BadRequestError extends Error {
	readonly code = 'bad-request';
}

const valueCharsMax = 1_000;

/** Names of parameters that select. */
export const selectionNames = ['text', 'priority', 'rule', 'host', 'tag', 'filter'] as const;
type Name = (typeof selectionNames)[number];

const makers: Readonly<Record<Name, (value: string, compile: CompileFilter) => Predicate>> = {
	text: containing,
	priority: (value) => {
		const rank = priorities.findIndex((one) => one.toLowerCase() === value.toLowerCase());
		if (rank < 0) throw new BadRequestError(`priority is none of ${priorities.join(', ')}`);
		return ({ priority }) => priorities.indexOf(priority as Priority) <= rank;
	},
	rule: (value) => (alert) => alert.rule === value,
	host: (value) => (alert) => alert.hostName === value || alert.hostId === value,
	tag: (value) => (alert) => alert.tags.includes(value),
	filter: (value, compile) => {
		const compiled = compile(value);
		if ('problem' in compiled) throw new BadRequestError(`filter: ${compiled.problem}`);
		return compiled.test;
	},
};

/** Empty values select nothing out. Throws `BadRequestError`. */
export function selectionOf(params: URLSearchParams, compile: CompileFilter): Predicate {
	const tests = selectionNames.flatMap((name) => {
		const value = params.get(name) ?? '';
		if (value === '') return [];
		if (value.length > valueCharsMax)
			throw new BadRequestError(`${name} has ${value.length} characters; at most ${valueCharsMax} are read`);
		return [makers[name](value, compile)];
	});
	return (alert) => tests.every((test) => test(alert));
}

/** Parts of the alert that a person sees, without regard to case. */
function containing(text: string): Predicate {
	const wanted = text.toLowerCase();
	return (alert) => {
		const { output, rule, hostName, hostId, containerId, id, tags, outputFields } = alert;
		const parts = [output, rule, hostName, hostId, containerId, id, ...tags];
		return (
			parts.some((part) => part.toLowerCase().includes(wanted)) ||
			outputFields.some(({ value }) => textsOf(value).some((part) => part.toLowerCase().includes(wanted)))
		);
	};
}

function textsOf(value: OutputField['value']): string[] {
	if (value === null) return [];
	if ('array' in value) return value.array.flatMap(textsOf);
	return [String(Object.values(value)[0])];
}
