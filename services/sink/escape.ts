/**
 * Text of alerts made safe for lines and terminals. What a watched process chose may hold newlines, escape sequences and
 * characters that reverse the direction of writing; all of them become visible escapes, so a line stays one line and shows
 * what was there.
 */

/** C0, DEL, C1, line and paragraph separators, and the bidirectional controls. */
const unsafe = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;
const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function escapeControls(text: string): string {
	return text.replace(unsafe, (char) => {
		const code = char.charCodeAt(0);
		return (
			named[char] ??
			(code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`)
		);
	});
}

/** At most `bytesMax` bytes of UTF-8, cut between characters and marked with `…` when something is missing. */
export function truncateUtf8(text: string, bytesMax: number): string {
	const bytes = Buffer.from(text, 'utf8');
	if (bytes.length <= bytesMax) return text;
	const mark = '…';
	let end = bytesMax - Buffer.byteLength(mark);
	while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
	return bytes.toString('utf8', 0, Math.max(end, 0)) + mark;
}
