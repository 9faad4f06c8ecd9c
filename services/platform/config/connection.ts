/** What the sections of servers we connect to have in common: addresses and TLS. */
import { boolean, choice, optionalText, type RelationProblem, type ValueOf } from './option.ts';

export function tlsOptions(server: string) {
	return {
		enabled: boolean({ default: false, description: `Whether ${server} are spoken to with TLS.` }),
		caFile: optionalText({
			default: null,
			path: true,
			description: 'PEM of the trusted authorities; null = those of Node.',
		}),
		certFile: optionalText({
			default: null,
			path: true,
			description: 'PEM of our certificate, where one is asked for.',
		}),
		keyFile: optionalText({ default: null, path: true, description: 'PEM of its key.' }),
		serverName: optionalText({
			default: null,
			description: 'Name that the certificate must carry; null = the host name of the address.',
		}),
	};
}

export type TlsConfig = ValueOf<ReturnType<typeof tlsOptions>>;

/** TLS of an output, whose address says whether it is used. */
export function tlsClientOptions(server: string) {
	const { enabled: _, ...files } = tlsOptions(server);
	return {
		...files,
		minVersion: choice(['TLSv1.2', 'TLSv1.3'], {
			default: 'TLSv1.2',
			description: `Oldest version of TLS that ${server} may speak.`,
		}),
	};
}

/** `inUse`: whether the output speaks TLS, `when` = what makes it so. Paths count from the section that has `tls`. */
export function tlsClientProblems(
	{ minVersion, ...tls }: ValueOf<ReturnType<typeof tlsClientOptions>>,
	inUse: boolean,
	when: string,
): RelationProblem[] {
	const pair = checkTls({ ...tls, enabled: true });
	if (inUse) return pair;
	const given = Object.entries({ ...tls, minVersion: minVersion === 'TLSv1.2' ? null : minVersion }).find(
		([, value]) => value !== null,
	);
	return given === undefined ? [] : [{ path: ['tls', given[0]], message: `has no meaning unless ${when}` }];
}

/** Paths count from the section that has `tls`. */
export function checkTls({ enabled, certFile, keyFile, ...rest }: TlsConfig): RelationProblem[] {
	const problems: RelationProblem[] = [];
	if ((certFile === null) !== (keyFile === null))
		problems.push({
			path: ['tls', certFile === null ? 'certFile' : 'keyFile'],
			message: 'is null; a certificate and its key go together',
		});
	const given = Object.entries({ certFile, keyFile, ...rest }).find(([, value]) => value !== null);
	if (!enabled && given !== undefined)
		problems.push({ path: ['tls', given[0]], message: 'has no meaning while tls.enabled is false' });
	return problems;
}

export function checkAddresses(
	addresses: readonly string[],
	name: string,
	example: string,
): RelationProblem[] {
	return addresses.flatMap((address, i) =>
		parseAddress(address) === null
			? [{ path: [name, i], message: `${JSON.stringify(address)} is not host:port, such as ${example}` }]
			: [],
	);
}

/** Of an address with a port: what is sent there stays on this machine. */
export function isLoopbackAddress(address: string): boolean {
	return /^(?:127\.|localhost:|\[::1\])/.test(address);
}

/** Whether what is sent to this URL can be read on the way. */
export function isOpenOnTheWay(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { protocol, host } = new URL(url);
	return protocol === 'http:' && !isLoopbackAddress(`${host}:`);
}

/** Options of `section` that are given and do nothing, because `without` says so. Paths count from the section. */
export function meaningless(
	section: Readonly<Record<string, unknown>>,
	options: readonly string[],
	without: string,
): RelationProblem[] {
	return options
		.filter((option) => section[option] !== null)
		.map((option) => ({ path: [option], message: `has no meaning ${without}` }));
}

/** `host:port`, `[IPv6]:port`; null = it is not that. */
export function parseAddress(address: string): { host: string; port: number } | null {
	const match = /^(?:\[([0-9a-fA-F:]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(address);
	const port = Number(match?.[3]);
	if (match === null || port < 1 || port > 65_535) return null;
	return { host: match[1] ?? match[2] ?? '', port };
}
