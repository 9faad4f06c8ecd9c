/**
 * ArcSight's Common Event Format, version 0:
 *
 *   CEF:0|Lanner|Lanner|VERSION|RULE DIGEST|RULE|SEVERITY|key=value key=value …
 *
 * Header: `|` and `\` are escaped. Extension: `=` and `\`; line ends are already visible escapes. The message comes last and is what gives way.
 */
import { escapeControls } from '#platform/escape.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { truncateUtf8 } from '../../truncate.ts';
import { syslogSeverity } from './priority.ts';

/** Version of the mapping below, not of the program: what a parser is written for. */
const deviceVersion = '1';
const severityOfEmergency = 10;
const headerPartBytesMax = 128;
const valueBytesMax = 256;

/** 10 (Emergency) down to 1 (Debug): CEF counts upwards, and 0 to 3 are low, 9 and 10 very high. */
const severities = [10, 9, 8, 7, 5, 4, 2, 1];

function escapedTo(text: string, bytesMax: number, special: RegExp): string {
	const safe = escapeControls(text);
	// The cut is made before escaping, so that no escape is cut; it is moved until the escaped text fits.
	for (let room = bytesMax; ; room -= Math.max(room >> 3, 1)) {
		const escaped = truncateUtf8(safe, room).replace(special, (char) => `\\${char}`);
		if (Buffer.byteLength(escaped) <= bytesMax || room <= 0) return escaped;
	}
}

const headerPart = (text: string): string => escapedTo(text, headerPartBytesMax, /[\\|]/g);
const value = (text: string, bytesMax = valueBytesMax): string => escapedTo(text, bytesMax, /[\\=]/g);

export function cefText(alert: Alert, bytesMax: number): string {
	const severity = severities[syslogSeverity(alert)] ?? severityOfEmergency;
	const ruleClass = headerPart(alert.ruleDigest === '' ? alert.rule : alert.ruleDigest.slice(0, 32));
	const head = `CEF:0|Lanner|Lanner|${deviceVersion}|${ruleClass}|${headerPart(alert.rule)}|${severity}|`;
	const extension = [
		['rt', String(alert.timeS * 1000 + Math.floor(alert.timeNs / 1_000_000))],
		['externalId', alert.id],
		['dvchost', alert.hostName],
		['deviceExternalId', alert.hostId],
		['act', alert.eventType],
		['cat', alert.source],
		...(alert.pid > 0 ? [['spid', String(alert.pid)]] : []),
		...(alert.tags.length > 0 ? [['cs1Label', 'tags'] as const, ['cs1', alert.tags.join(',')] as const] : []),
		...(alert.containerId === ''
			? []
			: [['cs2Label', 'container'] as const, ['cs2', alert.containerId] as const]),
	]
		.map(([key, text]) => `${key}=${value(text ?? '')}`)
		.join(' ');
	const start = `${head}${extension} msg=`;
	const room = bytesMax - Buffer.byteLength(start);
	return room > 0 ? start + value(alert.output, room) : truncateUtf8(start, bytesMax);
}
