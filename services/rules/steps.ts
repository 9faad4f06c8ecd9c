/**
 * Long work in steps: a generator that yields where the caller may do something else. Loading and compiling thousands of rules
 * takes seconds; whoever serves events meanwhile (a reload) takes the steps one by one, all others take them at once.
 */
export type Steps<T> = Generator<void, T>;

/** All steps at once. */
export function finish<T>(steps: Steps<T>): T {
	for (;;) {
		const { done, value } = steps.next();
		if (done === true) return value;
	}
}
