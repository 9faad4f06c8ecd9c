import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { assertSeesHost } from '#cli/roles/host-view.ts';
import { type FleetRole, roleNeeds } from '#cli/roles/role-needs.ts';
import { readSettings } from '#cli/roles/settings.ts';

const stderr = { write: () => true } as unknown as NodeJS.WriteStream;

/** What a role says to a file, without the folder in front; null = it starts. */
function refusal(t: TestContext, role: FleetRole, fleet: boolean, text: string): string | null {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-needs-'));
	t.after(() => rmSync(folder, { recursive: true }));
	const configFile = join(folder, 'lanner.yaml');
	writeFileSync(configFile, text);
	try {
		readSettings(
			{ configFile, data: undefined, checks: [roleNeeds(role, { fleet })] },
			{ env: {}, stderr, defaultConfigFile: null },
		);
		return null;
	} catch (error) {
		return (error as Error).message.replaceAll(`${folder}/`, '');
	}
}

const kafka = 'kafka: { brokers: ["127.0.0.1:9092"] }\n';
const redis = 'redis: { addresses: ["127.0.0.1:6379"] }\n';

test('an evaluator with only one of Kafka and Redis is refused with the line to change', (t) => {
	assert.match(
		refusal(t, 'evaluator', false, `logging: { level: info }\n${redis}kafka: {}\n`) ?? '',
		/lanner\.yaml:3:8: kafka\.brokers: is empty; redis\.addresses is given/,
	);
	assert.match(
		refusal(t, 'evaluator', false, `${kafka}redis:\n  addresses: []\n`) ?? '',
		/lanner\.yaml:3:14: redis\.addresses: is empty; .*redis: \{ addresses: \["redis\.example\.com:6379"\] \}/,
	);
	assert.equal(refusal(t, 'evaluator', false, kafka + redis), null);
	assert.equal(refusal(t, 'evaluator', false, ''), null, 'one host needs neither');
});

test('a role of a fleet does not start on the embedded log', (t) => {
	for (const role of ['probe', 'sink', 'console'] as const) {
		assert.match(refusal(t, role, true, redis) ?? '', /kafka\.brokers: is empty; \w+ --fleet works on Kafka/);
		assert.equal(refusal(t, role, true, kafka), null);
		assert.equal(refusal(t, role, false, ''), null);
	}
	const both = refusal(t, 'evaluator', true, 'ops: { evaluatorPort: 9466 }\n') ?? '';
	assert.match(both, /has 2 problems/);
	assert.match(both, /kafka\.brokers: is empty/);
	assert.match(both, /redis\.addresses: is empty/);
});

test('without a file a role of a fleet says which file it wants', () => {
	const checks = [roleNeeds('sink', { fleet: true })];
	assert.throws(
		() =>
			readSettings(
				{ configFile: undefined, data: undefined, checks },
				{ env: {}, stderr, defaultConfigFile: null },
			),
		(error: Error & { remedy?: string; hint?: string }) =>
			/^kafka\.brokers: is empty/.test(error.message) && JSON.stringify(error).includes('--config'),
	);
});

const hostPids = 'pid:[4026531836]';

test('a probe in a pid namespace of its own is refused', () => {
	assert.throws(() => assertSeesHost('pid:[4026532207]'), /pid namespace of its own \(pid:\[4026532207\]\)/);
	assertSeesHost(hostPids);
});

test('a sink without an output that is enabled is refused; the default output counts', (t) => {
	const off = 'outputs:\n  - { kind: stdout, name: s, enabled: false }\n';
	assert.match(refusal(t, 'sink', false, off) ?? '', /lanner\.yaml:2:3: outputs: none is enabled/);
	assert.equal(refusal(t, 'sink', false, ''), null);
	assert.equal(refusal(t, 'evaluator', false, off), null);
});
