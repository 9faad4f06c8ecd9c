/** What a check found: one line, and what to do when it is bad. */

export type Finding = {
	readonly check: string;
	readonly ok: boolean;
	/** What was found, with the value. */
	readonly detail: string;
	/** Empty when fine. */
	readonly remedy: string;
};

export function good(check: string, detail: string): Finding {
	return { check, ok: true, detail, remedy: '' };
}

export function bad(check: string, detail: string, remedy: string): Finding {
	return { check, ok: false, detail, remedy };
}
