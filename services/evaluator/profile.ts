/**
 * A replay that measures its rules. It has a state and texts of its own, as a rule set remembers answers on both and two sets on the
 * same ones would make each other forget; so it can run beside the replay whose alerts are printed.
 */
import { compileRuleSet, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventRuleSetOptions } from '#rules/event-rules.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { type Profile, ProfileInstrument, profileOf } from '#rules/profile/index.ts';
import type { EventSubject } from '#rules/subject.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { Replay } from './replay.ts';

export class ProfiledReplay {
	readonly #instrument: ProfileInstrument<EventSubject>;
	readonly #ruleSet: RuleSet<EventSubject>;
	readonly #replay: Replay;
	readonly #alerts: Alert[] = [];

	/** `clockNs`: monotonic, in nanoseconds. */
	constructor({ rules }: RuleSet<EventSubject>, clockNs: () => number) {
		this.#instrument = new ProfileInstrument(clockNs);
		this.#ruleSet = compileRuleSet(rules, eventFieldCatalogue, {
			...eventRuleSetOptions,
			// `first` asks the same rules and then keeps one: every match is counted.
			ruleMatching: 'all',
			instrument: this.#instrument,
		});
		this.#replay = new Replay(this.#ruleSet);
	}

	/** Throws a DecodeError where `Replay.evaluate` does. */
	evaluate(message: Uint8Array): void {
		this.#replay.evaluate(message, this.#alerts);
		this.#alerts.length = 0;
	}

	profile(): Profile {
		return profileOf(this.#ruleSet, this.#instrument, eventTypes);
	}
}
