/** Every syslog transport against a real rsyslogd: what arrives, hostile fields, restarts, certificates. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { SyslogConfig } from '#platform/config/index.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult, Output } from '#sink/output.ts';
import { createSyslogOutput } from '#sink/outputs/syslog/index.ts';
import { syslogConfig } from '#test/support/output-config.ts';
import { noRsyslog, type Received, type Rsyslog, startRsyslog } from '#test/support/rsyslog.ts';
import { alertOf, until } from '#test/support/sink.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const never = new AbortController().signal;
const datagramProgram = join(root, 'probe/build/datagram');
/** Everything that could end a part, a message or a line, or forge one. */
const hostile =
	'a\n<0>1 2024-01-01T00:00:00Z evil su - - [lanner@32473 id="forged"] \r\n\0x] "q" \\ = | \u2028 \u0085 \u202e \x1b[2J é🦅 %s %msg% {{id}}';
const hostileAlert = (id: string): Alert =>
	alertOf({ id, output: hostile, rule: hostile, hostId: hostile, tags: [hostile, 'z'] });

function make(given: Partial<SyslogConfig>): Output {
	return createSyslogOutput(syslogConfig({ facility: 'local3', ...given }), {
		now: Date.now,
		datagramProgram,
	});
}

async function deliver(output: Output, ...alerts: Alert[]): Promise<readonly DeliveryResult[]> {
	return output.deliver(alerts, never);
}

