/**
 * OCSF 1.8 Detection Finding (class 2004, category 2, activity Create): every required attribute, and the recommended ones we know. `finding_info.uid` =
 * alert id. What OCSF has no place for stands in `unmapped`. Several as an array.
 */
import { alertToJson } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { jsonType, type Preset } from '../preset.ts';

const schemaVersion = '1.8.0';
const classUid = 2004;
const createActivity = 1;

/** severity_id: 1 Informational, 2 Low, 3 Medium, 4 High, 5 Critical, 6 Fatal. */
const severities: Readonly<Record<string, readonly [number, string]>> = {
	Emergency: [6, 'Fatal'],
	Alert: [5, 'Critical'],
	Critical: [5, 'Critical'],
	Error: [4, 'High'],
	Warning: [3, 'Medium'],
	Notice: [2, 'Low'],
	Informational: [1, 'Informational'],
	Debug: [1, 'Informational'],
};
const unknownSeverity: readonly [number, string] = [0, 'Unknown'];

function finding(alert: Alert): object {
	const [severity_id, severity] = severities[alert.priority] ?? unknownSeverity;
	const time = alert.timeS * 1000 + Math.floor(alert.timeNs / 1_000_000);
	return {
		activity_id: createActivity,
		activity_name: 'Create',
		category_uid: 2,
		category_name: 'Findings',
		class_uid: classUid,
		class_name: 'Detection Finding',
		type_uid: classUid * 100 + createActivity,
		type_name: 'Detection Finding: Create',
		time,
		severity_id,
		severity,
		status_id: 1,
		status: 'New',
		is_alert: true,
		message: alert.output,
		metadata: {
			version: schemaVersion,
			uid: alert.id,
			product: { name: 'Lanner', vendor_name: 'Lanner' },
			labels: alert.tags,
		},
		finding_info: {
			uid: alert.id,
			title: alert.rule,
			desc: alert.output,
			created_time: time,
			analytic: { type_id: 1, type: 'Rule', name: alert.rule, uid: alert.ruleDigest },
			data_sources: [alert.source],
		},
		resources: [{ type: 'host', name: alert.hostName, uid: alert.hostId }],
		...(alert.pid > 0 && { evidences: [{ process: { pid: alert.pid } }] }),
	};
}

export const ocsfPreset: Preset = {
	alertsMax: 1_000,
	contentType: jsonType,
	entry: (alert) =>
		`${JSON.stringify(finding(alert)).slice(0, -1)},"unmapped":{"lanner":${alertToJson(alert)}}}`,
	join: (entries, _, isBatch) => (isBatch ? `[${entries.join(',')}]` : entries.join('')),
};
