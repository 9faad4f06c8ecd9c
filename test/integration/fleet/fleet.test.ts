import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { answers } from '#test/fleet/child.ts';
import { startKafka } from '#test/fleet/kafka.ts';
import { startRedis } from '#test/fleet/redis.ts';

test('a broker and a Redis come up, come back after kill -9, and are gone after stop', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-fleet-test-'));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const [kafka, redis] = await Promise.all([
		startKafka({ folder: join(folder, 'kafka') }),
		startRedis({ folder: join(folder, 'redis') }),
	]);
	const [broker] = kafka.brokers;
	try {
		for (const server of [broker!, redis]) {
			await server.kill();
			assert.equal(await answers(server.port), false);
			await server.start();
			assert.equal(await answers(server.port), true);
		}
	} finally {
		await Promise.all([kafka.stop(), redis.stop()]);
	}
	assert.deepEqual(await Promise.all([broker!, redis].map(({ port }) => answers(port))), [false, false]);
});
