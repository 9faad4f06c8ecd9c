/**
 * RFC 5424 messages: `<PRI>1 TIME HOST APP PROCID MSGID [lanner@… id="…"] BOM? MSG`. Every part is escaped or cut to what
 * the grammar allows, so that nothing a process chose can end a parameter, a message or a line.
 */

import { syslogFacilities } from '#platform/config/index.ts';
import { escapeControls } from '#platform/escape.ts';
import { alertTime } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { truncateUtf8 } from '../truncate.ts';

/** RFC 5612: 32473 is the enterprise number for documentation; Lanner has none of its own. */
const structuredDataId = 'lanner@32473';
const paramBytesMax = 256;
const tagsBytesMax = 512;

const severities: Readonly<Record<string, number>> = {
	Emergency: 0,
	Alert: 1,
	Critical: 2,
	Error: 3,
	Warning: 4,
	Notice: 5,
	Informational: 6,
	Debug: 7,
};

export type SyslogFormat = {
	readonly facility: (typeof syslogFacilities)[number];
	readonly appName: string;
	readonly bytesMax: number;
};

/** HOSTNAME and the like: printable ASCII without spaces, or the nil value. */
function headerWord(text: string, charsMax: number): string {
	const word = text.replace(/[^\x21-\x7e]/g, '_').slice(0, charsMax);
	return word === '' ? '-' : word;
}

function param(name: string, value: string, bytesMax = paramBytesMax): string {
	// Cut first: an escape must not be cut in two.
	const safe = truncateUtf8(escapeControls(value), bytesMax).replace(/["\\\]]/g, (char) => `\\${char}`);
	return ` ${name}="${safe}"`;
}

/** PRI: facility and severity in one number. */
export function syslogPriority(alert: Pick<Alert, 'priority'>, facility: SyslogFormat['facility']): number {
	return syslogFacilities.indexOf(facility) * 8 + (severities[alert.priority] ?? 5);
}

export function syslogMessage(alert: Alert, { facility, appName, bytesMax }: SyslogFormat): Buffer {
	// RFC 5424 takes at most microseconds.
	const time = `${alertTime(alert).slice(0, 26)}Z`;
	const data = [
		param('id', alert.id),
		param('rule', alert.rule),
		param('priority', alert.priority),
		param('host', alert.hostId),
		param('tags', alert.tags.join(','), tagsBytesMax),
	].join('');
	const head = `<${syslogPriority(alert, facility)}>1 ${time} ${headerWord(alert.hostName, 255)} ${appName} ${alert.pid > 0 ? alert.pid : '-'} alert [${structuredDataId}${data}] `;
	const text = escapeControls(alert.output);
	return Buffer.from(head + truncateUtf8(text, Math.max(bytesMax - Buffer.byteLength(head), 64)), 'utf8');
}
