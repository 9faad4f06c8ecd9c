/**
 * Grafana Loki, POST /loki/api/v1/push. Labels are few and come from closed sets or from the rules (priority, rule, host); id and tags are structured
 * metadata. 204 = taken; 400 (too old, too long, …) refuses: halved, so that one such alert takes no other along; a Loki
 * that allows no structured metadata would refuse all of them: settings; 429 is tried again.
 */
import { alertToJson } from '#schemas/alert/render.ts';
import type { DeliveryResult } from '../../../output.ts';
import { allBlocked, said } from '../answer.ts';
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
	read({ status, body }, count): readonly DeliveryResult[] | null {
		if (status !== 400 || !/structured metadata, but this feature is disallowed/.test(body)) return null;
		return allBlocked(
			count,
			`Loki takes no structured metadata (limits_config.allow_structured_metadata)${said(body)}`,
		);
	},
};
