/** The section `console`: where its page is served, and who may see it. What would show alerts to anybody is refused. */
import { isIP } from 'node:net';
import type { OpsConfig } from './ops.ts';
import { boolean, integer, optionalText, type RelationProblem, text, texts, type ValueOf } from './option.ts';

const mebibyte = 1024 * 1024;
const tokenCharsMin = 16;
const tokenExample = `token: "$\{file:/etc/lanner/console-token}"`;

export const consoleSection = {
	enabled: boolean({
		default: false,
		description: 'Whether lanner run serves the console as well; lanner console always does.',
	}),
	host: text({
		default: '127.0.0.1',
		pattern: /^[0-9A-Za-z.:-]{1,253}$/,
		accepts: 'an address or host name',
		description: 'Address that the page is served on; one that is not loopback needs a token.',
	}),
	port: integer({ default: 9480, min: 1, max: 65_535, description: 'Port of the page.' }),
	token: optionalText({
		default: null,
		secret: true,
		description: `What people sign in with, and what clients send as bearer token, ${tokenCharsMin} characters at least; null = whoever reaches the port sees the alerts.`,
	}),
	sessionHours: integer({
		default: 12,
		min: 1,
		max: 720,
		unit: 'hours',
		description: 'A browser is signed in for so long.',
	}),
	hostNames: texts({
		default: [],
		description:
			'Names that browsers may reach the page by, beside localhost and addresses; other names are refused, because a foreign page could use them.',
	}),
	tls: {
		certFile: optionalText({
			default: null,
			path: true,
			description: 'PEM of the certificate of the page; null = it is served without TLS.',
		}),
		keyFile: optionalText({ default: null, path: true, description: 'PEM of its key.' }),
	},
	historyAlerts: integer({
		default: 2000,
		min: 10,
		max: 100_000,
		description: 'Newest alerts kept in memory, at the start read back from the log.',
	}),
	historyBytesMax: integer({
		default: 32 * mebibyte,
		min: mebibyte,
		max: 1024 * mebibyte,
		unit: 'bytes',
		description: 'JSON of the alerts kept; the oldest go first. In memory they take about three times that.',
	}),
	clientsMax: integer({
		default: 32,
		min: 1,
		max: 1000,
		description: 'Streams of alerts at the same time; every open page has one.',
	}),
};

export type ConsoleConfig = ValueOf<typeof consoleSection>;

export function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

export function checkConsole(
	{ host, port, token, tls, hostNames }: ConsoleConfig,
	ops: OpsConfig,
): RelationProblem[] {
	const problems: RelationProblem[] = [];
	if (token === null && !isLoopback(host))
		problems.push({
			path: ['host'],
			message: `is ${host}, where others would see the alerts: give a token (console: { ${tokenExample} }), or listen on 127.0.0.1`,
		});
	if (token !== null && token.length < tokenCharsMin)
		problems.push({
			path: ['token'],
			message: `has ${token.length} characters; at least ${tokenCharsMin} are needed: openssl rand -hex 32`,
		});
	if ((tls.certFile === null) !== (tls.keyFile === null))
		problems.push({
			path: ['tls', tls.certFile === null ? 'certFile' : 'keyFile'],
			message: 'is null; a certificate and its key go together',
		});
	const wrong = hostNames.findIndex((name) => !/^[0-9A-Za-z.-]{1,253}$/.test(name));
	if (wrong >= 0)
		problems.push({
			path: ['hostNames', wrong],
			message: `${JSON.stringify(hostNames[wrong])} is no host name, such as lanner.example.com (without a port)`,
		});
	const shared = Object.entries(ops).find(([, other]) => other === port);
	if (shared !== undefined)
		problems.push({ path: ['port'], message: `is ${port} like ops.${shared[0]}; each needs its own port` });
	return problems;
}
