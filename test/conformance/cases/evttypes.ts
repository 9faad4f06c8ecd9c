/** evttypes.jsonl: the event types and system calls that can satisfy a condition. */
import { EventTypeAnalysis, EventTypeError, type EventTypeSet } from '#rules/check/index.ts';
import { events } from '#rules/events/index.ts';
import { ParseError, parseCondition } from '#rules/parse/index.ts';
import { encodeUtf8 } from '#schemas/text.ts';
import { type Case, type CaseKind, differsAsJson, type Verdict } from '../kind.ts';

/** Falco has one event name for all system calls without an event of their own. */
const genericName = 'syscall(generic)';

export function falcoEventNames(set: EventTypeSet): string[] | 'ALL' {
	if (set.isAll) return 'ALL';
	const names = new Set(set.names().map((name) => (isNamed(name) ? name : genericName)));
	return [...names].sort();
}

function isNamed(name: string): boolean {
	if (name === 'syscall') return false;
	const info = events.get(name);
	return name === 'NA' || (info !== undefined && info.kind !== 'generic-syscall');
}

function syscallsOf(set: EventTypeSet): string[] | 'ALL' | string {
	if (set.isAll) return 'ALL';
	const names = new Set(set.names().flatMap((name) => events.get(name)?.syscalls ?? []));
	return [...names].sort();
}

function judge(line: Case): Verdict {
	let set: EventTypeSet;
	try {
		set = new EventTypeAnalysis().of(parseCondition(encodeUtf8(line.filter as string)));
	} catch (error) {
		if (!(error instanceof EventTypeError) && !(error instanceof ParseError)) throw error;
		return line.error === undefined
			? { expected: JSON.stringify(line.event_names), got: error.message }
			: null;
	}
	if (line.error !== undefined)
		return { expected: `refused: ${line.error}`, got: JSON.stringify(falcoEventNames(set)) };
	const expectedNames = Array.isArray(line.event_names) ? [...line.event_names].sort() : line.event_names;
	return (
		differsAsJson(expectedNames, falcoEventNames(set)) ?? compareSyscalls(line.syscalls, syscallsOf(set))
	);
}

/** Long lists of system calls are given as `MANY:count`. */
function compareSyscalls(expected: unknown, got: string[] | string): Verdict {
	if (typeof expected === 'string' && expected.startsWith('MANY:') && Array.isArray(got)) {
		return differsAsJson(expected, `MANY:${got.length}`);
	}
	return differsAsJson(expected, got);
}

export const eventTypesKind: CaseKind = { file: 'evttypes.jsonl', prepare: () => judge };
