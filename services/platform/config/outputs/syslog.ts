/** Options of the output `syslog`. */
import { tlsClientOptions, tlsClientProblems } from '../connection.ts';
import {
	boolean,
	choice,
	integer,
	optionalText,
	type RelationProblem,
	text,
	type ValueOf,
} from '../option.ts';

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

const word = (charsMax: number) => new RegExp(`^[\\x21-\\x7e]{1,${charsMax}}$`);

export const syslogOptions = {
	transport: choice(['local', 'udp', 'tcp', 'tls'], {
		default: 'local',
		description: 'The local socket; or a receiver over UDP, TCP or TLS.',
	}),
	socket: text({ default: '/dev/log', path: true, description: 'Path of the local socket.' }),
	host: text({ default: '127.0.0.1', description: 'Receiver (udp, tcp, tls).' }),
	port: integer({
		default: 0,
		min: 0,
		max: 65_535,
		description: "Receiver's port (udp, tcp, tls); 0 = 514, with tls 6514.",
	}),
	framing: choice(['octet-counting', 'newline'], {
		default: 'octet-counting',
		description: 'How messages follow each other on tcp and tls (RFC 6587).',
	}),
	format: choice(['auto', 'rfc5424', 'rfc3164'], {
		default: 'auto',
		description:
			'Header of a message: RFC 5424 with structured data, or the old one of BSD. auto = rfc5424, to the local socket rfc3164.',
	}),
	message: choice(['text', 'json', 'cef'], {
		default: 'text',
		description: "What follows the header: the rule's output, the alert as JSON, or as CEF.",
	}),
	facility: choice(syslogFacilities, { default: 'authpriv', description: 'Facility.' }),
	appName: text({
		default: 'lanner',
		pattern: word(48),
		accepts: '1 to 48 printable ASCII characters without spaces',
		description: 'APP-NAME of the messages.',
	}),
	hostName: optionalText({
		default: null,
		description: "HOSTNAME of the messages; null = the alert's host.",
	}),
	msgId: text({
		default: 'alert',
		pattern: word(32),
		accepts: '1 to 32 printable ASCII characters without spaces',
		description: 'MSGID of the messages (rfc5424).',
	}),
	enterpriseNumber: integer({
		default: 32_473,
		min: 1,
		max: 4_294_967_295,
		description:
			'Private enterprise number in the SD-ID lanner@NUMBER; 32473 is the one for documentation (RFC 5612).',
	}),
	bom: boolean({
		default: false,
		description:
			'Whether text begins with the byte order mark that RFC 5424 asks for; most receivers would show it.',
	}),
	messageBytesMax: integer({
		default: 0,
		min: 0,
		max: 65_000,
		unit: 'bytes',
		description:
			'Longest message, 480 or more; longer text is cut and ends in an ellipsis. 0 = 1452 over udp (one packet), else 8192.',
	}),
	connectTimeoutMs: integer({
		default: 10_000,
		min: 100,
		max: 300_000,
		unit: 'milliseconds',
		description: 'Time to connect, handshake included (tcp, tls).',
	}),
	sendTimeoutMs: integer({
		default: 10_000,
		min: 100,
		max: 300_000,
		unit: 'milliseconds',
		description: "Time in which the receiver's kernel must acknowledge a batch (tcp, tls).",
	}),
	tls: tlsClientOptions('the receiver'),
};

export type SyslogConfig = ValueOf<typeof syslogOptions>;

/** Every protocol must take 480 bytes (RFC 5426 §3.2, RFC 5424 §6.1). */
const messageBytesMin = 480;

/** Paths count from the output. */
export function checkSyslog(output: SyslogConfig): RelationProblem[] {
	const { transport, framing, messageBytesMax, hostName, bom, format, message } = output;
	const problems: RelationProblem[] = [];
	const needs = (option: string, value: unknown, what: string): void => {
		problems.push({ path: [option], message: `${JSON.stringify(value)} ${what}` });
	};
	if (messageBytesMax !== 0 && messageBytesMax < messageBytesMin)
		needs(
			'messageBytesMax',
			messageBytesMax,
			`is too short for a message; accepted: 0, or ${messageBytesMin} to 65000`,
		);
	const isLocal = transport === 'local';
	for (const option of isLocal ? (['host', 'port'] as const) : (['socket'] as const))
		if (output[option] !== syslogOptions[option].default)
			needs(
				option,
				output[option],
				`has no meaning with transport ${transport}; only with ${isLocal ? 'udp, tcp or tls' : 'local'}`,
			);
	const isOld = format === 'rfc3164' || (isLocal && format === 'auto');
	for (const option of ['msgId', 'enterpriseNumber'] as const)
		if (isOld && output[option] !== syslogOptions[option].default)
			needs(option, output[option], 'goes only with format rfc5424: the old header has no place for it');
	if (framing !== 'octet-counting' && (transport === 'udp' || transport === 'local'))
		needs(
			'framing',
			framing,
			`has no meaning with transport ${transport}; accepted: octet-counting, or transport tcp or tls`,
		);
	if (hostName !== null && !word(255).test(hostName))
		needs(
			'hostName',
			hostName,
			'is no host name; accepted: 1 to 255 printable ASCII characters without spaces, or null',
		);
	if (bom && (isOld || message !== 'text'))
		needs('bom', bom, 'goes only with format rfc5424 and message text');
	return [...problems, ...tlsClientProblems(output.tls, transport === 'tls', 'transport is tls')];
}