/** Delivers until it is taken, as the worker does, for 10 s at most; answers the failures on the way. */
async function deliverAtLast(output: Output, alert: Alert): Promise<DeliveryResult[]> {
	const failures: DeliveryResult[] = [];
	for (const end = Date.now() + 10_000; Date.now() < end; ) {
		const [result] = await deliver(output, alert);
		if (result?.kind === 'delivered') return failures;
		if (result !== undefined) failures.push(result);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	throw new Error(`not delivered: ${JSON.stringify(failures.at(-1))}`);
}

describe('rsyslog', { skip: noRsyslog, timeout: 90_000 }, () => {
	let rsyslog: Rsyslog;
	before(async () => {
		if (!existsSync(datagramProgram)) execFileSync('make', ['-C', join(root, 'probe'), 'build/datagram']);
		rsyslog = await startRsyslog();
	});
	after(() => rsyslog.cleanUp());

	const found = async (id: string, count = 1): Promise<Received[]> => {
		const those = (): Received[] =>
			rsyslog.received().filter(({ sd, msg }) => sd.includes(`id="${id}`) || msg.includes(id));
		await until(() => those().length >= count, 10_000);
		return those();
	};
	const tls = (given: Partial<SyslogConfig['tls']> = {}): Partial<SyslogConfig> => ({
		transport: 'tls',
		port: rsyslog.tlsPort,
		tls: {
			...syslogConfig().tls,
			caFile: rsyslog.ca,
			certFile: rsyslog.client.cert,
			keyFile: rsyslog.client.key,
			...given,
		},
	});
	const networks: Readonly<Record<string, () => Partial<SyslogConfig>>> = {
		udp: () => ({ transport: 'udp', port: rsyslog.udpPort }),
		'tcp, octet counting': () => ({ transport: 'tcp', port: rsyslog.tcpPort }),
		'tcp, lines': () => ({ transport: 'tcp', port: rsyslog.tcpPort, framing: 'newline' }),
		'tls, client certificate': () => tls(),
		'local socket, RFC 5424': () => ({
			transport: 'local',
			socket: rsyslog.modernSocket,
			format: 'rfc5424',
		}),
	};

	for (const [name, options] of Object.entries(networks)) {
		test(`${name}: hostile alerts arrive as one message each, nothing forged`, async () => {
			const output = make(options());
			const id = `${name.replace(/\W+/g, '-')}-hostile`;
			assert.deepEqual(
				(await deliver(output, hostileAlert(id), hostileAlert(`${id}-2`))).map(({ kind }) => kind),
				['delivered', 'delivered'],
			);
			const [one, two, ...more] = await found(id, 2);
			await output.close();
			assert.deepEqual(more, []);
			assert.ok(one !== undefined && two?.sd.includes(`id="${id}-2"`));
			const { pri, host, app, procid, msgid } = one;
			// local3 (19) * 8 + Warning (4)
			assert.deepEqual(
				{ pri, host, app, procid, msgid },
				{ pri: '156', host: 'web1', app: 'lanner', procid: '42', msgid: 'alert' },
			);
			assert.match(
				one.sd,
				/^\[lanner@32473 id="[^"]*" rule="a\\\\n<0>1 (?:[^"\\\]]|\\["\\\]])*" priority="Warning" host="(?:[^"\\\]]|\\["\\\]])*" tags="(?:[^"\\\]]|\\["\\\]])*"\]$/,
			);
			assert.ok(
				one.msg.includes('\\n<0>1 2024-01-01T00:00:00Z evil su') && one.msg.includes('é🦅 %s %msg% {{id}}'),
				one.msg,
			);
			assert.doesNotMatch(one.msg + one.sd, /[\x00-\x1f\x7f-\x9f\u2028\u202e]/);
			assert.deepEqual(
				rsyslog.received().filter((line) => line.app === 'su' || line.pri === '0'),
				[],
			);
		});
	}

	for (const message of ['json', 'cef'] as const) {
		test(`${message} keeps a hostile alert of 1 MB within the limit, on tcp with lines`, async () => {
			const output = make({ transport: 'tcp', port: rsyslog.tcpPort, framing: 'newline', message });
			const id = `form-${message}`;
			await deliver(output, { ...hostileAlert(id), output: hostile.repeat(8_000) });
			const [line, ...more] = await found(id);
			await output.close();
			assert.deepEqual(more, []);
			if (message === 'json')
				assert.deepEqual(
					[JSON.parse(line?.msg ?? '') as { id: string; truncated: boolean }].map((it) => [
						it.id,
						it.truncated,
					]),
					[[id, true]],
				);
			else assert.match(line?.msg ?? '', /CEF:0\|Lanner\|.* externalId=form-cef .*\u2026$/);
		});
	}

	test('the local socket gets the form of syslog(3), with the id at the end', async () => {
		const output = make({ transport: 'local', socket: rsyslog.localSocket });
		await deliver(output, hostileAlert('local-1'));
		const [line] = await found('local-1');
		await output.close();
		assert.deepEqual([line?.app, line?.procid, line?.pri], ['lanner', '42', '156']);
		assert.match(line?.msg ?? '', /^ ?a\\n<0>1 .* id=local-1\)$/);
	});

	test('a socket that is not there is a retry that names it; so is a missing receiver', async () => {
		const socket = join(rsyslog.folder, 'none');
		for (const [options, code] of [
			[{ transport: 'local', socket }, 'output-enoent'],
			[{ transport: 'tcp', port: 1 }, 'output-econnrefused'],
		] as const) {
			const output = make(options);
			const [result] = await deliver(output, alertOf());
			assert.ok(result?.kind === 'retry' && result.code === code, JSON.stringify(result));
			await output.close();
		}
	});

	test('without the helper the local socket is blocked, with what to do', async () => {
		const output = createSyslogOutput(syslogConfig(), {
			now: Date.now,
			datagramProgram: '/nonexistent/datagram',
		});
		const [result] = await deliver(output, alertOf());
		assert.ok(result?.kind === 'blocked' && result.reason.includes('probe:build'), JSON.stringify(result));
		await output.close();
	});

	test('certificates: wrong authority, wrong name, none or a stranger of ours block; nothing is said to be delivered', async () => {
		const cases: Readonly<Record<string, Partial<SyslogConfig['tls']>>> = {
			'unknown authority': { caFile: rsyslog.stranger.ca },
			'other name': { serverName: 'syslog.example.com' },
			'no certificate of ours': { certFile: null, keyFile: null },
			'certificate of another authority': {
				certFile: rsyslog.stranger.client.cert,
				keyFile: rsyslog.stranger.client.key,
			},
			'file not there': { caFile: '/nonexistent/ca.pem' },
		};
		for (const [name, given] of Object.entries(cases)) {
			const output = make(tls(given));
			const [result] = await deliver(output, alertOf({ id: `bad ${name}` }));
			assert.equal(result?.kind, 'blocked', `${name}: ${JSON.stringify(result)}`);
			await output.close();
		}
		assert.deepEqual(
			rsyslog.received().filter(({ sd }) => sd.includes('id="bad')),
			[],
		);
	});

	test('after a restart of the daemon every transport goes on, and nothing that was said to be delivered is missing', async () => {
		const outputs = Object.entries(networks)
			.filter(([name]) => name !== 'udp')
			.map(([name, options]) => ({ name, output: make(options()), delivered: [] as string[] }));
		const say = async (round: number): Promise<void> => {
			for (const { name, output, delivered } of outputs) {
				const id = `restart-${round}-${name.replace(/\W+/g, '-')}`;
				await deliverAtLast(output, alertOf({ id }));
				delivered.push(id);
			}
		};
		await say(1);
		await rsyslog.stop('SIGTERM');
		await rsyslog.start();
		await say(2);
		// What a killed daemon had in its queue of datagrams is gone with it: syslog(3) has no way to repeat.
		for (const { name, delivered } of outputs)
			if (name.startsWith('local')) await found(delivered.at(-1) ?? '');
		await rsyslog.stop('SIGKILL');
		await rsyslog.start();
		await say(3);
		for (const { output, delivered } of outputs) {
			for (const id of delivered) await found(id);
			await output.close();
		}
	});
});

