/** Elasticsearch bulk, Splunk HEC and Loki: the request as their API documents it, hostile text, and what their answers mean. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Alert } from '#schemas/generated/alert.ts';
import {
	assertClasses,
	assertHarmless,
	assertRequest,
	exchange,
	hostileAlert,
	longAlert,
	retryLater,
	textsOf,
	within,
} from '#test/support/presets.ts';
import { alertOf } from '#test/support/sink.ts';

const alerts: readonly Alert[] = [alertOf(), hostileAlert, longAlert].map((alert, i) => ({
	...alert,
	id: `id-${i}`,
}));
const delivered = alerts.map(() => ({ kind: 'delivered' }));
const kinds = (results: readonly { readonly kind: string }[]): string[] => results.map(({ kind }) => kind);

type Whole = { readonly output: string; readonly rule: string };

/** The alert came whole: nothing cut, and what is hostile stands as data. */
function assertWhole(given: Whole, alert: Alert): void {
	assert.equal(given.rule, alert.rule);
	assert.ok(given.output.endsWith(alert.output), 'the output is not whole');
}

describe('Elasticsearch', { timeout: 60_000 }, () => {
	const path = '/_bulk';
	const given = { preset: 'elasticsearch', path, config: { index: 'lanner-alerts' } } as const;
	const items = (...statuses: readonly number[]): string =>
		JSON.stringify({
			took: 1,
			errors: statuses.some((status) => status >= 300),
			items: statuses.map((status) => ({
				create: {
					_index: 'lanner-alerts',
					status,
					...(status >= 300 && { error: { type: 'x', reason: 'y' } }),
				},
			})),
		});

	test('several alerts are pairs of lines: create with the id, then the alert with its time', async () => {
		const answers = [{ status: 200, body: items(201, 201, 201) }];
		const { seen, results } = await exchange({ ...given, alerts, answers, batch: 100 });
		assert.deepEqual([results, seen.length], [delivered, 1]);
		assert.deepEqual([seen[0]?.method, seen[0]?.url], ['POST', path]);
		assert.equal(seen[0]?.headers['content-type'], 'application/x-ndjson');
		const body = seen[0]?.body ?? '';
		assert.ok(body.endsWith('\n'), 'the last line is ended');
		const lines = body.trimEnd().split('\n');
		assert.equal(lines.length, alerts.length * 2);
		alerts.forEach((alert, i) => {
			assert.deepEqual(JSON.parse(lines[i * 2] ?? ''), {
				create: { _index: 'lanner-alerts', _id: alert.id },
			});
			const document = JSON.parse(lines[i * 2 + 1] ?? '') as Whole & { readonly '@timestamp': string };
			assertWhole(document, alert);
			assert.equal(Date.parse(document['@timestamp']), 1_700_000_000_123);
		});
	});

	test('each alert is judged by its own status: a repeat is delivered, a mapping refuses, an index blocks', async () => {
		const statuses = [201, 409, 429, 503, 400, 403, 404];
		const many = statuses.map((status) => alertOf({ id: `id-${status}` }));
		const answers = [{ status: 200, body: items(...statuses) }];
		const { results } = await exchange({ ...given, alerts: many, answers, batch: 100 });
		assert.deepEqual(kinds(results), [
			'delivered',
			'delivered',
			'retry',
			'retry',
			'refused',
			'blocked',
			'blocked',
		]);
	});

	test('an answer that names other items than were sent, or none, is a retry', async () => {
		for (const body of [items(201), '{"items":7}', '<html>', '']) {
			const answers = [{ status: 200, body }];
			const { results } = await exchange({ ...given, alerts: alerts.slice(0, 2), answers, batch: 100 });
			assert.deepEqual(kinds(results), ['retry'], body);
		}
	});

	test('a request that is too large is halved', async () => {
		const answers = [
			{ status: 413 },
			{ status: 200, body: items(201) },
			{ status: 200, body: items(201, 201) },
		];
		const { results } = await exchange({ ...given, alerts, answers, batch: 100 });
		assert.deepEqual(results, delivered);
	});

	test('answers to the whole request have their class', () =>
		assertClasses(given, [
			[{ status: 200, body: items(201) }, 'delivered'],
			[{ status: 400, body: '{"error":{"type":"illegal_argument_exception"}}' }, 'refused'],
			[{ status: 401, body: '{"error":{"type":"security_exception"}}' }, 'blocked'],
			[{ status: 403 }, 'blocked'],
			[{ status: 406, body: '{"error":"Content-Type header is not supported"}' }, 'blocked'],
			[retryLater, 'retry'],
			[{ status: 503 }, 'retry'],
		]));
});

