/**
 * Prometheus Alertmanager, POST /api/v2/alerts: a list of alerts, told apart by their labels, of which `alert_id` is one. Empty labels are left out
 * (they mean "no label" there). 200 = taken; 400 = refused.
 */
import { alertTime } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { jsonType, line, type Preset } from '../preset.ts';

const labelCharsMax = 256;
const textCharsMax = 8_192;

function labels(alert: Alert): Record<string, string> {
	const all = {
		alertname: alert.rule,
		alert_id: alert.id,
		severity: alert.priority.toLowerCase(),
		host: alert.hostName,
		host_id: alert.hostId,
		container_id: alert.containerId,
		source: alert.source,
	};
	return Object.fromEntries(
		Object.entries(all)
			.filter(([, value]) => value !== '')
			.map(([name, value]) => [name, line(value, labelCharsMax)]),
	);
}

export const alertmanagerPreset: Preset = {
	alertsMax: 100,
	contentType: jsonType,
	entry: (alert) =>
		JSON.stringify({
			labels: labels(alert),
			annotations: {
				summary: line(`${alert.rule} on ${alert.hostName}`, labelCharsMax),
				description: line(alert.output, textCharsMax),
				tags: line(alert.tags.join(','), labelCharsMax),
			},
			startsAt: alertTime(alert),
		}),
	join: (entries) => `[${entries.join(',')}]`,
};
