/**
 * Every option of lanner.yaml, with default, range, unit and description: the one table that checking, `lanner config`
 * and the reference are made from. Times carry their unit in the name; a relative path counts from the file's own folder.
 */
import {
	boolean,
	choice,
	integer,
	oneOfList,
	optionalText,
	required,
	text,
	textMap,
	texts,
	type ValueOf,
} from './option.ts';

const mebibyte = 1024 * 1024;

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

const format = choice(['json', 'text'], {
	default: 'json',
	description: 'JSON lines, or the text line of stdout.',
});

export const configSchema = {
	dataFolder: text({
		default: '/var/lib/lanner',
		path: true,
		description: 'Folder of the embedded log, the state and the cursors of the outputs.',
	}),
	host: {
		id: optionalText({
			default: null,
			description: 'Id of this host, the key of all its records; null = /etc/machine-id.',
		}),
		name: optionalText({
			default: null,
			description: "Name shown in alerts; null = the system's host name.",
		}),
	},
	probe: {
		user: text({
			default: 'lanner',
			description: 'Account that everything but capture runs as, when started by root and when it exists.',
		}),
		dockerSocket: optionalText({
			default: '/run/docker.sock',
			path: true,
			description: 'Where containers are asked for (read only); null = containers are not followed.',
		}),
	},
	rules: {
		files: texts({
			default: [],
			path: true,
			description: 'Rules files and folders, in this order; empty = the rules that come with lanner.',
		}),
	},
	log: {
		eventsBytesMax: integer({
			default: 256 * mebibyte,
			min: mebibyte,
			max: 2 ** 43,
			unit: 'bytes',
			description: 'Events kept; the oldest go first.',
		}),
		eventsAgeMaxHours: integer({
			default: 168,
			min: 1,
			max: 87_600,
			unit: 'hours',
			description: 'Age to which events are kept.',
		}),
		alertsBytesMax: integer({
			default: 64 * mebibyte,
			min: mebibyte,
			max: 2 ** 43,
			unit: 'bytes',
			description: 'Alerts, and dead letters, kept; the oldest go first.',
		}),
		alertsAgeMaxHours: integer({
			default: 720,
			min: 1,
			max: 87_600,
			unit: 'hours',
			description: 'Age to which alerts and dead letters are kept.',
		}),
		syncMs: integer({
			default: 1000,
			min: 0,
			max: 60_000,
			unit: 'milliseconds',
			description:
				'At most so long after an append it is on the disk; 0 = before the append is acknowledged.',
		}),
	},
	logging: {
		level: choice(['error', 'warn', 'info', 'debug', 'trace'], {
			default: 'info',
			description: 'Least level of the lines on standard error.',
		}),
	},
	outputs: oneOfList({
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
			file: {
				path: text({
					default: required,
					path: true,
					description: 'File that alerts are appended to; made with mode 0600.',
				}),
				format,
			},
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
	}),
};

export type Config = ValueOf<typeof configSchema>;
export type OutputConfig = Config['outputs'][number];
export type Priority = (typeof priorities)[number];

/** Relations between options that no single range can hold. */
export function checkRelations(config: Config): { path: (string | number)[]; message: string }[] {
	const problems: { path: (string | number)[]; message: string }[] = [];
	const names = new Map<string, number>();
	config.outputs.forEach((output, i) => {
		const first = names.get(output.name);
		if (first !== undefined)
			problems.push({
				path: ['outputs', i, 'name'],
				message: `"${output.name}" is already the name of output ${first + 1}; names must be unique`,
			});
		else names.set(output.name, i);
		if (output.retryFirstMs > output.retryMaxMs) {
			problems.push({
				path: ['outputs', i, 'retryFirstMs'],
				message: `${output.retryFirstMs} is more than retryMaxMs (${output.retryMaxMs}); it must be at most that`,
			});
		}
	});
	return problems;
}
