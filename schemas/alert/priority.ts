/** Priorities of rules and alerts, most urgent first, as in Falco; the index is the severity of syslog. */
export const priorities = [
	'Emergency',
	'Alert',
	'Critical',
	'Error',
	'Warning',
	'Notice',
	'Informational',
	'Debug',
] as const;
export type Priority = (typeof priorities)[number];
