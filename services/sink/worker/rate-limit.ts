/**
 * The rate limit of an output: a token bucket, filled evenly, and what it holds back. Nothing is dropped in silence: alerts that find no
 * token are counted, and the next token carries one alert that sums them up. The originals stay in the log.
 *
 *   token ──▶ the alert is delivered
 *   none  ──▶ held back, and so is all that follows (order!) until there is a token ──▶ the summary
 *
 * Progress stays before the first that was held back until its summary is settled: after a crash they are read again.
 */
import type { Alert } from '#schemas/generated/alert.ts';
import type { Item } from './item.ts';
import { countField, listField, Tally, textField } from './tally.ts';

export const heldBackRule = 'Alerts held back';

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

/** What one partition of an output holds back, until it is summed up. */
export class HeldBack {
	readonly #tally = new Tally();
	#items = 0;
	/** When the first of them came into the log. */
	readonly appendedMs: number;
	#last: Item;

	constructor(first: Item) {
		this.appendedMs = first.record.appendedMs;
		this.#last = first;
		this.add(first);
	}

	/** Items, not the alerts that they stand for. */
	get items(): number {
		return this.#items;
	}

	get last(): Item {
		return this.#last;
	}

	add(item: Item): void {
		this.#last = item;
		this.#items++;
		this.#tally.add(item.alert, item.alerts);
	}

	get alerts(): number {
		return this.#tally.count;
	}

	summary(output: string): Alert {
		const { count, firstTime, lastTime } = this.#tally;
		const rules = this.#tally.rules();
		return this.#tally.summary(
			{
				rule: heldBackRule,
				output: `${count} alerts were held back by the rate limit of output ${output}, the originals are in the log (first=${firstTime} last=${lastTime}): ${rules.join(', ')}`,
				fields: [
					countField('held.alerts', count),
					textField('held.first', firstTime),
					textField('held.last', lastTime),
					listField('held.rules', rules),
				],
			},
			output,
		);
	}
}
