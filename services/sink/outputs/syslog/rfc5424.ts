/**
 * RFC 5424: `<PRI>1 TIME HOST APP PROCID MSGID [lanner@PEN id="…" …] MSG`. Every part is escaped or cut to what the grammar allows, so
 * that nothing a process chose can end a parameter, a message or a line. PROCID is the watched process.
 */
import { escapeControls } from '#platform/escape.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { truncateUtf8 } from '../../truncate.ts';
import { headerWord, messageText, type SyslogFormat, timestamp } from './format.ts';
import { syslogPriority } from './priority.ts';

/** Shares of the whole message that a parameter may take before escaping, which at most doubles it. */
const paramShare = 20;
const tagsShare = 12;
const paramBytesMax = 256;
const tagsBytesMax = 512;
const hostNameCharsMax = 255;
const byteOrderMark = '\ufeff';

function param(name: string, value: string, bytesMax: number): string {
	// Cut first: an escape must not be cut in two.
	const safe = truncateUtf8(escapeControls(value), bytesMax).replace(/["\\\]]/g, (char) => `\\${char}`);
	return ` ${name}="${safe}"`;
}

export function rfc5424Message(alert: Alert, format: SyslogFormat): Buffer {
	const { facility, appName, msgId, enterpriseNumber, bytesMax } = format;
	const room = Math.min(paramBytesMax, Math.floor(bytesMax / paramShare));
	const data = [
		param('id', alert.id, paramBytesMax),
		param('rule', alert.rule, room),
		param('priority', alert.priority, room),
		param('host', alert.hostId, room),
		param('tags', alert.tags.join(','), Math.min(tagsBytesMax, Math.floor(bytesMax / tagsShare))),
	].join('');
	const host = headerWord(format.hostName ?? alert.hostName, Math.min(hostNameCharsMax, bytesMax >> 3));
	const process = alert.pid > 0 ? alert.pid : '-';
	const bom = format.bom && format.message === 'text' ? byteOrderMark : '';
	const head = `<${syslogPriority(alert, facility)}>1 ${timestamp(alert)} ${host} ${appName} ${process} ${msgId} [lanner@${enterpriseNumber}${data}] ${bom}`;
	const left = Math.max(bytesMax - Buffer.byteLength(head), 0);
	return Buffer.from(head + messageText(alert, format, { bytesMax: left, carriesId: true }), 'utf8');
}
