/** Each output against a real counterpart: file, UDP receiver, HTTP server, program. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { DeliveryResult, Output } from '#sink/output.ts';
import { createProgramOutput } from '#sink/outputs/program.ts';
import { createStdoutOutput } from '#sink/outputs/stdout.ts';
import { createUdpSyslogOutput } from '#sink/outputs/syslog-udp.ts';
import { createWebhookOutput } from '#sink/outputs/webhook.ts';
import { alertOf, hostileText, until } from '#test/support/sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-outputs-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;
const hostile = alertOf({
	output: hostileText,
	rule: hostileText,
	hostName: hostileText,
	tags: [hostileText],
});

async function kinds(output: Output, count = 1): Promise<DeliveryResult[]> {
	return [
		...(await output.deliver(
			Array.from({ length: count }, () => hostile),
			never,
		)),
	];
}

/** No byte that ends a line, moves a cursor or turns the direction of writing. */
function assertHarmless(text: string): void {
	assert.doesNotMatch(text, /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/);
}

describe('standard output', () => {
	test('a hostile alert stays one harmless line; colours only where asked', async () => {
		let written = '';
		const stream = {
			write: (text: string, callback: () => void) => {
				written += text;
				callback();
			},
		};
		await kinds(createStdoutOutput({ stream, format: 'text', colour: 'auto' }));
		assert.equal(written.split('\n').length, 2);
		assertHarmless(written.slice(0, -1));
	});
});

describe('syslog over UDP', () => {
	test('each alert is one RFC 5424 message whose parts cannot be forged', async () => {
		const receiver = createSocket('udp4');
		const messages: string[] = [];
		receiver.on('message', (message) => messages.push(message.toString('utf8')));
		await new Promise<void>((resolve) => receiver.bind(0, '127.0.0.1', resolve));
		const output = createUdpSyslogOutput({
			host: '127.0.0.1',
			port: receiver.address().port,
			facility: 'local3',
			appName: 'lanner',
		});
		try {
			await kinds(output, 2);
			await until(() => messages.length === 2);
			const [message = ''] = messages;
			// local3 (19) * 8 + Warning (4)
			const form =
				/^<156>1 2023-11-14T22:13:20\.123456Z [\x21-\x7e]+ lanner 42 alert \[lanner@32473((?: [a-z]+="(?:[^"\\\]]|\\["\\\]])*")*)\] (.*)$/;
			const match = form.exec(message);
			assert.ok(match, message);
			assert.deepEqual(match[1]?.match(/ ([a-z]+)="/g), [
				' id="',
				' rule="',
				' priority="',
				' host="',
				' tags="',
			]);
			assertHarmless(message);
		} finally {
			await output.close();
			receiver.close();
		}
	});
});

async function withServer(
	listener: RequestListener,
	body: (output: Output) => Promise<void>,
	timeoutMs = 1_000,
): Promise<void> {
	const server = createServer(listener);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	try {
		await body(
			createWebhookOutput({
				url: `http://127.0.0.1:${port}/hook?token=s3cret`,
				headers: { authorization: 'Bearer s3cret' },
				timeoutMs,
				now: Date.now,
			}),
		);
	} finally {
		server.closeAllConnections();
		server.close();
	}
}

describe('webhook', { timeout: 30_000 }, () => {
	test('500, 429 with Retry-After, a reset and a timeout are retries; then it is delivered once, with its id', async () => {
		const keys: unknown[] = [];
		const bodies: string[] = [];
		const answers: RequestListener[] = [
			(_, response) => response.writeHead(500).end(),
			(_, response) => response.writeHead(429, { 'retry-after': '7' }).end(),
			(request) => request.socket.resetAndDestroy(),
			() => undefined,
			(request, response) => {
				keys.push(request.headers['idempotency-key']);
				request.setEncoding('utf8').on('data', (chunk: string) => bodies.push(chunk));
				request.on('end', () => response.writeHead(204).end());
			},
		];
		await withServer(
			(request, response) => answers.shift()!(request, response),
			async (output) => {
				const seen: DeliveryResult[] = [];
				for (let i = 0; i < 5; i++) seen.push(...(await kinds(output)));
				assert.deepEqual(
					seen.map(({ kind }) => kind),
					['retry', 'retry', 'retry', 'retry', 'delivered'],
				);
				assert.deepEqual(seen[1]?.kind === 'retry' && seen[1].afterMs, 7_000);
				assert.doesNotMatch(JSON.stringify(seen), /s3cret/);
			},
			300,
		);
		assert.deepEqual(keys, [hostile.id]);
		assert.equal((JSON.parse(bodies.join('')) as { rule: string }).rule, hostileText);
	});

	for (const [status, kind] of [
		[401, 'blocked'],
		[403, 'blocked'],
		[404, 'blocked'],
		[302, 'refused'],
		[400, 'refused'],
	] as const) {
		test(`an answer of ${status} is ${kind}`, () =>
			withServer(
				(_, response) => response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end(),
				async (output) => assert.equal((await kinds(output))[0]?.kind, kind),
			));
	}

	test('an address with credentials is refused at the start, without being named', () => {
		assert.throws(
			() => createWebhookOutput({ url: 'http://u:s3cret@h/', headers: {}, timeoutMs: 1, now: Date.now }),
			(error: Error) => /user name or password/.test(error.message) && !error.message.includes('s3cret'),
		);
	});
});

function script(name: string, text: string): string {
	const path = join(folder, name);
	writeFileSync(path, `#!/bin/sh\n${text}\n`);
	chmodSync(path, 0o700);
	return path;
}

describe('program output', { timeout: 30_000 }, () => {
	const make = (program: string, writeTimeoutMs = 5_000): Output =>
		createProgramOutput({ program, args: [], writeTimeoutMs, env: { PATH: process.env.PATH, SECRET: 'x' } });

	test('it gets JSON lines, and no environment but PATH, LANG and TZ', async () => {
		const seen = join(folder, 'seen');
		const output = make(script('taker', `echo "\${SECRET-none}" > ${seen}; cat >> ${seen}`));
		assert.equal((await kinds(output, 2)).length, 2);
		await output.close();
		const [secret, ...lines] = readFileSync(seen, 'utf8').trimEnd().split('\n');
		assert.equal(secret, 'none');
		assert.deepEqual(
			lines.map((line) => (JSON.parse(line) as { id: string }).id),
			[hostile.id, hostile.id],
		);
	});

	test('one that dies is started again by the next delivery', async () => {
		const seen = join(folder, 'restarts');
		const output = make(script('dying', `head -n 1 >> ${seen}`));
		const count = (): number => {
			try {
				return readFileSync(seen, 'utf8').split('\n').length - 1;
			} catch {
				return 0;
			}
		};
		await kinds(output);
		await until(() => count() === 1);
		const deadline = Date.now() + 5_000;
		while (count() < 2 && Date.now() < deadline) {
			await kinds(output);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		assert.ok(count() >= 2);
		await output.close();
	});

	test('one that does not read is killed in time and the delivery is a retry', async () => {
		const output = make(script('deaf', 'sleep 60'), 200);
		const big = alertOf({ output: 'x'.repeat(4_000_000) });
		const [result] = await output.deliver([big], never);
		assert.equal(result?.kind, 'retry');
		assert.match(result?.kind === 'retry' ? result.reason : '', /did not read its standard input for 200 ms/);
		await output.close();
	});

	test('a program that is not there is a retry that names it', async () => {
		const [result] = await kinds(make('/nonexistent/prog'));
		assert.equal(result?.kind === 'retry' && result.code, 'output-enoent');
	});
});
