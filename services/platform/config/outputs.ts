/** The section `outputs`: where alerts go. */
import {
	boolean,
	choice,
	integer,
	oneOfList,
	optionalText,
	type RelationProblem,
	required,
	text,
	type ValueOf,
} from './option.ts';
import { fileOptions } from './outputs/file.ts';
import { checkProgram, programOptions } from './outputs/program.ts';
import { checkSyslog, syslogOptions } from './outputs/syslog.ts';
import { checkWebhook, webhookOptions } from './outputs/webhook.ts';

export const priorities = [
	'Emergency',
	'Alert',
	'Critical',
	'Error',
	'Warning',
	'Notice',
	'Informational',
	'Debug',
] as const;

export const outputsSection = oneOfList({
	description:
		'Where alerts go. Each output reads the alert log at its own pace; names are places in the log, so keep them.',
	entriesMax: 64,
	default: [{ name: 'stdout', kind: 'stdout' }],
	common: {
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
	},
	variants: {
		stdout: {
			format: choice(['text', 'json'], {
				default: 'text',
				description: "Falco's text line, or JSON lines.",
			}),
			colour: choice(['auto', 'always', 'never'], {
				default: 'auto',
				description: 'Colour by priority; auto = on a terminal.',
			}),
		},
		file: fileOptions,
		syslog: syslogOptions,
		webhook: webhookOptions,
		program: programOptions,
	},
});

export type OutputConfig = ValueOf<typeof outputsSection>[number];
export type Priority = (typeof priorities)[number];

/** Relations between options that no single range can hold; paths count from the list of outputs. */
export function checkOutputs(outputs: readonly OutputConfig[]): RelationProblem[] {
	const problems: RelationProblem[] = [];
	const names = new Map<string, number>();
	outputs.forEach((output, i) => {
		const first = names.get(output.name);
		if (first !== undefined)
			problems.push({
				path: [i, 'name'],
				message: `"${output.name}" is already the name of output ${first + 1}; names must be unique`,
			});
		else names.set(output.name, i);
		const below = checkKind(output);
		problems.push(...below.map(({ path, message }) => ({ path: [i, ...path], message })));
		if (output.retryFirstMs > output.retryMaxMs) {
			problems.push({
				path: [i, 'retryFirstMs'],
				message: `${output.retryFirstMs} is more than retryMaxMs (${output.retryMaxMs}); it must be at most that`,
			});
		}
	});
	return problems;
}

function checkKind(output: OutputConfig): RelationProblem[] {
	switch (output.kind) {
		case 'syslog':
			return checkSyslog(output);
		case 'webhook':
			return checkWebhook(output);
		case 'program':
			return checkProgram(output);
		default:
			return [];
	}
}
