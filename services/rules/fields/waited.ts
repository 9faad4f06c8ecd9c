/** Descriptors that poll and ppoll wait for, as one text: `number:kind and events`, joined by blanks. */
import type { EventSubject } from '../subject.ts';
import { fdKind } from './fd-kind.ts';
import { type BitTable, toRuleFlags } from './kernel-flags.ts';

/** POLL*, kernel → rules. */
export const pollBits: BitTable = {
	kind: 'bits',
	rows: [
		[0x001, 1], // IN
		[0x002, 2], // PRI
		[0x004, 4], // OUT
		[0x2000, 8], // RDHUP
		[0x008, 16], // ERR
		[0x010, 32], // HUP
		[0x020, 64], // NVAL
		[0x040, 128], // RDNORM
		[0x080, 256], // RDBAND
		[0x100, 512], // WRNORM
		[0x200, 1024], // WRBAND
	],
};

export function waitedText({ reader }: EventSubject): string | null {
	const { waited } = reader.otherSyscall;
	if (waited.count === 0) return null;
	const items: string[] = [];
	for (let i = 0; i < waited.count; i++) {
		const { fd, revents } = waited.at(i);
		const kind = fdKind(fd)?.char.value ?? '?';
		items.push(`${fd.number}:${kind}${toRuleFlags(pollBits, revents).toString(16)}`);
	}
	return items.join(' ');
}
