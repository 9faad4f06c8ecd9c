/**
 * Who reads the alert topic: `lanner alerts tail`, the sink's way of reading, and consumers in other languages; in both framings. The
 * registry is a double unless LANNER_TEST_REGISTRY names a real one (for Apicurio http://HOST:PORT/apis/ccompat/v7).
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { ensureTopics, type KafkaOptions, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import type { EventLog } from '#log/log.ts';
import { alertCodec } from '#schemas/codec.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';
import { lanner } from '#test/support/cli.ts';
import { type RegistryDouble, startRegistryDouble } from '#test/support/registry-double.ts';
import { alertOf, appendAlerts } from '#test/support/sink.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'lanner-alert-consumers-'));
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const dayMs = 86_400_000;
let kafka: KafkaCluster;
let registry: RegistryDouble;
let registryUrl: string;
let installations = 0;

before(async () => {
	[kafka, registry] = await Promise.all([
		startKafka({ folder: join(folder, 'kafka') }),
		startRegistryDouble(),
	]);
	registryUrl = process.env.LANNER_TEST_REGISTRY ?? registry.url;
});
after(async () => {
	await Promise.all([kafka?.stop(), registry?.close()]);
	rmSync(folder, { recursive: true, force: true });
});

type Installation = { options: KafkaOptions; log: EventLog; config: string; topic: string };

/** Topics of its own, and a lanner.yaml for them. */
async function install(more: Partial<KafkaOptions> = {}): Promise<Installation> {
	const prefix = `c${process.pid}-${installations++}-`;
	const options = { brokers: kafka.bootstrap, clientId: 'test', prefix, logger: quiet, ...more };
	const plans = planTopics({
		partitions: 3,
		replication: 1,
		minInSync: 1,
		eventsRetentionMs: dayMs,
		alertsRetentionMs: dayMs,
	});
	await ensureTopics(plans, options, { create: true });
	const config = join(folder, `${prefix}.yaml`);
	const { schemaRegistry } = more;
	writeFileSync(
		config,
		`kafka:\n  brokers: ["${kafka.bootstrap[0]}"]\n  prefix: ${prefix}\n` +
			(schemaRegistry === undefined ? '' : `  schemaRegistry:\n    url: ${schemaRegistry.url}\n`),
	);
	return { options, config, log: openKafkaLog(options), topic: `${prefix}lanner.alerts` };
}

const idsOf = (lines: string): string[] =>
	lines
		.trim()
		.split('\n')
		.filter((line) => line !== '')
		.map((line) => (JSON.parse(line) as { id: string }).id)
		.sort();

test('alerts tail prints what is there, from a time, of a severity, and nothing else', async (t) => {
	const { log, config } = await install();
	t.after(() => log.close());
	await appendAlerts(log, { id: 'a0' }, { id: 'a1', priority: 'Debug' });
	const before = new Date(Date.now() + 1);
	await new Promise((resolve) => setTimeout(resolve, 10));
	await appendAlerts(log, { id: 'a2' });
	await log.append('lanner.alerts', [{ key: 'h', value: Buffer.from('not an alert') }]);
	const tail = (...more: string[]) =>
		lanner('alerts', 'tail', '--config', config, '--json', '--no-follow', ...more);
	const [all, since, severe] = await Promise.all([
		tail('--since', '1h'),
		tail('--since', before.toISOString()),
		tail('--since', '1h', '--priority', 'warning'),
	]);
	assert.deepEqual([all.code, since.code, severe.code], [0, 0, 0], all.err);
	assert.deepEqual(idsOf(all.out), ['a0', 'a1', 'a2']);
	assert.deepEqual(idsOf(since.out), ['a2']);
	assert.deepEqual(idsOf(severe.out), ['a0', 'a2']);
	assert.match(all.err, /A record is not an alert/);
});

test('alerts in the framing of a registry are read like the others, and both may be in one topic', async (t) => {
	const plain = await install();
	await appendAlerts(plain.log, { id: 'b0' });
	await plain.log.close();
	const options = { ...plain.options, schemaRegistry: { url: registryUrl } };
	const log = openKafkaLog(options);
	t.after(() => log.close());
	await appendAlerts(log, { id: 'b1' }, { id: 'b2' });
	const raw = openKafkaLog(plain.options);
	t.after(() => raw.close());
	const bytes = (await valuesOf(raw, 'raw', 3)).map((value) => value[0]);
	assert.deepEqual(bytes.sort(), [0, 0, 0xc3], 'two are framed');
	const seen = (await valuesOf(log, 'framed', 3)).map((value) => alertCodec.decode(value));
	assert.deepEqual(seen.map(({ id }) => id).sort(), ['b0', 'b1', 'b2']);
	const framed = seen.find(({ id }) => id === 'b1')!;
	assert.deepEqual(alertCodec.encode(framed), alertCodec.encode(alertOf({ id: 'b1' })));
	if (registryUrl === registry.url) {
		const registered = registry.requests.filter((one) => one.startsWith('POST /subjects/'));
		assert.deepEqual(registered, [`POST /subjects/${plain.topic}-value/versions`], 'once');
	}
});

