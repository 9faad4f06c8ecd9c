/**
 * Grafana Loki, POST /loki/api/v1/push. Labels are few and come from closed sets or from the rules (priority, rule, host); id and tags are structured
 * metadata. 204 = taken; 400 (too old, too long, …) refuses: halved, so that one such alert takes no other along; 429 is tried again.
 */
import { alertToJson } from '#schemas/alert/render.ts';
import { jsonType, line, type Preset } from '../preset.ts';

const labelCharsMax = 256;

export const lokiPreset: Preset = {
	alertsMax: 1_000,
	contentType: jsonType,
	entry: (alert) =>
		JSON.stringify({
			stream: {
				job: 'lanner',
				priority: alert.priority,
				rule: line(alert.rule, labelCharsMax),
				host: line(alert.hostName, labelCharsMax),
			},
			values: [
				[
					`${alert.timeS}${String(alert.timeNs).padStart(9, '0')}`,
					alertToJson(alert),
					{ id: alert.id, tags: line(alert.tags.join(','), labelCharsMax) },
				],
			],
		}),
	join: (entries) => `{"streams":[${entries.join(',')}]}`,
};
