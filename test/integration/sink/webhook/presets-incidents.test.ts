/** PagerDuty, Opsgenie and Alertmanager: the request as their API documents it, its limits, hostile text, and what their answers mean. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Alert } from '#schemas/generated/alert.ts';
import {
	assertClasses,
	assertHarmless,
	assertRequest,
	exchange,
	namedAlerts,
	retryLater,
	textsOf,
	within,
} from '#test/support/presets.ts';
import { alertOf, hostileText } from '#test/support/sink.ts';

const key = 'k3y-0123456789abcdef0123456789ab';
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const severities = ['Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice', 'Informational', 'Debug'];

describe('PagerDuty', { timeout: 60_000 }, () => {
	const path = '/v2/enqueue';
	type Event = {
		routing_key: string;
		event_action: string;
		dedup_key: string;
		payload: {
			summary: string;
			source: string;
			severity: string;
			timestamp: string;
			component: string;
			class: string;
			custom_details: { id?: string; output: string; truncated?: boolean };
		};
	};
	const given = { preset: 'pagerduty', path, config: { key } } as const;
	const sent = async (alert: Alert): Promise<Event> => {
		const { seen, results } = await exchange({ ...given, alerts: [alert], answers: [{ status: 202 }] });
		assert.deepEqual(results, [{ kind: 'delivered' }]);
		assertRequest(seen[0], path, 'application/json');
		assert.ok(Buffer.byteLength(seen[0]?.body ?? '') <= 512 * 1024);
		return JSON.parse(seen[0]?.body ?? '') as Event;
	};

	for (const [name, alert] of [
		...namedAlerts,
		['an alert larger than an event may be', alertOf({ output: '€"'.repeat(130_000) })] as const,
	]) {
		test(`${name} is a trigger event within PagerDuty's limits`, async () => {
			const { routing_key, event_action, dedup_key, payload } = await sent(alert);
			assert.deepEqual([routing_key, event_action, dedup_key], [key, 'trigger', alert.id]);
			within(payload.summary, 1_024);
			within(payload.source, 255);
			assert.ok(['critical', 'error', 'warning', 'info'].includes(payload.severity));
			assert.match(payload.timestamp, rfc3339);
			assertHarmless([payload.summary, payload.source, payload.class, payload.component]);
			assert.equal(payload.custom_details.id, alert.id);
			const { truncated = false, output } = payload.custom_details;
			assert.ok(truncated || output.endsWith(alert.output), 'the whole output');
		});
	}

	test('each priority has its severity', async () => {
		const given = [];
		for (const priority of severities) given.push((await sent(alertOf({ priority }))).payload.severity);
		assert.deepEqual(given, ['critical', 'critical', 'critical', 'error', 'warning', 'info', 'info', 'info']);
	});

	test('its answers have their class: a wrong routing key is no fault of the alert', async () => {
		const invalid = (error: string) => ({
			status: 400,
			body: JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors: [error] }),
		});
		await assertClasses(given, [
			[{ status: 202, body: '{"status":"success","dedup_key":"x"}' }, 'delivered'],
			[invalid("'payload.summary' is missing or blank"), 'refused'],
			[invalid("Length of 'routing_key' is incorrect (should be 32 characters)"), 'blocked'],
			[{ status: 413 }, 'refused'],
			[retryLater, 'retry'],
			[{ status: 500 }, 'retry'],
		]);
	});
});

describe('Opsgenie', { timeout: 60_000 }, () => {
	const path = '/v2/alerts';
	type Request = {
		message: string;
		alias: string;
		description: string;
		entity: string;
		source: string;
		priority: string;
		tags: string[];
		details: Record<string, string>;
	};
	const given = { preset: 'opsgenie', path, config: { key } } as const;
	const sent = async (alert: Alert): Promise<Request> => {
		const { seen, results } = await exchange({ ...given, alerts: [alert], answers: [{ status: 202 }] });
		assert.deepEqual(results, [{ kind: 'delivered' }]);
		assertRequest(seen[0], path, 'application/json');
		assert.equal(seen[0]?.headers.authorization, `GenieKey ${key}`);
		return JSON.parse(seen[0]?.body ?? '') as Request;
	};

	for (const [name, alert] of namedAlerts) {
		test(`${name} is an alert within Opsgenie's limits, whose texts make no HTML`, async () => {
			const request = await sent(alert);
			assert.equal(request.alias, alert.id);
			within(request.message, 130);
			within(request.description, 15_000);
			within(request.entity, 512);
			within(request.source, 100);
			assert.ok(request.tags.length <= 20);
			for (const tag of request.tags) within(tag, 50);
			assert.ok(Object.entries(request.details).flat().join('').length <= 8_000);
			for (const text of [request.message, request.description])
				assert.doesNotMatch(text, /[<>]|&(?!amp;|lt;|gt;|a?m?p?$|l?t?$|g?t?$|…)/);
			assertHarmless(textsOf(request));
		});
	}

	test('each priority has its own', async () => {
		const given = [];
		for (const priority of severities) given.push((await sent(alertOf({ priority }))).priority);
		assert.deepEqual(given, ['P1', 'P1', 'P1', 'P2', 'P3', 'P4', 'P5', 'P5']);
	});

	test('its answers have their class', () =>
		assertClasses(given, [
			[{ status: 202, body: '{"result":"Request will be processed"}' }, 'delivered'],
			[{ status: 422, body: '{"message":"Request body is not processable","errors":{}}' }, 'refused'],
			[{ status: 401, body: '{"message":"Could not authenticate"}' }, 'blocked'],
			[{ status: 403 }, 'blocked'],
			[retryLater, 'retry'],
			[{ status: 500 }, 'retry'],
			[{ status: 503 }, 'retry'],
		]));
});

describe('Alertmanager', { timeout: 60_000 }, () => {
	const path = '/api/v2/alerts';
	type Posted = { labels: Record<string, string>; annotations: Record<string, string>; startsAt: string };
	const given = { preset: 'alertmanager', path } as const;

	test('several alerts are a list within bounds; labels have the right names and none is empty', async () => {
		const alerts = namedAlerts.map(([, alert], i) => ({ ...alert, id: `id-${i}` }));
		const { seen, results } = await exchange({ ...given, alerts, batch: 100 });
		assert.deepEqual(
			results.map(({ kind }) => kind),
			['delivered', 'delivered', 'delivered'],
		);
		assert.deepEqual([seen.length, seen[0]?.method, seen[0]?.url], [1, 'POST', path]);
		assert.equal(seen[0]?.headers['content-type'], 'application/json');
		const posted = JSON.parse(seen[0]?.body ?? '') as Posted[];
		assert.deepEqual(
			posted.map(({ labels }) => labels.alert_id),
			['id-0', 'id-1', 'id-2'],
		);
		for (const { labels, annotations, startsAt } of posted) {
			assert.ok(labels.alertname);
			for (const [name, value] of Object.entries({ ...labels, ...annotations })) {
				assert.match(name, /^[a-zA-Z_][a-zA-Z0-9_]*$/);
				within(value, 8_192, name);
			}
			assert.match(startsAt, rfc3339);
			assertHarmless(textsOf([labels, annotations]));
		}
		assert.deepEqual(
			[posted[0]?.labels.alertname, posted[0]?.labels.severity, posted[0]?.annotations.description],
			['Shadow read', 'warning', 'Shadow read (user=root)'],
		);
	});

	test('a container that is none has no label', async () => {
		const { seen } = await exchange(given);
		assert.equal('container_id' in (JSON.parse(seen[0]?.body ?? '')[0] as Posted).labels, false);
	});

	test('a list that is refused is halved until the culprit is alone', async () => {
		const alerts = ['good', 'bad', 'good2'].map((id) => alertOf({ id, output: hostileText }));
		const answers = [
			{ status: 400, body: '"start time must be before end time"' },
			{ status: 200 },
			{ status: 400 },
			{ status: 200 },
			{ status: 200 },
		];
		const { seen, results } = await exchange({ ...given, alerts, answers, batch: 100 });
		const sizes = seen.map(({ body }) => (JSON.parse(body) as Posted[]).length);
		assert.deepEqual(sizes, [3, 1, 2, 1, 1]);
		assert.deepEqual(
			results.map(({ kind }) => kind),
			['delivered', 'delivered', 'delivered'],
		);
	});

	test('its answers have their class', () =>
		assertClasses(given, [
			[{ status: 200 }, 'delivered'],
			[{ status: 400, body: '"bad"' }, 'refused'],
			[{ status: 401 }, 'blocked'],
			[{ status: 404 }, 'blocked'],
			[{ status: 429 }, 'retry'],
			[{ status: 500, body: '"boom"' }, 'retry'],
			[{ status: 503 }, 'retry'],
		]));
});
