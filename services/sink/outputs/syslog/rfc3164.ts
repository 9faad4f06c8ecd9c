/**
 * The old form of BSD (RFC 3164): `<PRI>Mmm dd hh:mm:ss HOST TAG[PID]: MSG`, time in the host's zone. `local` leaves host out, as syslog(3)
 * does: what daemons and journald expect at /dev/log. It has no place for an id: that stands at the end of the text.
 */
import type { Alert } from '#schemas/generated/alert.ts';
import { headerWord, messageText, type SyslogFormat } from './format.ts';
import { syslogPriority } from './priority.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** RFC 3164 §4.1.3: a tag has at most 32 characters, and only letters and digits end no tag. */
const tagCharsMax = 32;
const hostNameCharsMax = 64;

function bsdTime({ timeS, utcOffsetS }: Pick<Alert, 'timeS' | 'utcOffsetS'>): string {
	const local = new Date((timeS + utcOffsetS) * 1000);
	const day = String(local.getUTCDate()).padStart(2, ' ');
	return `${months[local.getUTCMonth()]} ${day} ${local.toISOString().slice(11, 19)}`;
}

export function rfc3164Message(alert: Alert, format: SyslogFormat): Buffer {
	const host = headerWord(format.hostName ?? alert.hostName, hostNameCharsMax).replaceAll(':', '_');
	const tag = headerWord(format.appName, tagCharsMax).replace(/[^A-Za-z0-9._/-]/g, '_');
	const process = alert.pid > 0 ? `[${alert.pid}]` : '';
	const head = `<${syslogPriority(alert, format.facility)}>${bsdTime(alert)} ${format.header === 'local' ? '' : `${host} `}${tag}${process}: `;
	const bytesMax = Math.max(format.bytesMax - Buffer.byteLength(head), 0);
	return Buffer.from(head + messageText(alert, format, { bytesMax, carriesId: false }), 'utf8');
}
