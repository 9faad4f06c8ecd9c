/** What a message is made of: the options all forms share, and small parts of their grammar. */
import { alertTime } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { cefText } from './cef.ts';
import { jsonText } from './json.ts';
import type { SyslogFacility } from './priority.ts';
import { plainText } from './text.ts';

export type SyslogFormat = {
	/** Of the header: with structured data, or the old one of BSD. */
	readonly header: 'rfc5424' | 'rfc3164' | 'local';
	/** Of what follows it. */
	readonly message: 'text' | 'json' | 'cef';
	readonly facility: SyslogFacility;
	readonly appName: string;
	/** Null = the alert's host. */
	readonly hostName: string | null;
	readonly msgId: string;
	readonly enterpriseNumber: number;
	/** Whether text begins with the byte order mark (RFC 5424 §6.4). */
	readonly bom: boolean;
	/** Of the whole message, without framing. */
	readonly bytesMax: number;
};

/** HOSTNAME and the like: printable ASCII without spaces, or `-`. */
export function headerWord(text: string, charsMax: number): string {
	const word = text.replace(/[^\x21-\x7e]/g, '_').slice(0, charsMax);
	return word === '' ? '-' : word;
}

/** RFC 5424 takes at most microseconds. */
export function timestamp(alert: Pick<Alert, 'timeS' | 'timeNs'>): string {
	return `${alertTime(alert).slice(0, 26)}Z`;
}

/** What stands after the header, in at most `bytesMax` bytes. `carriesId`: the header already has id and rule. */
export function messageText(
	alert: Alert,
	format: Pick<SyslogFormat, 'message'>,
	{ bytesMax, carriesId }: { readonly bytesMax: number; readonly carriesId: boolean },
): string {
	switch (format.message) {
		case 'text':
			return plainText(alert, { bytesMax, carriesId });
		case 'json':
			return jsonText(alert, bytesMax);
		case 'cef':
			return cefText(alert, bytesMax);
	}
}
