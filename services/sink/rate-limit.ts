/**
 * The rate limit of an output: a token bucket, filled evenly, and what it holds back. Nothing is dropped in silence: alerts that find no
 * token are counted, and the next token carries one alert that sums them up. The originals stay in the log.
 *
 *   token ──▶ the alert is delivered
 *   none  ──▶ held back, and so is all that follows (order!) until there is a token ──▶ the summary
 *
 * Progress stays before the first that was held back until its summary is settled: after a crash they are read again. Bounded: of what is
 * held back only counts are kept, of `rulesMax` rules.
 */
import { createHash } from 'node:crypto';
import { type Priority, priorities } from '#platform/config/index.ts';
import type { Alert } from '#schemas/generated/alert.ts';

export const summaryRule = 'Alerts held back';
const summaryDigest = createHash('sha256').update(`1 ${summaryRule}`).digest('hex');
const idDigits = 32;
/** Named in a summary; those of the others are only counted. */
const rulesMax = 20;

export type RateOptions = {
	/** Alerts in `periodMs`, and at once after a silence; 0 = no limit. */
	readonly alerts: number;
	readonly periodMs: number;
};

export class TokenBucket {
	readonly #options: RateOptions;
	#tokens: number;
	#filledMs: number;

	constructor(options: RateOptions, nowMs: number) {
		this.#options = options;
		this.#tokens = options.alerts;
		this.#filledMs = nowMs;
	}

	take(nowMs: number): boolean {
		const { alerts, periodMs } = this.#options;
		if (alerts === 0) return true;
		// A clock that was set back gives nothing, and takes nothing either.
		const passedMs = Math.max(0, nowMs - this.#filledMs);
		this.#filledMs = nowMs;
		this.#tokens = Math.min(alerts, this.#tokens + (passedMs * alerts) / periodMs);
		if (this.#tokens < 1) return false;
		this.#tokens--;
		return true;
	}
}

type Held = { readonly alert: Alert; readonly offset: bigint; readonly appendedMs: number };

/** What one partition of an output holds back, until it is summed up. */
export class HeldBack {
	readonly #ids = createHash('sha256').update(summaryDigest);
	readonly #rules = new Map<string, number>();
	readonly #hosts = new Map<string, string>();
	readonly #first: Held;
	#last: Held;
	#count = 0;
	#otherRules = 0;
	#priority: number = priorities.length - 1;

	constructor(first: Held) {
		this.#first = first;
		this.#last = first;
		this.add(first);
	}

	get count(): number {
		return this.#count;
	}

	/** When the first of them came into the log. */
	get appendedMs(): number {
		return this.#first.appendedMs;
	}

	get lastOffset(): bigint {
		return this.#last.offset;
	}

	add(held: Held): void {
		const { alert } = held;
		this.#last = held;
		this.#count++;
		this.#ids.update(`\n${alert.id}`);
		this.#priority = Math.min(this.#priority, rankOf(alert.priority));
		// Two are enough to know that there are several.
		if (this.#hosts.size < 2) this.#hosts.set(alert.hostId, alert.hostName);
		const count = this.#rules.get(alert.rule);
		if (count !== undefined || this.#rules.size < rulesMax) this.#rules.set(alert.rule, (count ?? 0) + 1);
		else this.#otherRules++;
	}

	/** One alert for all of them; the same alerts held back by the same output give the same id. */
	summary(output: string): Alert {
		const [first, last] = [this.#first.alert, this.#last.alert];
		const [firstTime, lastTime] = [isoTime(first), isoTime(last)];
		const rules = [...this.#rules].map(([name, count]) => `${name} (${count})`);
		if (this.#otherRules > 0) rules.push(`others (${this.#otherRules})`);
		const [host] = this.#hosts;
		const isOneHost = this.#hosts.size === 1;
		return {
			...last,
			id: this.#ids.copy().update(`\n${output}`).digest('hex').slice(0, idDigits),
			hostName: isOneHost ? (host?.[1] ?? '') : 'several hosts',
			sequence: 0,
			rule: summaryRule,
			ruleDigest: summaryDigest,
			priority: priorities[this.#priority] ?? 'Debug',
			source: 'internal',
			tags: ['lanner'],
			output: `${this.#count} alerts were held back by the rate limit of output ${output}, the originals are in the log (first=${firstTime} last=${lastTime}): ${rules.join(', ')}`,
			outputFields: [
				{ name: 'held.alerts', value: { long: this.#count } },
				{ name: 'held.first', value: { string: firstTime } },
				{ name: 'held.last', value: { string: lastTime } },
				{ name: 'held.rules', value: { array: rules.map((text) => ({ string: text })) } },
			],
			eventType: 'summary',
			pid: 0,
			start: 0,
			containerId: '',
			incomplete: false,
			amends: null,
		};
	}
}

function rankOf(priority: string): number {
	const rank = priorities.indexOf(priority as Priority);
	return rank === -1 ? priorities.length - 1 : rank;
}

function isoTime({ timeS, timeNs }: Alert): string {
	return new Date(timeS * 1000 + Math.floor(timeNs / 1e6)).toISOString();
}
