/**
 * Text from events as one harmless line: control characters (C0, DEL, C1), line separators and direction marks become
 * visible escapes, so that what a watched process chose cannot move a terminal's cursor or forge a log line.
 */
const dangerous = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function escapeControls(text: string): string {
	return text.replace(dangerous, (character) => named[character] ?? escapeOf(character.charCodeAt(0)));
}

function escapeOf(code: number): string {
	return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
