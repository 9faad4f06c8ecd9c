/** `lanner probe` whose brokers are away from the start: it captures all the same, and keeps what it saw on disk. Needs root. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readRecords } from '#agent/spool/record.ts';
import { decodeEventBatch } from '#schemas/event-batch.ts';
import { LannerProcess } from '#test/support/lanner-process.ts';

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as { port: number };
	await new Promise((resolve) => server.close(resolve));
	return port;
}

test('without its brokers the probe runs, spools, and ends in order with exit code 0', {
	timeout: 60_000,
}, async (context) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-probe-'));
	const config = join(folder, 'lanner.yaml');
	const data = join(folder, 'data');
	writeFileSync(config, `kafka:\n  brokers: [127.0.0.1:${await closedPort()}]\n`);
	const rules = join(import.meta.dirname, 'rules.yaml');
	const lanner = new LannerProcess(['probe', '--config', config, '--rules', rules, '--data', data]);
	context.after(async () => {
		await lanner.stop('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	});
	await lanner.ready();
	await lanner.line('stderr', (line) => line.includes('events go to the spool on disk'));
	const before = Date.now();
	assert.deepEqual(await lanner.stop(), { code: 0, signal: null });
	assert.ok(Date.now() - before < 10_000, 'the end does not wait for the brokers');
	const spool = join(data, 'spool');
	const segments = readdirSync(spool).filter((name) => name.endsWith('.spool'));
	const families = segments.flatMap((name) =>
		[...readRecords(readFileSync(join(spool, name)))].flatMap((item) => {
			assert.equal(item.kind, 'batch');
			if (item.kind !== 'batch') return [];
			return decodeEventBatch(item.batch.value).events.map((event) => Object.keys(event as object)[0]);
		}),
	);
	assert.ok(
		families.includes('lanner.events.ProbeStarted') && families.includes('lanner.events.ProbeStopped'),
	);
	assert.equal(statSync(spool).mode & 0o777, 0o700);
	assert.ok(!readdirSync(spool).includes('lock'));
});
