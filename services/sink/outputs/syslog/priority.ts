/** PRI: facility and severity in one number (RFC 5424 §6.2.1). The priorities of rules are the severities of syslog, in its order. */
import { syslogFacilities } from '#platform/config/index.ts';
import { priorities } from '#schemas/alert/priority.ts';
import type { Alert } from '#schemas/generated/alert.ts';

export type SyslogFacility = (typeof syslogFacilities)[number];

/** What an unknown priority of a newer evaluator is taken for. */
const noticeSeverity = 5;

/** Emergency 0, Alert 1, Critical 2, Error 3, Warning 4, Notice 5, Informational 6, Debug 7. */
export function syslogSeverity({ priority }: Pick<Alert, 'priority'>): number {
	const severity = (priorities as readonly string[]).indexOf(priority);
	return severity === -1 ? noticeSeverity : severity;
}

export function syslogPriority(alert: Pick<Alert, 'priority'>, facility: SyslogFacility): number {
	return syslogFacilities.indexOf(facility) * 8 + syslogSeverity(alert);
}
