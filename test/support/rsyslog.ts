/**
 * An rsyslogd of our own for tests: own configuration, folder and ports; the system's is not touched. Each message becomes a line of JSON with
 * what the daemon read from it, so that a test sees what arrived, not what was sent.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, createAuthority } from '#test/fleet/certificates.ts';
import { until } from '#test/support/sink.ts';

const rsyslogd = '/usr/sbin/rsyslogd';
const tlsDriver = '/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_gtls.so';

export const noRsyslog: string | false =
	process.getuid?.() !== 0
		? 'rsyslogd needs root'
		: !existsSync(rsyslogd) || !existsSync(tlsDriver)
			? 'rsyslog is not installed (apt-get install rsyslog rsyslog-gnutls)'
			: false;

export type Received = {
	readonly pri: string;
	readonly host: string;
	readonly app: string;
	readonly procid: string;
	readonly msgid: string;
	readonly sd: string;
	readonly msg: string;
	readonly input: string;
};

export type Rsyslog = {
	readonly folder: string;
	readonly udpPort: number;
	readonly tcpPort: number;
	readonly tlsPort: number;
	/** Datagram sockets: as daemons have /dev/log, and one that reads RFC 5424. */
	readonly localSocket: string;
	readonly modernSocket: string;
	readonly ca: string;
	readonly client: Certificate;
	/** Signed by somebody else. */
	readonly stranger: { readonly ca: string; readonly client: Certificate };
	readonly pid: () => number;
	received(): Received[];
	/** How many it wrote so far. */
	lines(): number;
	/** What it wrote so far. */
	forget(): void;
	stop(signal?: NodeJS.Signals): Promise<void>;
	start(): Promise<void>;
	cleanUp(): Promise<void>;
};

/** The suites share two cores. */
const startMsMax = 60_000;

async function freeTcpPort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise<void>((resolve) => server.close(() => resolve()));
	return typeof address === 'object' && address !== null ? address.port : 0;
}

async function freeUdpPort(): Promise<number> {
	const socket = createSocket('udp4');
	await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
	const { port } = socket.address();
	await new Promise<void>((resolve) => socket.close(() => resolve()));
	return port;
}

const fields = {
	pri: 'pri',
	host: 'hostname',
	app: 'app-name',
	procid: 'procid',
	msgid: 'msgid',
	sd: 'structured-data',
	msg: 'msg',
	input: 'inputname',
};

export async function startRsyslog(): Promise<Rsyslog> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-rsyslog-'));
	const authority = createAuthority(join(folder, 'ca'));
	const server = authority.issue('server');
	const client = authority.issue('client');
	const other = createAuthority(join(folder, 'other'), 'another authority');
	const messages = join(folder, 'messages');
	const [udpPort, tcpPort, tlsPort] = [await freeUdpPort(), await freeTcpPort(), await freeTcpPort()];
	const localSocket = join(folder, 'log.sock');
	const modernSocket = join(folder, 'modern.sock');
	const configuration = join(folder, 'rsyslog.conf');
	const parts = Object.entries(fields).map(
		([name, property], i) =>
			`constant(value="${i === 0 ? '{' : ','}\\"${name}\\":\\"") property(name="${property}" format="json") constant(value="\\"")`,
	);
	const tls = `StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/certvalid" StreamDriver.CAFile="${authority.ca}" StreamDriver.CertFile="${server.cert}" StreamDriver.KeyFile="${server.key}"`;
	writeFileSync(
		configuration,
		[
			`global(workDirectory="${folder}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")`,
			'module(load="imudp")',
			'module(load="imuxsock" SysSock.Use="off")',
			'module(load="imtcp")',
			'main_queue(queue.size="200000" queue.type="LinkedList")',
			`input(type="imudp" address="127.0.0.1" port="${udpPort}" rcvbufSize="8m")`,
			`input(type="imtcp" address="127.0.0.1" port="${tcpPort}")`,
			`input(type="imtcp" address="127.0.0.1" port="${tlsPort}" name="tls" ${tls})`,
			`input(type="imuxsock" Socket="${localSocket}" RateLimit.Interval="0")`,
			`input(type="imuxsock" Socket="${modernSocket}" UseSpecialParser="off" ParseHostName="on" RateLimit.Interval="0")`,
			`template(name="parts" type="list") { ${parts.join(' ')} constant(value="}\\n") }`,
			`action(type="omfile" file="${messages}" template="parts")`,
			'',
		].join('\n'),
	);
	let daemon: ChildProcess | null = null;

	const rsyslog: Rsyslog = {
		...{ folder, udpPort, tcpPort, tlsPort, localSocket, modernSocket, client },
		ca: authority.ca,
		stranger: { ca: other.ca, client: other.issue('stranger') },
		pid: () => daemon?.pid ?? 0,
		received: () =>
			existsSync(messages)
				? readFileSync(messages, 'utf8')
						.split('\n')
						.slice(0, -1)
						.map((line) => JSON.parse(line) as Received)
				: [],
		lines() {
			if (!existsSync(messages)) return 0;
			let count = 0;
			for (const byte of readFileSync(messages)) if (byte === 0x0a) count++;
			return count;
		},
		// It appends, so an empty file is gone on with.
		forget: () => existsSync(messages) && truncateSync(messages, 0),
		async stop(signal = 'SIGTERM') {
			const running = daemon;
			daemon = null;
			if (running === null || running.exitCode !== null) return;
			const ended = new Promise((resolve) => running.once('close', resolve));
			running.kill(signal);
			await ended;
			// Left behind by SIGKILL: the next start waits for new ones.
			for (const path of [localSocket, modernSocket, join(folder, 'pid')]) rmSync(path, { force: true });
		},
		async start() {
			// It must not outlive a test that is killed.
			daemon = spawn(
				'setpriv',
				['--pdeathsig', 'KILL', '--', rsyslogd, '-n', '-f', configuration, '-i', join(folder, 'pid')],
				{
					stdio: ['ignore', 'ignore', 'inherit'],
				},
			);
			await until(() => existsSync(modernSocket) && existsSync(join(folder, 'pid')), startMsMax);
			await until(() => listens(tcpPort) && listens(tlsPort), startMsMax);
		},
		async cleanUp() {
			await rsyslog.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
	await rsyslog.start();
	return rsyslog;
}

/** A listening socket in the kernel's table (state 0A). */
function listens(port: number): boolean {
	const hex = port.toString(16).toUpperCase().padStart(4, '0');
	return new RegExp(`:${hex} 0+:0000 0A `).test(readFileSync('/proc/net/tcp', 'utf8'));
}
