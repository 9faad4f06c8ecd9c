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
	textMap,
	texts,
	type ValueOf,
} from './option.ts';
import { fileOptions } from './outputs/file.ts';

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

export const syslogFacilities = [
	'kern',
	'user',
	'mail',
	'daemon',
	'auth',
	'syslog',
	'lpr',
	'news',
	'uucp',
	'cron',
	'authpriv',
	'ftp',
	'ntp',
	'audit',
	'alert',
	'clock',
	'local0',
	'local1',
	'local2',
	'local3',
	'local4',
	'local5',
	'local6',
	'local7',
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
		syslog: {
			transport: choice(['local', 'udp'], { default: 'local', description: 'The local socket, or UDP.' }),
			socket: text({ default: '/dev/log', path: true, description: 'Path of the local socket.' }),
			host: text({ default: '127.0.0.1', description: 'Receiver (udp).' }),
			port: integer({ default: 514, min: 1, max: 65_535, description: "Receiver's port (udp)." }),
			facility: choice(syslogFacilities, { default: 'authpriv', description: 'Facility.' }),
			appName: text({
				default: 'lanner',
				pattern: /^[\x21-\x7e]{1,48}$/,
				accepts: '1 to 48 printable ASCII characters without spaces',
				description: 'APP-NAME of the messages.',
			}),
		},
		webhook: {
			url: text({
				default: required,
				secret: true,
				pattern: /^https?:\/\/[^\s]+$/,
				accepts: 'an http:// or https:// address',
				description:
					'Address that each alert is posted to as JSON. May hold a token, so it is never printed.',
			}),
			headers: textMap({
				default: {},
				secret: true,
				names: /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/,
				description: 'Headers added to each request.',
			}),
			timeoutMs: integer({
				default: 10_000,
				min: 100,
				max: 300_000,
				unit: 'milliseconds',
				description: 'Time for one request.',
			}),
		},
		program: {
			program: text({
				default: required,
				path: true,
				description:
					'Path of the program; started without a shell, alerts as JSON lines on its standard input.',
			}),
			args: texts({ default: [], description: 'Its arguments.' }),
			writeTimeoutMs: integer({
				default: 10_000,
				min: 100,
				max: 300_000,
				unit: 'milliseconds',
				description: 'Time in which it must take an alert from its standard input.',
			}),
		},
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
		if (output.retryFirstMs > output.retryMaxMs) {
			problems.push({
				path: [i, 'retryFirstMs'],
				message: `${output.retryFirstMs} is more than retryMaxMs (${output.retryMaxMs}); it must be at most that`,
			});
		}
	});
	return problems;
}
