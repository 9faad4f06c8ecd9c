/**
 * A test is what an operator and its constants make of one scalar value: a pure question with a key that says when two
 * tests are the same (the compiler evaluates the same question about the same value once).
 */

/** What a test looks at: `bytes` = the byte string of a `Text` (strings, buffers, addresses). */
export type TestSubject = 'bytes' | 'number' | 'boolean';

/** Raw value handed to a test, by subject. */
export type Raw = string | number | bigint | boolean;

export type Test = {
	readonly subject: TestSubject;
	/** Same key = same answer for every value. */
	readonly key: string;
	readonly run: (value: Raw) => boolean;
	/**
	 * JavaScript for the answer, given the JavaScript of the value; only when it is shorter than calling `run`.
	 * Constants are embedded as escaped literals.
	 */
	readonly inline?: (value: string) => string;
	/** Rough price in nanoseconds; only the order matters. */
	readonly cost: number;
	/** Guess of the share of values that pass, 0 to 1; default `passDefault`. Only the order of evaluation follows it. */
	readonly pass?: number;
	/** What can be told of the values that pass, for the rule index. */
	readonly shape?: TestShape;
	/** Of numbers: all that pass, and nothing else does; each a safe integer. Absent: not known. */
	readonly numbers?: readonly number[];
	/** Of `pmatch`: the test holds for paths below any of these patterns. */
	readonly pathPrefixes?: readonly string[];
};

/**
 * Byte strings that pass are one of `values`, or begin with, end with, contain one of them. `exact`: all such strings pass;
 * otherwise the test still has to be asked.
 */
export type TestShape = {
	readonly kind: 'oneof' | 'prefix' | 'suffix' | 'contains';
	readonly values: readonly string[];
	readonly exact: boolean;
};

/** Rules look for the rare. */
export const passDefault = 0.1;
/** For tests that part the values in halves. */
export const passHalf = 0.5;

export const costs = {
	equal: 3,
	set: 15,
	search: 25,
	prefix: 10,
	glob: 60,
	pathPrefix: 80,
	network: 20,
	regex: 2000,
};

/** A byte string as a JavaScript literal, safe in source text. */
export function literal(value: string): string {
	return JSON.stringify(value).replace(
		/[\u007f-\uffff]/g,
		(c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

/** Answers of several tests joined: at least one, every, exactly one. No tests: false. */
export function combine(modifier: 'anyof' | 'allof' | 'oneof', key: string, tests: readonly Test[]): Test {
	const runs = tests.map((test) => test.run);
	const cost = tests.reduce((sum, test) => sum + test.cost, 0);
	const subject = tests[0]?.subject ?? 'bytes';
	if (runs.length === 0) return never(subject);
	if (modifier === 'anyof') {
		const any: Test = { subject, key, cost, run: (value) => runs.some((run) => run(value)) };
		const shape = jointShape(tests);
		return shape === null ? any : { ...any, shape };
	}
	if (modifier === 'allof') return { subject, key, cost, run: (value) => runs.every((run) => run(value)) };
	const exactlyOne = (value: Raw): boolean => {
		let count = 0;
		for (const run of runs) if (run(value) && ++count > 1) return false;
		return count === 1;
	};
	return { subject, key, cost, run: exactlyOne };
}

function jointShape(tests: readonly Test[]): TestShape | null {
	const shapes = tests.map((test) => test.shape);
	const kind = shapes[0]?.kind;
	if (kind === undefined || shapes.some((shape) => shape?.kind !== kind)) return null;
	return {
		kind,
		values: shapes.flatMap((shape) => shape?.values ?? []),
		exact: shapes.every((shape) => shape?.exact),
	};
}

export function never(subject: TestSubject): Test {
	return { subject, key: `never:${subject}`, cost: 0, pass: 0, run: () => false, inline: () => 'false' };
}

/** The opposite for a value that is there (a missing value never reaches a test). */
export function negate(test: Test): Test {
	const { run, inline } = test;
	const base = {
		subject: test.subject,
		key: `!${test.key}`,
		cost: test.cost,
		run: (value: Raw) => !run(value),
	};
	return inline === undefined ? base : { ...base, inline: (value) => `!(${inline(value)})` };
}
