/**
 * Splunk HTTP Event Collector, POST …/services/collector/event: events one after the other. The id is a field, because the collector drops no
 * repeats. 400 with code 7 (index), 10 or 11 (channel), 14 (acknowledgements) and 16 (token in the address) is about our settings; other 400 refuse; 503 code 9 (busy) is tried again.
 */
import { alertToJson } from '#schemas/alert/render.ts';
import type { DeliveryResult } from '../../../output.ts';
import { allBlocked, parseJson, said } from '../answer.ts';
import { jsonType, line, type Preset } from '../preset.ts';

const settingsCodes: ReadonlySet<unknown> = new Set([7, 10, 11, 14, 16]);
const hostCharsMax = 255;

export const splunkPreset: Preset = {
	alertsMax: 1_000,
	contentType: jsonType,
	headers: ({ key }) => ({ authorization: `Splunk ${key}` }),
	entry(alert, { index }) {
		const time = `${alert.timeS}.${String(Math.floor(alert.timeNs / 1_000_000)).padStart(3, '0')}`;
		const meta = JSON.stringify({
			host: line(alert.hostName, hostCharsMax),
			source: 'lanner',
			sourcetype: 'lanner:alert',
			...(index !== '' && { index }),
			fields: { id: alert.id, priority: alert.priority },
		});
		return `{"time":${time},${meta.slice(1, -1)},"event":${alertToJson(alert)}}`;
	},
	join: (entries) => entries.join('\n'),
	read({ status, body }, count): readonly DeliveryResult[] | null {
		const code = (parseJson(body) as { code?: unknown } | null)?.code;
		if (status !== 400 || !settingsCodes.has(code)) return null;
		return allBlocked(count, `Splunk refuses our settings${said(body)}`);
	},
};
