/**
 * Alerts that are told together in one message: how many, of which rules, from when to when, how urgent. Bounded whatever their number and
 * size: of the first and the last only the head is kept, of rules `rulesMax` names. The same alerts, summed up by the same output, give the
 * same id, so that a summary that is sent again after a crash is known as a repeat.
 */
import { createHash } from 'node:crypto';
import { type Priority, priorities } from '#schemas/alert/priority.ts';
import type { Alert, OutputField } from '#schemas/generated/alert.ts';

/** `eventType` of a summary. */
export const summaryEvent = 'summary';
const idDigits = 32;
/** Named in a summary; those of the others are only counted. */
const rulesMax = 20;

/** What a summary says in its own words. */
export type SummaryText = {
	readonly rule: string;
	readonly output: string;
	readonly fields: readonly OutputField[];
};

export class Tally {
	readonly #ids = createHash('sha256');
	readonly #rules = new Map<string, number>();
	readonly #hosts = new Map<string, string>();
	#first: Alert | null = null;
	#last: Alert | null = null;
	#count = 0;
	#otherRules = 0;
	#priority: number = priorities.length - 1;

	get count(): number {
		return this.#count;
	}

	/** `alerts`: those that it stands for itself (it is a summary). */
	add(alert: Alert, alerts = 1): void {
		const head = { ...alert, output: '', outputFields: [] };
		this.#first ??= head;
		this.#last = head;
		this.#count += alerts;
		this.#ids.update(`\n${alert.id}`);
		this.#priority = Math.min(this.#priority, rankOf(alert.priority));
		// Two are enough to know that there are several.
		if (this.#hosts.size < 2) this.#hosts.set(alert.hostId, alert.hostName);
		const known = this.#rules.get(alert.rule);
		if (known !== undefined || this.#rules.size < rulesMax)
			this.#rules.set(alert.rule, (known ?? 0) + alerts);
		else this.#otherRules += alerts;
	}

	get firstTime(): string {
		return isoTime(this.#whole().first);
	}

	get lastTime(): string {
		return isoTime(this.#whole().last);
	}

	/** `Rule (count)`, in order of appearance. */
	rules(): readonly string[] {
		const named = [...this.#rules].map(([name, count]) => `${name} (${count})`);
		return this.#otherRules > 0 ? [...named, `others (${this.#otherRules})`] : named;
	}

	/** One alert for all of them, as urgent as the most urgent. `of`: what beside the alerts makes its id (output, group). */
	summary({ rule, output, fields }: SummaryText, of: string): Alert {
		const { last } = this.#whole();
		const [host] = this.#hosts;
		const ruleDigest = createHash('sha256').update(`1 ${rule}`).digest('hex');
		const ids = this.#ids.copy().digest('hex');
		const id = createHash('sha256').update(`${ruleDigest}\n${of}\n${ids}`).digest('hex').slice(0, idDigits);
		return {
			...last,
			...{ id, rule, ruleDigest, output, outputFields: fields },
			hostName: this.#hosts.size === 1 ? (host?.[1] ?? '') : 'several hosts',
			sequence: 0,
			priority: priorities[this.#priority] ?? 'Debug',
			source: 'internal',
			tags: ['lanner'],
			eventType: summaryEvent,
			pid: 0,
			start: 0,
			containerId: '',
			incomplete: false,
			amends: null,
		};
	}

	#whole(): { first: Alert; last: Alert } {
		if (this.#first === null || this.#last === null) throw new Error('a summary of no alert');
		return { first: this.#first, last: this.#last };
	}
}

export const textField = (name: string, text: string): OutputField => ({ name, value: { string: text } });
export const countField = (name: string, count: number): OutputField => ({ name, value: { long: count } });
export const listField = (name: string, texts: readonly string[]): OutputField => ({
	name,
	value: { array: texts.map((text) => ({ string: text })) },
});

function rankOf(priority: string): number {
	const rank = priorities.indexOf(priority as Priority);
	return rank === -1 ? priorities.length - 1 : rank;
}

function isoTime({ timeS, timeNs }: Alert): string {
	return new Date(timeS * 1000 + Math.floor(timeNs / 1e6)).toISOString();
}
