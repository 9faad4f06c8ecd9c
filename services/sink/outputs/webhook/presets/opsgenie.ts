/**
 * Opsgenie Alert API, https://api.opsgenie.com/v2/alerts. `alias` = alert id, by which repeats are counted and not opened again. Limits: message 130,
 * description 15000, entity 512, source 100 characters; 20 tags of 50; details 8000 together. Message and description may hold HTML there: what a process chose makes none. 202 = accepted; 422 = refused; 429 = too many.
 */

import { alertTime } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { entities, escapedLine, jsonType, line, type Preset } from '../preset.ts';

const messageCharsMax = 130;
const descriptionCharsMax = 15_000;
const entityCharsMax = 512;
const tagsMax = 20;
const tagCharsMax = 50;
const detailCharsMax = 500;

const priorities: Readonly<Record<string, string>> = {
	Emergency: 'P1',
	Alert: 'P1',
	Critical: 'P1',
	Error: 'P2',
	Warning: 'P3',
	Notice: 'P4',
};

function details(alert: Alert): Record<string, string> {
	return {
		id: alert.id,
		rule: line(alert.rule, detailCharsMax),
		host_id: line(alert.hostId, detailCharsMax),
		container_id: line(alert.containerId, detailCharsMax),
		event_type: alert.eventType,
		pid: String(alert.pid),
		time: alertTime(alert),
		incomplete: String(alert.incomplete),
	};
}

export const opsgeniePreset: Preset = {
	alertsMax: 1,
	contentType: jsonType,
	headers: ({ key }) => ({ authorization: `GenieKey ${key}` }),
	entry: (alert) =>
		JSON.stringify({
			message: escapedLine(`${alert.rule} on ${alert.hostName}`, messageCharsMax, entities),
			alias: alert.id,
			description: escapedLine(alert.output, descriptionCharsMax, entities),
			entity: line(alert.hostName, entityCharsMax),
			source: 'Lanner',
			priority: priorities[alert.priority] ?? 'P5',
			tags: alert.tags.slice(0, tagsMax).map((tag) => line(tag, tagCharsMax)),
			details: details(alert),
		}),
	join: (entries) => entries.join(''),
};
