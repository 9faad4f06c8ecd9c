/** A rule as the loader hands it over: enabled, macros and lists put in, checked. */
import type { Expression } from '../ast.ts';
import type { ExtraField } from '../format/rule-output.ts';

export type Rule = {
	readonly name: string;
	readonly condition: Expression;
	/** Output template, a byte string, without the leading star that Falco adds. */
	readonly output: string;
	readonly priority: string;
	readonly tags: readonly string[];
	/** For example `syscall`. */
	readonly source: string;
	/** Fields for the alert's JSON only (`append_output`). */
	readonly extraFields?: readonly ExtraField[];
};
