/** Options that every output has. */
import { priorities } from '#schemas/alert/priority.ts';
import {
	boolean,
	choice,
	integer,
	optionalText,
	type RelationProblem,
	required,
	text,
	texts,
	type ValueOf,
} from '../option.ts';

/** They stand in the note beside the progress, which is bounded: see services/sink/worker/group.ts. */
const groupFieldsMax = 8;
const groupFieldCharsMax = 128;

export const commonOptions = {
	name: text({
		default: required,
		pattern: /^[a-z0-9][a-z0-9._-]{0,63}$/,
		accepts: '1 to 64 of a-z 0-9 . _ -, unique',
		description: 'Name of the output.',
	}),
	enabled: boolean({ default: true, description: 'False = kept in the file, not run.' }),
	minimumPriority: choice(priorities, {
		default: 'Debug',
		description: 'Alerts less urgent than this are not sent here.',
	}),
	when: optionalText({
		default: null,
		description:
			'Only alerts that satisfy this are sent here: the rule language over alert.rule, alert.tags, host.name, …; null = all.',
	}),
	attemptsMax: integer({
		default: 20,
		min: 1,
		max: 10_000,
		description: 'Attempts before an alert goes to the dead letters.',
	}),
	retryFirstMs: integer({
		default: 500,
		min: 10,
		max: 3_600_000,
		unit: 'milliseconds',
		description: 'Pause after the first failed attempt; doubles, with jitter.',
	}),
	retryMaxMs: integer({
		default: 60_000,
		min: 10,
		max: 3_600_000,
		unit: 'milliseconds',
		description: 'Longest pause between attempts.',
	}),
	template: optionalText({
		default: null,
		description:
			"The alert's text, in the output format of rules: %alert.priority %host.name: %proc.name …; null = the text of the rule.",
	}),
	inFlightAlertsMax: integer({
		default: 100,
		min: 1,
		max: 10_000,
		description:
			'Alerts in the hands of the output, or taken by it before the log has its progress: at most so many come again after a crash.',
	}),
	groupBy: texts({
		default: [],
		description: `Up to ${groupFieldsMax} fields: of alerts with the same values in a groupPeriodS the first is sent, the others are counted and summed up in one alert. Empty = no grouping.`,
	}),
	groupPeriodS: integer({
		default: 300,
		min: 1,
		max: 86_400,
		unit: 'seconds',
		description: 'Period of groupBy.',
	}),
	rateAlerts: integer({
		default: 0,
		min: 0,
		max: 1_000_000,
		description:
			'Alerts in ratePeriodS, spread evenly, and at once after a silence; what is held back is summed up in one alert. 0 = no limit.',
	}),
	ratePeriodS: integer({
		default: 60,
		min: 1,
		max: 86_400,
		unit: 'seconds',
		description: 'Period of rateAlerts.',
	}),
};

type CommonConfig = ValueOf<typeof commonOptions>;

/** Paths count from the output. */
export function checkCommon(output: CommonConfig): RelationProblem[] {
	const { retryFirstMs, retryMaxMs, groupBy, groupPeriodS, rateAlerts, ratePeriodS } = output;
	const problems: RelationProblem[] = [];
	const say = (path: RelationProblem['path'], message: string): void => void problems.push({ path, message });
	if (retryFirstMs > retryMaxMs)
		say(['retryFirstMs'], `${retryFirstMs} is more than retryMaxMs (${retryMaxMs}); it must be at most that`);
	if (groupBy.length > groupFieldsMax)
		say(['groupBy'], `has ${groupBy.length} fields; accepted: up to ${groupFieldsMax}`);
	const long = groupBy.findIndex((name) => name.length > groupFieldCharsMax);
	if (long !== -1)
		say(['groupBy', long], `has ${groupBy[long]?.length} characters; accepted: up to ${groupFieldCharsMax}`);
	if (groupBy.length === 0 && groupPeriodS !== commonOptions.groupPeriodS.default)
		say(['groupPeriodS'], `${groupPeriodS} has no meaning without groupBy; name fields, or leave it out`);
	if (rateAlerts === 0 && ratePeriodS !== commonOptions.ratePeriodS.default)
		say(['ratePeriodS'], `${ratePeriodS} has no meaning without rateAlerts; set it, or leave this out`);
	return problems;
}
