/** CloudEvents 1.0 in structured mode, JSON format; several as a batch. `id` = alert id: source and id together tell a repeat. */
import { alertTime, alertToJson } from '#schemas/alert/render.ts';
import type { Preset } from '../preset.ts';

/** A lone surrogate would make encodeURIComponent throw; through UTF-8 it becomes U+FFFD. */
function uriPart(text: string): string {
	return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
}

export const cloudeventsPreset: Preset = {
	alertsMax: 1_000,
	contentType: (_, isBatch) => `application/cloudevents${isBatch ? '-batch' : ''}+json; charset=UTF-8`,
	entry(alert) {
		const attributes = JSON.stringify({
			specversion: '1.0',
			id: alert.id,
			source: `/lanner/hosts/${uriPart(alert.hostId)}`,
			type: 'lanner.alert.v1',
			subject: uriPart(alert.rule) || '-',
			time: alertTime(alert),
			datacontenttype: 'application/json',
		});
		return `${attributes.slice(0, -1)},"data":${alertToJson(alert)}}`;
	},
	join: (entries, _, isBatch) => (isBatch ? `[${entries.join(',')}]` : entries.join('')),
};
