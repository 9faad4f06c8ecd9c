/** Both syslog transports against an rsyslogd of our own: own configuration, folder and port; the system's is not touched. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Output } from '#sink/output.ts';
import { createLocalSyslogOutput } from '#sink/outputs/syslog-local.ts';
import { createUdpSyslogOutput } from '#sink/outputs/syslog-udp.ts';
import { alertOf, hostileText, until } from '#test/support/sink.ts';

const rsyslogd = '/usr/sbin/rsyslogd';
const skip =
	process.getuid?.() !== 0
		? 'rsyslogd needs root'
		: existsSync(rsyslogd)
			? false
			: 'rsyslog is not installed (apt-get install rsyslog)';

async function freePort(): Promise<number> {
	const socket = createSocket('udp4');
	await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
	const { port } = socket.address();
	await new Promise<void>((resolve) => socket.close(resolve));
	return port;
}

describe('rsyslog', { skip, timeout: 30_000 }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-rsyslog-'));
	const messages = join(folder, 'messages');
	const local = join(folder, 'log.sock');
	let port = 0;
	let daemon: ChildProcess;

	before(async () => {
		port = await freePort();
		const configuration = join(folder, 'rsyslog.conf');
		writeFileSync(
			configuration,
			[
				`global(workDirectory="${folder}" maxMessageSize="64k")`,
				'module(load="imudp")',
				`module(load="imuxsock" SysSock.Use="off")`,
				`input(type="imudp" address="127.0.0.1" port="${port}")`,
				`input(type="imuxsock" Socket="${local}")`,
				'template(name="parts" type="string" string="%syslogfacility-text%.%syslogseverity-text%|%app-name%|%msgid%|%structured-data%|%msg%\\n")',
				`action(type="omfile" file="${messages}" template="parts")`,
				'',
			].join('\n'),
		);
		daemon = spawn(rsyslogd, ['-n', '-f', configuration, '-i', join(folder, 'pid')], { stdio: 'ignore' });
		await until(() => existsSync(local), 10_000);
	});
	after(async () => {
		const ended = new Promise((resolve) => daemon.once('close', resolve));
		daemon.kill('SIGTERM');
		await ended;
		rmSync(folder, { recursive: true, force: true });
	});

	async function lineOf(output: Output, id: string): Promise<string> {
		const hostile = alertOf({ id, output: hostileText, rule: hostileText, hostName: hostileText });
		const results = await output.deliver([hostile], new AbortController().signal);
		assert.deepEqual(results, [{ kind: 'delivered' }]);
		const found = (): string | undefined =>
			existsSync(messages)
				? readFileSync(messages, 'utf8')
						.split('\n')
						.find((line) => line.includes(id))
				: undefined;
		await until(() => found() !== undefined, 10_000);
		await output.close();
		return found() as string;
	}

	test('a hostile alert over UDP is one message with facility, severity, name and structured data', async () => {
		const output = createUdpSyslogOutput({ host: '127.0.0.1', port, facility: 'local3', appName: 'lanner' });
		const line = await lineOf(output, 'udp-1');
		assert.match(line, /^local3\.warning\|lanner\|alert\|\[lanner@32473 id="udp-1" rule="x\\+n12:00/);
		assert.match(line, /\|\s?x\\n12:00:00\.000000000: Emergency forged/);
	});

	test('a hostile alert through the local socket is one message with its id', async () => {
		const output = createLocalSyslogOutput({ socket: local, facility: 'local3', appName: 'lanner' });
		const line = await lineOf(output, 'local-1');
		assert.match(line, /^local3\.warning\|lanner\|/);
		assert.match(line, /x\\n12:00:00\.000000000: Emergency forged.*id=local-1\)$/);
	});

	test('a socket that is not there is a retry that names it', async () => {
		const output = createLocalSyslogOutput({
			socket: join(folder, 'none'),
			facility: 'local3',
			appName: 'lanner',
		});
		const [result] = await output.deliver([alertOf()], new AbortController().signal);
		assert.ok(
			result?.kind === 'retry' && result.reason.includes(join(folder, 'none')),
			JSON.stringify(result),
		);
	});
});
