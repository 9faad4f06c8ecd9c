/** CloudEvents and OCSF: what their specifications require of an event, hostile text, and what a receiver's answers mean. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Alert } from '#schemas/generated/alert.ts';
import {
	assertClasses,
	assertRequest,
	exchange,
	hostileAlert,
	longAlert,
	retryLater,
} from '#test/support/presets.ts';
import { alertOf, hostileText } from '#test/support/sink.ts';

const path = '/events';
const alerts: readonly Alert[] = [
	alertOf(),
	{ ...hostileAlert, hostId: `/../${hostileText}?#\ud800` },
	longAlert,
].map((alert, i) => ({ ...alert, id: `id-${i}` }));
const delivered = alerts.map(() => ({ kind: 'delivered' }));

describe('CloudEvents', { timeout: 60_000 }, () => {
	const given = { preset: 'cloudevents', path } as const;
	type Event = { [name: string]: unknown; data: { id: string; rule: string } };

	function assertEvent(event: Event, alert: Alert): void {
		const { data, ...attributes } = event;
		for (const [name, value] of Object.entries(attributes)) {
			assert.match(name, /^[a-z0-9]{1,20}$/);
			assert.ok(typeof value === 'string' && value !== '', name);
		}
		assert.deepEqual(
			[attributes.specversion, attributes.id, attributes.type, attributes.datacontenttype],
			['1.0', alert.id, 'lanner.alert.v1', 'application/json'],
		);
		// A URI reference: one path of three parts, whatever the host is called.
		assert.match(String(attributes.source), /^\/lanner\/hosts\/(?:[A-Za-z0-9\-_.!~*'()]|%[0-9A-F]{2})+$/);
		assert.equal(new Date(String(attributes.time)).getTime(), 1_700_000_000_123);
		assert.deepEqual([data.id, data.rule], [alert.id, alert.rule]);
	}

	test('one alert is one event in structured mode', async () => {
		const { seen, results } = await exchange({ ...given, answers: [{ status: 202 }] });
		assert.deepEqual(results, [{ kind: 'delivered' }]);
		assertRequest(seen[0], path, 'application/cloudevents+json; charset=UTF-8');
		assertEvent(JSON.parse(seen[0]?.body ?? '') as Event, alertOf());
	});

	test('several are a batch, with the type of a batch', async () => {
		const { seen, results } = await exchange({ ...given, alerts, batch: 100 });
		assert.deepEqual([results, seen.length], [delivered, 1]);
		assert.equal(seen[0]?.headers['content-type'], 'application/cloudevents-batch+json; charset=UTF-8');
		const events = JSON.parse(seen[0]?.body ?? '') as Event[];
		assert.equal(events.length, alerts.length);
		for (const [i, event] of events.entries()) assertEvent(event, alerts[i] as Alert);
	});

	test('the answers of a webhook by its specification have their class', () =>
		assertClasses(given, [
			[{ status: 200 }, 'delivered'],
			[{ status: 201 }, 'delivered'],
			[{ status: 202 }, 'delivered'],
			[{ status: 204 }, 'delivered'],
			[{ status: 410 }, 'blocked'],
			[{ status: 415 }, 'blocked'],
			[{ status: 400 }, 'refused'],
			[retryLater, 'retry'],
		]));
});

describe('OCSF', { timeout: 60_000 }, () => {
	const given = { preset: 'ocsf', path } as const;
	type Finding = {
		[name: string]: unknown;
		severity_id: number;
		metadata: { version: string; product: { name: string; vendor_name: string }; uid: string };
		finding_info: { uid: string; title: string; analytic: { type_id: number; uid: string } };
		resources: { name: string }[];
		evidences?: { process: { pid: number } }[];
		unmapped: { lanner: { id: string; output: string } };
	};

	test('several alerts are an array of detection findings with every required attribute', async () => {
		const { seen, results } = await exchange({ ...given, alerts, batch: 100 });
		assert.deepEqual([results, seen.length], [delivered, 1]);
		assert.equal(seen[0]?.headers['content-type'], 'application/json');
		const findings = JSON.parse(seen[0]?.body ?? '') as Finding[];
		assert.equal(findings.length, alerts.length);
		findings.forEach((finding, i) => {
			const alert = alerts[i] as Alert;
			const { activity_id, category_uid, class_uid, type_uid, time, is_alert, metadata, finding_info } =
				finding;
			assert.deepEqual([activity_id, category_uid, class_uid, type_uid], [1, 2, 2004, 200_401]);
			assert.deepEqual([time, is_alert], [1_700_000_000_123, true]);
			assert.match(metadata.version, /^1\.\d+\.\d+$/);
			assert.deepEqual(metadata.product, { name: 'Lanner', vendor_name: 'Lanner' });
			assert.deepEqual([finding_info.uid, metadata.uid], [alert.id, alert.id]);
			assert.deepEqual([finding_info.title, finding.message], [alert.rule, alert.output]);
			assert.equal(finding_info.analytic.type_id, 1);
			assert.equal(finding.resources[0]?.name, alert.hostName);
			assert.deepEqual(finding.evidences, [{ process: { pid: 42 } }]);
			assert.equal(finding.unmapped.lanner.id, alert.id);
		});
	});

	test('one alert by itself is no array; without a process there is no evidence', async () => {
		const { seen } = await exchange({ ...given, alerts: [alertOf({ pid: 0 })] });
		assertRequest(seen[0], path, 'application/json');
		assert.equal('evidences' in (JSON.parse(seen[0]?.body ?? '') as Finding), false);
	});

	test('each priority has its severity', async () => {
		const priorities = [
			'Emergency',
			'Alert',
			'Critical',
			'Error',
			'Warning',
			'Notice',
			'Informational',
			'Debug',
			'x',
		];
		const given = priorities.map((priority, i) => alertOf({ id: `id-${i}`, priority }));
		const { seen } = await exchange({ preset: 'ocsf', path, alerts: given, batch: 100 });
		const findings = JSON.parse(seen[0]?.body ?? '') as Finding[];
		assert.deepEqual(
			findings.map(({ severity_id }) => severity_id),
			[6, 5, 5, 4, 3, 2, 1, 1, 0],
		);
	});

	test('answers have their class', () =>
		assertClasses(given, [
			[{ status: 200 }, 'delivered'],
			[{ status: 400 }, 'refused'],
			[{ status: 401 }, 'blocked'],
			[retryLater, 'retry'],
			[{ status: 500 }, 'retry'],
		]));
});
