/**
 * PagerDuty Events API v2, https://events.pagerduty.com/v2/enqueue. `dedup_key` = alert id, so a repeat opens nothing new. Limits: summary 1024
 * characters, event 512 KB. 202 = accepted; 400 = the event is invalid (refused), or the routing key is (settings); 429 = too many.
 */

import { alertTime, alertToJson } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult } from '../../../output.ts';
import { allBlocked, said } from '../answer.ts';
import { cut, jsonType, line, type Preset } from '../preset.ts';

const summaryCharsMax = 1_024;
const eventBytesMax = 512 * 1024;
const classCharsMax = 255;
/** Of the output in the details when the whole alert is too large. */
const outputCharsMax = 50_000;

function severity({ priority }: Alert): string {
	switch (priority) {
		case 'Emergency':
		case 'Alert':
		case 'Critical':
			return 'critical';
		case 'Error':
			return 'error';
		case 'Warning':
			return 'warning';
		default:
			return 'info';
	}
}

function event(alert: Alert, key: string, details: unknown): string {
	return JSON.stringify({
		routing_key: key,
		event_action: 'trigger',
		dedup_key: alert.id,
		client: 'Lanner',
		payload: {
			summary: line(`${alert.rule}: ${alert.output}`, summaryCharsMax) || '-',
			source: line(alert.hostName || alert.hostId, classCharsMax) || '-',
			severity: severity(alert),
			timestamp: alertTime(alert),
			component: alert.source,
			class: line(alert.rule, classCharsMax),
			custom_details: details,
		},
	});
}

export const pagerdutyPreset: Preset = {
	alertsMax: 1,
	contentType: jsonType,
	entry(alert, { key }) {
		const whole = event(alert, key, JSON.parse(alertToJson(alert)));
		if (Buffer.byteLength(whole) <= eventBytesMax) return whole;
		return event(alert, key, { id: alert.id, output: cut(alert.output, outputCharsMax), truncated: true });
	},
	join: (entries) => entries.join(''),
	read({ status, body }, count): readonly DeliveryResult[] | null {
		if (status !== 400 || !/routing[_ ]key/i.test(body)) return null;
		return allBlocked(count, `PagerDuty does not know our routing key${said(body)}`);
	},
};
