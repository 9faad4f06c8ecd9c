/** Network addresses as text: what fd.name, tuples and outputs show. Bytes are byte strings in network order. */

export function formatIp(bytes: string): string {
	if (bytes.length === 4) return formatIpv4(bytes, 0);
	return bytes.length === 16 ? formatIpv6(bytes) : '';
}

function formatIpv4(bytes: string, at: number): string {
	return `${bytes.charCodeAt(at)}.${bytes.charCodeAt(at + 1)}.${bytes.charCodeAt(at + 2)}.${bytes.charCodeAt(at + 3)}`;
}

/** RFC 5952, with the dotted tail for mapped and compatible addresses as inet_ntop prints it. */
function formatIpv6(bytes: string): string {
	const groups: number[] = [];
	for (let i = 0; i < 16; i += 2) groups.push(bytes.charCodeAt(i) * 256 + bytes.charCodeAt(i + 1));
	const { start, length } = longestZeroRun(groups);
	const dotted = start === 0 && (length === 6 || (length === 5 && groups[5] === 0xffff));
	const last = dotted ? 6 : 8;
	let text = '';
	for (let i = 0; i < last; i++) {
		if (length > 1 && i >= start && i < start + length) {
			if (i === start) text += ':';
			continue;
		}
		if (i > 0) text += ':';
		text += groups[i]!.toString(16);
	}
	if (dotted) return `${text}:${formatIpv4(bytes, 12)}`;
	return length > 1 && start + length === 8 ? `${text}:` : text;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
	let best = { start: -1, length: 0 };
	let start = -1;
	for (let i = 0; i < groups.length; i++) {
		if (groups[i] !== 0) {
			start = -1;
			continue;
		}
		if (start < 0) start = i;
		if (i - start + 1 > best.length) best = { start, length: i - start + 1 };
	}
	return best;
}

/** True for 16 bytes that are an IPv4 address in IPv6 clothes (::ffff:a.b.c.d). */
export function isMappedIpv4(bytes: string): boolean {
	return bytes.length === 16 && bytes.startsWith('\0\0\0\0\0\0\0\0\0\0\xff\xff');
}