test('a registry that refuses is told with what to do; one that is away makes the append fail as unavailable', async (t) => {
	const double = await startRegistryDouble();
	t.after(() => double.close());
	const { log } = await install({ schemaRegistry: { url: double.url } });
	t.after(() => log.close());
	double.failWith(409);
	await assert.rejects(appendAlerts(log, { id: 'x' }), (error) => {
		const { code, message, remedy } = error as Error & { code: string; remedy: string };
		assert.equal(code, 'log-refused');
		assert.match(message, /status 409, as told/);
		assert.match(remedy, /compatibility/);
		return true;
	});
	double.failWith(503);
	await assert.rejects(appendAlerts(log, { id: 'x' }), { code: 'log-unavailable' });
	double.failWith(null);
	await appendAlerts(log, { id: 'x' });
});

const python = join(root, 'dist/python/bin/python3');
test('the Python example reads both framings with the schema files alone', {
	skip: existsSync(python)
		? false
		: `${python} is not here: Python's venv or pip does not work, see the lines of the set-up`,
}, async (t) => {
	const { log, options, topic } = await install();
	await appendAlerts(log, { id: 'p0', output: 'Ünïcode ☃' });
	await log.close();
	const framed = openKafkaLog({ ...options, schemaRegistry: { url: registryUrl } });
	t.after(() => framed.close());
	await appendAlerts(framed, { id: 'p1' });
	const { stdout } = await run(
		python,
		[
			join(root, 'schemas/examples/python/alerts.py'),
			kafka.bootstrap[0]!,
			...['--topic', topic, '--registry', registryUrl, '--count', '2'],
		],
		{ timeout: 60_000 },
	);
	assert.deepEqual(idsOf(stdout), ['p0', 'p1']);
	assert.match(stdout, /"tags": \["a", "b"\]/);
});

const go = join(root, 'dist/go/alerts');
test('the Go example reads alerts with the schema file alone, and tells what is of another schema', {
	skip: existsSync(go)
		? false
		: `${go} is not here: there is no Go (1.23 or newer) on PATH or in /usr/local/go`,
}, async (t) => {
	const { log, topic } = await install();
	t.after(() => log.close());
	await appendAlerts(log, { id: 'g0', output: 'Ünïcode ☃' });
	await log.append('lanner.alerts', [{ key: 'h', value: Buffer.from('not an alert') }]);
	await appendAlerts(log, { id: 'g1' });
	const schema = join(root, 'schemas/alert', newestAlertSchema());
	const { stdout, stderr } = await run(go, [kafka.bootstrap[0]!, topic, schema, '2'], { timeout: 60_000 });
	assert.deepEqual(idsOf(stdout), ['g0', 'g1']);
	assert.match(stdout, /"output":"Ünïcode ☃"/);
	assert.match(stdout, /"tags":\["a","b"\]/);
	assert.doesNotMatch(stderr, /cannot|panic/);
});

function newestAlertSchema(): string {
	const version = (name: string): number => Number(/^v(\d+)\.avsc$/.exec(name)?.[1] ?? 0);
	return readdirSync(join(root, 'schemas/alert')).reduce((a, b) => (version(b) > version(a) ? b : a));
}

async function valuesOf(log: EventLog, group: string, count: number): Promise<Buffer[]> {
	const consumer = await log.consume({ topic: 'lanner.alerts', group });
	const values: Buffer[] = [];
	const following: Promise<void>[] = [];
	for await (const assignment of consumer.assignments()) {
		following.push(
			(async () => {
				await assignment.seek('earliest');
				while (values.length < count && !assignment.revoked.aborted)
					for (const { value } of await assignment.read({ maxBytes: 1 << 20, waitMs: 300 }))
						values.push(Buffer.from(value));
				if (values.length >= count) void consumer.close();
			})(),
		);
	}
	await Promise.all(following);
	return values;
}
