/** What a rules file defines, as written: lists, macros, rules, before lists and macros are put in. */
import { type Priority, priorities } from '#schemas/alert/priority.ts';
import type { SourceText } from './places.ts';

/** Case does not matter; `Info` is `Informational`. */
export function parsePriority(text: string): Priority | null {
	const wanted = text.toLowerCase() === 'info' ? 'informational' : text.toLowerCase();
	return priorities.find((name) => name.toLowerCase() === wanted) ?? null;
}

/** A place in a file, for messages. */
export type Origin = { readonly source: SourceText; readonly offset: number };

export type ListDefinition = {
	readonly name: string;
	items: readonly string[];
	readonly origin: Origin;
	/** Order of definition; kept when the item is redefined. */
	readonly position: number;
	/** Lists defined before this can be named by its items; moves with every append. */
	visibility: number;
};

export type MacroDefinition = {
	readonly name: string;
	/** Byte string. */
	condition: string;
	conditionOrigin: Origin;
	readonly origin: Origin;
	readonly position: number;
	/** Macros defined before this can be used in it. */
	visibility: number;
};

/** A value of an exception: a scalar or a list (of scalars and lists). */
export type ExceptionValue = string | readonly ExceptionValue[];

export type ExceptionDefinition = {
	readonly name: string;
	/** One field, or a list of fields whose values come as tuples. Null only in an append. */
	fields: string | readonly string[] | null;
	comps: string | readonly string[] | null;
	values: readonly ExceptionValue[];
	readonly hasValues: boolean;
	readonly origin: Origin;
};

export type RuleDefinition = {
	readonly name: string;
	condition: string;
	conditionOrigin: Origin;
	output: string;
	outputOrigin: Origin;
	description: string;
	priority: Priority;
	source: string;
	enabled: boolean;
	tags: readonly string[];
	exceptions: readonly ExceptionDefinition[];
	warnEvttypes: boolean;
	skipIfUnknownFilter: boolean;
	capture: boolean;
	/** Milliseconds; null = the configured default. */
	captureDurationMs: number | null;
	readonly origin: Origin;
	readonly position: number;
};

export type PluginVersion = { readonly name: string; readonly version: string };
export type PluginRequirement = PluginVersion & { readonly alternatives: readonly PluginVersion[] };
