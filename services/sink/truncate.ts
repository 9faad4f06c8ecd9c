/** At most `bytesMax` bytes of UTF-8, cut between characters and marked with `…` when something is missing; nothing when not even the mark fits. */
export function truncateUtf8(text: string, bytesMax: number): string {
	const bytes = Buffer.from(text, 'utf8');
	if (bytes.length <= bytesMax) return text;
	const mark = '…';
	if (bytesMax < Buffer.byteLength(mark)) return '';
	let end = bytesMax - Buffer.byteLength(mark);
	while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
	return bytes.toString('utf8', 0, end) + mark;
}