describe('Splunk', { timeout: 60_000 }, () => {
	const path = '/services/collector/event';
	const key = '12345678-1234-1234-1234-1234567890AB';
	const given = { preset: 'splunk', path, config: { key, index: 'security' } } as const;
	type Event = {
		time: number;
		host: string;
		source: string;
		sourcetype: string;
		index?: string;
		fields: Record<string, string>;
		event: Whole;
	};
	const answered = (status: number, code: number, text: string) => ({
		status,
		body: JSON.stringify({ text, code }),
	});

	test('several alerts are events one after the other, each with its metadata', async () => {
		const answers = [answered(200, 0, 'Success')];
		const { seen, results } = await exchange({ ...given, alerts, answers, batch: 100 });
		assert.deepEqual([results, seen.length], [delivered, 1]);
		assert.deepEqual([seen[0]?.method, seen[0]?.url], ['POST', path]);
		assert.equal(seen[0]?.headers.authorization, `Splunk ${key}`);
		const events = (seen[0]?.body ?? '').split('\n').map((line) => JSON.parse(line) as Event);
		assert.equal(events.length, alerts.length);
		events.forEach(({ time, host, source, sourcetype, index, fields, event }, i) => {
			const alert = alerts[i] as Alert;
			assert.deepEqual(
				[time, source, sourcetype, index],
				[1_700_000_000.123, 'lanner', 'lanner:alert', 'security'],
			);
			assert.deepEqual(fields, { id: alert.id, priority: 'Warning' });
			within(host, 255);
			assertHarmless([host]);
			assertWhole(event, alert);
		});
	});

	test('without an index the token decides', async () => {
		const { seen } = await exchange({ ...given, config: { key } });
		assertRequest(seen[0], path, 'application/json');
		assert.equal('index' in (JSON.parse(seen[0]?.body ?? '') as Event), false);
	});

	test('its codes have their class: index, channel and token are our settings', () =>
		assertClasses(given, [
			[answered(200, 0, 'Success'), 'delivered'],
			[answered(400, 5, 'No data'), 'refused'],
			[answered(400, 6, 'Invalid data format'), 'refused'],
			[answered(400, 7, 'Incorrect index'), 'blocked'],
			[answered(400, 10, 'Data channel is missing'), 'blocked'],
			[answered(400, 11, 'Invalid data channel'), 'blocked'],
			[answered(400, 12, 'Event field is required'), 'refused'],
			[answered(400, 14, 'ACK is disabled'), 'blocked'],
			[answered(400, 15, 'Error in handling indexed fields'), 'refused'],
			[answered(400, 16, 'Query string authorization is not enabled'), 'blocked'],
			[answered(401, 2, 'Token is required'), 'blocked'],
			[answered(403, 1, 'Token disabled'), 'blocked'],
			[answered(403, 4, 'Invalid token'), 'blocked'],
			[answered(500, 8, 'Internal server error'), 'retry'],
			[answered(503, 9, 'Server is busy'), 'retry'],
		]));

	test('settings that are wrong block a whole batch, which is not halved', async () => {
		const answers = [answered(400, 7, 'Incorrect index')];
		const { seen, results } = await exchange({ ...given, alerts, answers, batch: 100 });
		assert.deepEqual([kinds(results), seen.length], [['blocked', 'blocked', 'blocked'], 1]);
	});
});

describe('Loki', { timeout: 60_000 }, () => {
	const path = '/loki/api/v1/push';
	const given = { preset: 'loki', path } as const;
	type Push = {
		streams: { stream: Record<string, string>; values: [string, string, Record<string, string>][] }[];
	};
	const late = { status: 400, body: 'entry for stream \'{job="lanner"}\' has timestamp too old' };
	const disallowed = {
		status: 400,
		body: 'stream \'{job="lanner"}\' includes structured metadata, but this feature is disallowed. Please see `limits_config.allow_structured_metadata`',
	};

	test('several alerts are streams with few labels; times are texts of nanoseconds, metadata are texts', async () => {
		const { seen, results } = await exchange({ ...given, alerts, answers: [{ status: 204 }], batch: 100 });
		assert.deepEqual([results, seen.length], [delivered, 1]);
		assert.deepEqual([seen[0]?.method, seen[0]?.url], ['POST', path]);
		assert.equal(seen[0]?.headers['content-type'], 'application/json');
		const { streams } = JSON.parse(seen[0]?.body ?? '') as Push;
		assert.equal(streams.length, alerts.length);
		streams.forEach(({ stream, values }, i) => {
			assert.ok(Object.keys(stream).length <= 15);
			for (const [name, value] of Object.entries(stream)) {
				assert.match(name, /^[a-zA-Z_][a-zA-Z0-9_]*$/);
				within(value, 2_048, name);
			}
			assert.equal(values.length, 1);
			const [time, line, metadata] = values[0] as Push['streams'][0]['values'][0];
			assert.equal(time, '1700000000123456789');
			assertWhole(JSON.parse(line) as Whole, alerts[i] as Alert);
			assert.equal(metadata.id, `id-${i}`);
			for (const value of Object.values(metadata)) assert.equal(typeof value, 'string');
			assertHarmless(textsOf([stream, metadata]));
		});
	});

	test('times before the ninth digit keep their zeros', async () => {
		const { seen } = await exchange({ ...given, alerts: [alertOf({ timeNs: 42 })] });
		const { streams } = JSON.parse(seen[0]?.body ?? '') as Push;
		assert.equal(streams[0]?.values[0]?.[0], '1700000000000000042');
	});

	test('one alert that is too late takes no other along', async () => {
		const answers = [late, { status: 204 }, late, late, { status: 204 }];
		const { results } = await exchange({ ...given, alerts, answers, batch: 100 });
		assert.deepEqual(kinds(results), ['delivered', 'refused', 'delivered']);
	});

	test('a Loki that allows no structured metadata blocks a whole batch and loses none of it', async () => {
		const { seen, results } = await exchange({ ...given, alerts, answers: [disallowed], batch: 100 });
		assert.deepEqual([kinds(results), seen.length], [['blocked', 'blocked', 'blocked'], 1]);
	});

	test('its answers have their class', () =>
		assertClasses(given, [
			[{ status: 204 }, 'delivered'],
			[late, 'refused'],
			[disallowed, 'blocked'],
			[{ status: 401, body: 'no org id' }, 'blocked'],
			[{ status: 413 }, 'refused'],
			[retryLater, 'retry'],
			[{ status: 429, body: 'ingestion rate limit exceeded for user fake' }, 'retry'],
			[{ status: 500 }, 'retry'],
		]));
});