/** A receiver that does with its connections what a test wants. */
async function receiver(
	onConnection: (socket: Socket, count: number) => void,
): Promise<{ server: Server; port: number }> {
	let count = 0;
	const server = createServer((socket) => {
		socket.on('error', () => undefined);
		onConnection(socket, ++count);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

describe('a stream receiver that fails', { timeout: 30_000 }, () => {
	const idsIn = (text: string): string[] =>
		[...text.matchAll(/ id="([^"]+)"/g)].map((match) => match[1] ?? '');

	test('what it had not read when it was reset is written again, in order', async () => {
		let text = '';
		let first: Socket | null = null;
		const { server, port } = await receiver((socket, count) => {
			// The first connection takes everything into the kernel and reads nothing.
			if (count === 1) first = socket.pause();
			else socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
		});
		const output = make({ transport: 'tcp', port });
		try {
			const [one] = await deliver(output, alertOf({ id: 'one' }));
			assert.equal(one?.kind, 'delivered');
			await until(() => first !== null);
			(first as unknown as Socket).resetAndDestroy();
			await deliverAtLast(output, alertOf({ id: 'two' }));
			await until(() => idsIn(text).includes('two'));
			assert.deepEqual(idsIn(text), ['one', 'two']);
		} finally {
			await output.close();
			server.close();
		}
	});

	test('calls side by side share one connection', async () => {
		let connections = 0;
		let text = '';
		const { server, port } = await receiver((socket, count) => {
			connections = count;
			socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
		});
		const output = make({ transport: 'tcp', port });
		try {
			const ids = Array.from({ length: 8 }, (_, i) => `side-${i}`);
			await Promise.all(ids.map((id) => deliver(output, alertOf({ id }))));
			await until(() => idsIn(text).length === ids.length);
			assert.deepEqual([connections, idsIn(text).sort()], [1, ids]);
		} finally {
			await output.close();
			server.close();
		}
	});

	test('one that does not read is a timeout, not a delivery', async () => {
		const sockets: Socket[] = [];
		const { server, port } = await receiver((socket) => void sockets.push(socket.pause()));
		const output = make({ transport: 'tcp', port, sendTimeoutMs: 300, messageBytesMax: 60_000 });
		try {
			const big = Array.from({ length: 500 }, (_, i) =>
				alertOf({ id: `big-${i}`, output: 'x'.repeat(59_000) }),
			);
			const [result] = await output.deliver(big, never);
			assert.ok(result?.kind === 'retry' && result.code === 'output-etimedout', JSON.stringify(result));
		} finally {
			await output.close();
			for (const socket of sockets) socket.destroy();
			server.close();
		}
	});

	test('a connection that it closed is not written to: the alert goes over a new one, once', async () => {
		let text = '';
		const { server, port } = await receiver((socket, count) => {
			socket.setEncoding('utf8').on('data', (chunk: string) => {
				text += chunk;
				if (count === 1) socket.end();
			});
		});
		const output = make({ transport: 'tcp', port, framing: 'newline' });
		try {
			await deliver(output, alertOf({ id: 'a' }));
			await until(() => idsIn(text).length === 1);
			await deliverAtLast(output, alertOf({ id: 'b' }));
			await until(() => idsIn(text).includes('b'));
			assert.equal(idsIn(text).filter((id) => id === 'b').length, 1);
		} finally {
			await output.close();
			server.close();
		}
	});
});
