/** The webhook output against real HTTP and HTTPS servers: answers, failures, batches, signature, certificates, proxy. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { WebhookConfig } from '#platform/config/index.ts';
import type { DeliveryResult, Output } from '#sink/output.ts';
import { createWebhookOutput } from '#sink/outputs/webhook/index.ts';
import { createAuthority } from '#test/fleet/certificates.ts';
import { webhookConfig } from '#test/support/output-config.ts';
import { alertOf, hostileText } from '#test/support/sink.ts';
import { type Answering, type Receiver, startReceiver } from '#test/support/webhook.ts';

const never = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), 'lanner-webhook-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const authority = createAuthority(join(folder, 'ca'));
const [server, client] = [authority.issue('server'), authority.issue('client')];
const other = createAuthority(join(folder, 'other'), 'another authority');
const stranger = other.issue('stranger');
const noTls = webhookConfig({ url: 'http://127.0.0.1/' }).tls;

const make = (given: Partial<WebhookConfig> & { readonly url: string }): Output =>
	createWebhookOutput(webhookConfig({ timeoutMs: 2_000, ...given }), { now: Date.now });
const alerts = (count: number) => Array.from({ length: count }, (_, i) => alertOf({ id: `id-${i}` }));

async function withReceiver<T>(answer: Answering, body: (receiver: Receiver) => Promise<T>): Promise<T> {
	const receiver = await startReceiver(answer);
	try {
		return await body(receiver);
	} finally {
		await receiver.close();
	}
}

async function once(output: Output, given = [alertOf()]): Promise<readonly DeliveryResult[]> {
	const results = await output.deliver(given, never);
	await output.close();
	return results;
}

describe('answers', { timeout: 60_000 }, () => {
	const statuses: readonly (readonly [number, DeliveryResult['kind']])[] = [
		...[200, 201, 202, 204].map((status) => [status, 'delivered'] as const),
		...[408, 425, 429, 500, 502, 503].map((status) => [status, 'retry'] as const),
		...[302, 401, 403, 404, 405, 406, 407, 410, 415].map((status) => [status, 'blocked'] as const),
		...[400, 413, 422].map((status) => [status, 'refused'] as const),
	];
	test('each class of status is what the README says; secrets are in no reason', () =>
		withReceiver(
			(response, _, count) =>
				response.writeHead(statuses[count - 1]?.[0] ?? 500, { location: 'http://127.0.0.1:1/' }).end(),
			async ({ url, seen }) => {
				for (const [status, kind] of statuses) {
					const [result] = await once(make({ url, headers: { Authorization: 'Bearer s3cret' } }));
					assert.equal(result?.kind, kind, String(status));
					assert.doesNotMatch(JSON.stringify(result), /s3cret/);
				}
				assert.equal(seen.length, statuses.length);
			},
		));

	test('Retry-After is understood in seconds, with a fraction, and as a date', async () => {
		const values = ['7', '0.5', new Date(Date.now() + 30_000).toUTCString(), 'soon'];
		const waits = await withReceiver(
			(response, _, count) => response.writeHead(429, { 'retry-after': values[count - 1] ?? '' }).end(),
			async ({ url }) => {
				const seen: (number | undefined)[] = [];
				for (const _ of values) {
					const [result] = await once(make({ url }));
					seen.push(result?.kind === 'retry' ? result.afterMs : -1);
				}
				return seen;
			},
		);
		assert.deepEqual([waits[0], waits[1], waits[3]], [7_000, 500, undefined]);
		assert.ok((waits[2] ?? 0) > 27_000 && (waits[2] ?? 0) <= 30_000, String(waits[2]));
	});

	const failures: Readonly<Record<string, Answering>> = {
		'a reset': (response) => void response.socket?.resetAndDestroy(),
		'no answer in time': () => undefined,
		'an answer that ends half way': (response) => {
			response.writeHead(200, { 'content-length': '100' });
			response.write('half');
			setTimeout(() => response.socket?.destroy(), 50);
		},
		'an answer that never ends': (response) => {
			response.writeHead(200, { 'content-length': '100' });
			response.write('half');
		},
	};
	for (const [name, answer] of Object.entries(failures)) {
		test(`${name} is a retry; the next attempt delivers`, () =>
			withReceiver(
				(response, seen, count) =>
					count === 1 ? answer(response, seen, count) : response.writeHead(204).end(),
				async ({ url }) => {
					const output = make({ url, timeoutMs: 400 });
					const results = [
						...(await output.deliver([alertOf()], never)),
						...(await output.deliver([alertOf()], never)),
					];
					await output.close();
					assert.deepEqual(
						results.map(({ kind }) => kind),
						['retry', 'delivered'],
					);
				},
			));
	}

	test('an answer without end is read to a bound', () =>
		withReceiver(
			(response) => {
				response.writeHead(200);
				const chunk = Buffer.alloc(1 << 16, 'x');
				const more = (): void => {
					while (!response.destroyed && response.write(chunk));
				};
				response.on('drain', more);
				more();
			},
			async ({ url }) => assert.equal((await once(make({ url })))[0]?.kind, 'delivered'),
		));
});

describe('requests', { timeout: 60_000 }, () => {
	const ok: Answering = (response) => response.writeHead(204).end();

	test('method, headers, idempotency key; one connection is kept for all', () =>
		withReceiver(ok, async ({ url, seen, connections }) => {
			const output = make({
				url,
				method: 'PUT',
				headers: { 'X-Team': 'a', 'Content-Type': 'application/x-alert' },
			});
			const results = [
				...(await output.deliver(alerts(3), never)),
				...(await output.deliver(alerts(1), never)),
			];
			await output.close();
			assert.deepEqual(
				results.map(({ kind }) => kind),
				Array(4).fill('delivered'),
			);
			assert.equal(connections(), 1);
			assert.deepEqual(
				seen.map(({ method, headers }) => [
					method,
					headers['x-team'],
					headers['content-type'],
					headers['idempotency-key'],
				]),
				[0, 1, 2, 0].map((i) => ['PUT', 'a', 'application/x-alert', `id-${i}`]),
			);
		}));

	test('batches keep order and bounds, as an array, one a line, zipped; the same batch has the same key', () =>
		withReceiver(ok, async ({ url, seen }) => {
			const batch = { alertsMax: 4, bytesMax: 1_048_576, form: 'array' } as const;
			await once(make({ url, batch, compression: 'gzip' }), alerts(6));
			await once(make({ url, batch: { ...batch, form: 'ndjson' } }), alerts(4));
			await once(
				make({ url, batch: { ...batch, bytesMax: 1_024 } }),
				alerts(2).map((alert) => ({ ...alert, output: 'x'.repeat(500) })),
			);
			const ids = seen.map(({ body }) =>
				body.startsWith('[')
					? (JSON.parse(body) as { id: string }[]).map(({ id }) => id)
					: body
							.trimEnd()
							.split('\n')
							.map((line) => (JSON.parse(line) as { id: string }).id),
			);
			assert.deepEqual(ids, [
				['id-0', 'id-1', 'id-2', 'id-3'],
				['id-4', 'id-5'],
				['id-0', 'id-1', 'id-2', 'id-3'],
				['id-0'],
				['id-1'],
			]);
			assert.equal(seen[0]?.headers['idempotency-key'], seen[2]?.headers['idempotency-key']);
			assert.match(String(seen[0]?.headers['idempotency-key']), /^[0-9a-f]{32}$/);
			assert.equal(seen[2]?.headers['content-type'], 'application/x-ndjson');
		}));

	test('one alert that is refused takes no other of its batch along', () =>
		withReceiver(
			(response, { body }) => response.writeHead(body.includes('id-5') ? 422 : 200).end(),
			async ({ url }) => {
				const batch = { alertsMax: 8, bytesMax: 1_048_576, form: 'array' } as const;
				const results = await once(make({ url, batch }), alerts(8));
				assert.deepEqual(
					results.map(({ kind }) => (kind === 'refused' ? 1 : 0)),
					[0, 0, 0, 0, 0, 1, 0, 0],
				);
			},
		));

	test('a template is filled without being left: hostile fields stay in their place', () =>
		withReceiver(ok, async ({ url, seen }) => {
			const body =
				'{"text": "{{rule}} on {{ hostname }}", "at": "{{output_fields.evt.time}}", "tags": "{{tags}}", "none": "{{nothing}}"}';
			const rule = `"}, {{id}} ${hostileText}`;
			await once(make({ url, body }), [alertOf({ rule })]);
			const read = JSON.parse(seen[0]?.body ?? '') as Record<string, unknown>;
			assert.deepEqual(read, {
				text: `${rule} on web1`,
				at: 1_700_000_000_123_456_800,
				tags: ['a', 'b'],
				none: null,
			});
		}));

	test('the signature is verified by the examples in JavaScript and Python, and a changed body is not', () =>
		withReceiver(ok, async ({ url, seen }) => {
			await once(make({ url, signingSecret: 'shared', compression: 'gzip' }), [alertOf({ output: 'é🦅' })]);
			const [request] = seen;
			const examples = fileURLToPath(new URL('../../../../deploy/examples/webhook-verify', import.meta.url));
			for (const [program, file] of [
				[process.execPath, 'verify.mjs'],
				['python3', 'verify.py'],
			] as const) {
				const check = (body: string, secret = 'shared'): string =>
					execFileSync(program, [join(examples, file)], {
						input: body,
						env: {
							PATH: process.env.PATH,
							WEBHOOK_SECRET: secret,
							WEBHOOK_SIGNATURE: String(request?.headers['lanner-signature']),
						},
						encoding: 'utf8',
					}).trim();
				assert.equal(check(request?.body ?? ''), 'valid');
				assert.equal(check(`${request?.body} `), 'invalid');
				assert.equal(check(request?.body ?? '', 'other'), 'invalid');
			}
		}));
});

describe('TLS and proxy', { timeout: 60_000 }, () => {
	const ok: Answering = (response) => response.writeHead(204).end();
	const trusting = { ...noTls, caFile: authority.ca };
	const ours = { ...trusting, certFile: client.cert, keyFile: client.key };

	test('mutual TLS delivers; a wrong authority or name blocks, a wrong certificate of ours delivers nothing', async () => {
		const receiver = await startReceiver(ok, { ...server, clientCa: authority.ca });
		try {
			const { url } = receiver;
			assert.equal((await once(make({ url, tls: ours })))[0]?.kind, 'delivered');
			for (const [name, tls] of Object.entries({
				'authority of Node': { ...ours, caFile: null },
				'other authority': { ...ours, caFile: other.ca },
				'other name': { ...ours, serverName: 'alerts.example.com' },
				'none of ours': trusting,
				'a stranger': { ...trusting, certFile: stranger.cert, keyFile: stranger.key },
			})) {
				const [result] = await once(make({ url, tls }));
				// A TLS 1.3 server judges our certificate after the handshake; its alert may be overtaken by the end of the connection.
				const isOurs = name === 'none of ours' || name === 'a stranger';
				assert.ok(
					result?.kind === 'blocked' || (isOurs && result?.kind === 'retry'),
					`${name}: ${JSON.stringify(result)}`,
				);
			}
			assert.equal(receiver.seen.length, 1);
		} finally {
			await receiver.close();
		}
	});

	/** A CONNECT proxy of the test's own that asks for a password. */
	async function startProxy(): Promise<{ proxy: Server; port: number; tunnels: string[] }> {
		const tunnels: string[] = [];
		const proxy = createServer();
		proxy.on('connect', (request, socket) => {
			const wanted = `Basic ${Buffer.from('u:p@ss').toString('base64')}`;
			socket.on('error', () => undefined);
			if (request.headers['proxy-authorization'] !== wanted)
				return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
			tunnels.push(request.url ?? '');
			const [host, port] = (request.url ?? '').split(':');
			const upstream = connect(Number(port), host, () => {
				socket.write('HTTP/1.1 200 OK\r\n\r\n');
				upstream.pipe(socket);
				socket.pipe(upstream);
			});
			upstream.on('error', () => socket.destroy());
		});
		await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
		return { proxy, port: (proxy.address() as AddressInfo).port, tunnels };
	}

	test('a proxy is asked for a tunnel with our credentials; its 407 blocks and names no secret', async () => {
		const receiver = await startReceiver(ok, { ...server, clientCa: authority.ca });
		const { proxy, port, tunnels } = await startProxy();
		try {
			const { url } = receiver;
			const through = (credentials: string) =>
				make({ url, tls: ours, proxy: `http://${credentials}127.0.0.1:${port}` });
			assert.deepEqual(await once(through('u:p%40ss@')), [{ kind: 'delivered' }]);
			assert.deepEqual(tunnels, [`127.0.0.1:${receiver.port}`]);
			const [refused] = await once(through('u:wr0ng@'));
			assert.ok(refused?.kind === 'blocked' && refused.code === 'output-proxy-407', JSON.stringify(refused));
			assert.doesNotMatch(JSON.stringify(refused), /wr0ng|s3cret/);
		} finally {
			proxy.closeAllConnections();
			proxy.close();
			await receiver.close();
		}
	});
});
