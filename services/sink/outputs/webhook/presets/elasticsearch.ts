/**
 * Elasticsearch (and OpenSearch) bulk, POST …/_bulk: two lines an alert. `create` with the alert id as `_id`: a repeat answers 409, which counts as
 * delivered; data streams take nothing but `create`. The answer has a status for each alert: 429 and 5xx are tried again, what the mapping
 * refuses (400) goes to the dead letters, an index that is not there (404) or not ours to write (403) blocks, the others stand.
 */
import { alertTime, alertToJson } from '#schemas/alert/render.ts';
import { type DeliveryResult, delivered } from '../../../output.ts';
import { parseJson, said, settingsStatuses } from '../answer.ts';
import type { Preset } from '../preset.ts';

type Item = { readonly create?: { readonly status?: unknown; readonly error?: unknown } };

function resultOf(item: Item): DeliveryResult {
	const status = Number(item.create?.status);
	if ((status >= 200 && status < 300) || status === 409) return delivered;
	const reason = `Elasticsearch answered ${status} for this alert${said(JSON.stringify(item.create?.error ?? ''))}`;
	const code = `output-http-${status}`;
	if (settingsStatuses.has(status)) return { kind: 'blocked', code, reason };
	return status >= 400 && status < 500 && status !== 429
		? { kind: 'refused', code, reason }
		: { kind: 'retry', code, reason };
}

export const elasticsearchPreset: Preset = {
	alertsMax: 1_000,
	contentType: () => 'application/x-ndjson',
	entry: (alert, { index }) =>
		`${JSON.stringify({ create: { _index: index, _id: alert.id } })}\n{"@timestamp":${JSON.stringify(alertTime(alert))},${alertToJson(alert).slice(1)}\n`,
	join: (entries) => entries.join(''),
	read({ status, body }, count): readonly DeliveryResult[] | null {
		if (status < 200 || status >= 300) return null;
		const items = (parseJson(body) as { items?: unknown } | null)?.items;
		if (Array.isArray(items) && items.length === count) return (items as Item[]).map(resultOf);
		const reason = `the answer to a bulk request does not name its ${count} items${said(body)}`;
		return [{ kind: 'retry', code: 'output-answer-unreadable', reason }];
	},
};
