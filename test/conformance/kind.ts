/**
 * The plug-in shape of the conformance runner: one file of `cases/` per kind of case file. A kind says which file it
 * reads and how one case is judged; counting, printing and known differences are the runner's.
 */

/** One line of a case file: an object with a unique `id` (lines without one, such as a field table, have none). */
export type Case = { readonly id?: string; readonly [key: string]: unknown };

/** `null` = agrees. Otherwise what was expected and what we got, as short texts for people. */
export type Difference = { readonly expected: string; readonly got: string };
export type Verdict = Difference | null;

export type CaseKind = {
	/** File name inside the cases folder, for example `parser.jsonl`. */
	readonly file: string;
	/**
	 * Called once with every line of the file (so that a kind can build shared tables) and the folder; returns the judge
	 * of one case, or `null` for a line that is no case. A judge that throws counts as a failure of that case.
	 */
	/** Names a case whose line has no `id`. */
	readonly idOf?: (line: Case) => string | undefined;
	readonly prepare: (lines: readonly Case[], casesFolder: string) => Judge | Promise<Judge>;
};

export type Judge = (line: Case) => Verdict | 'not a case' | Promise<Verdict | 'not a case'>;

/** Compares by JSON text; use for plain data whose key order we control. */
export function differsAsJson(expected: unknown, got: unknown): Verdict {
	const left = JSON.stringify(expected);
	const right = JSON.stringify(got);
	return left === right ? null : { expected: left ?? 'undefined', got: right ?? 'undefined' };
}
