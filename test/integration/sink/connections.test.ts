/** What outputs over the network ask of a connection: time to connect, how long it is kept, the version of TLS. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryResult, Output } from '#sink/output.ts';
import { createSyslogOutput } from '#sink/outputs/syslog/index.ts';
import { createWebhookOutput } from '#sink/outputs/webhook/index.ts';
import { createAuthority } from '#test/fleet/certificates.ts';
import { syslogConfig, webhookConfig } from '#test/support/output-config.ts';
import { alertOf } from '#test/support/sink.ts';
import { startReceiver } from '#test/support/webhook.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-connections-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const authority = createAuthority(join(folder, 'ca'));
const { cert, key } = authority.issue('server');
const { tls } = webhookConfig({ url: 'https://127.0.0.1/' });
const trusting = { ...tls, caFile: authority.ca };
const never = new AbortController().signal;

async function listening(server: Server): Promise<number> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
}

async function once(output: Output): Promise<DeliveryResult | undefined> {
	const [result] = await output.deliver([alertOf()], never);
	await output.close();
	return result;
}

type Given = { readonly connectTimeoutMs: number; readonly minVersion: 'TLSv1.2' | 'TLSv1.3' };
const usual: Given = { connectTimeoutMs: 5_000, minVersion: 'TLSv1.2' };

const outputs: Readonly<Record<string, (port: number, given: Given) => Output>> = {
	webhook: (port, { connectTimeoutMs, minVersion }) =>
		createWebhookOutput(
			webhookConfig({
				...{ url: `https://127.0.0.1:${port}/`, connectTimeoutMs, timeoutMs: 30_000 },
				tls: { ...trusting, minVersion },
			}),
			{ now: Date.now },
		),
	syslog: (port, { connectTimeoutMs, minVersion }) =>
		createSyslogOutput(
			syslogConfig({ transport: 'tls', port, connectTimeoutMs, tls: { ...trusting, minVersion } }),
			{ now: Date.now, datagramProgram: '' },
		),
};

for (const [kind, make] of Object.entries(outputs))
	describe(kind, { timeout: 60_000 }, () => {
		test('a handshake that does not end is a retry after connectTimeoutMs', async () => {
			const sockets: Socket[] = [];
			const silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
			const port = await listening(silent);
			const fromMs = performance.now();
			const result = await once(make(port, { ...usual, connectTimeoutMs: 300 }));
			const tookMs = performance.now() - fromMs;
			for (const socket of sockets) socket.destroy();
			silent.close();
			assert.equal(result?.kind, 'retry', JSON.stringify(result));
			assert.ok(tookMs >= 250 && tookMs < 20_000, String(tookMs));
		});

		test('a receiver below tls.minVersion gets nothing', async () => {
			let seen = 0;
			const old = createSecureServer(
				{ cert: readFileSync(cert), key: readFileSync(key), maxVersion: 'TLSv1.2' },
				(_, response) => {
					seen++;
					response.writeHead(204).end();
				},
			);
			const port = await listening(old);
			const result = await once(make(port, { ...usual, minVersion: 'TLSv1.3' }));
			old.close();
			assert.ok(result !== undefined && result.kind !== 'delivered', JSON.stringify(result));
			assert.equal(seen, 0);
		});
	});

test('webhook: an idle connection is kept for keepAliveMs and not longer', { timeout: 60_000 }, async () => {
	const receiver = await startReceiver((response) => response.writeHead(204).end());
	const counts: number[] = [];
	for (const keepAliveMs of [60_000, 50]) {
		const before = receiver.connections();
		const output = createWebhookOutput(webhookConfig({ url: receiver.url, keepAliveMs }), { now: Date.now });
		for (let i = 0; i < 2; i++) {
			assert.equal((await output.deliver([alertOf()], never))[0]?.kind, 'delivered');
			await sleep(1_500);
		}
		await output.close();
		counts.push(receiver.connections() - before);
	}
	await receiver.close();
	assert.deepEqual(counts, [1, 2]);
});
