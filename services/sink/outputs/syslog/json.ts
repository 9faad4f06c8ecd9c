/**
 * The alert as JSON, one line of printable characters. What does not fit the protocol's limit goes in this order: the output fields, then
 * the end of the output; `truncated` says so, and what is left is still JSON.
 */
import { alertToJson } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { truncateUtf8 } from '../../truncate.ts';

/** Valid inside JSON strings as escapes: receivers may take them for ends of lines or turn the direction of writing. */
const unwanted = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const keptCharsMin = 16;

function printable(json: string): string {
	return json.replace(unwanted, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function jsonText(alert: Alert, bytesMax: number): string {
	const whole = printable(alertToJson(alert));
	if (Buffer.byteLength(whole) <= bytesMax) return whole;
	const bare = { ...alert, outputFields: [] };
	let room = Math.min(Buffer.byteLength(alert.output), bytesMax);
	for (;;) {
		const output = truncateUtf8(alert.output, room);
		const text = marked(alertToJson({ ...bare, output }));
		if (Buffer.byteLength(text) <= bytesMax) return text;
		if (room <= keptCharsMin) return least(alert, bytesMax);
		room >>= 1;
	}
}

/** Names and tags are bounded by the rules file, but not so far: what identifies the alert is left. */
function least(alert: Alert, bytesMax: number): string {
	let room = bytesMax;
	for (;;) {
		const text = printable(
			JSON.stringify({ id: alert.id, rule: truncateUtf8(alert.rule, room), truncated: true }),
		);
		if (Buffer.byteLength(text) <= bytesMax || room < keptCharsMin) return text;
		room >>= 1;
	}
}

function marked(json: string): string {
	return printable(`${json.slice(0, -1)},"truncated":true}`);
}
