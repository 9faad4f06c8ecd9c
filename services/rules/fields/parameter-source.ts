/** How a parameter of an event is read: the value, and what it stands for. The small makers are what the tables are written with. */
import type { FdView, SocketAddressView } from '#schemas/generated/event-reader.ts';
import type { Text } from '#schemas/text.ts';
import type { EventSubject } from '../subject.ts';
import { type FlagTable, toRuleFlags } from './kernel-flags.ts';

export type Value = number | bigint | Text | null;
export type Source = {
	readonly value: (subject: EventSubject) => Value;
	/** For FD parameters: the descriptor behind the number, where the event has it. */
	readonly fd?: (subject: EventSubject) => FdView | null;
	/** For FSPATH parameters: the absolute path. */
	readonly path?: (subject: EventSubject) => Text | null;
	/** For SOCKADDR parameters. */
	readonly address?: (subject: EventSubject) => SocketAddressView | null;
	/** SOCKTUPLE: rendered from the ends of the event's descriptor. */
	readonly tuple?: true;
	/** FDLIST: rendered from the descriptors that the event waits for. */
	readonly waited?: true;
	/** FD that is the event's own descriptor, rendered like fd.name. */
	readonly own?: true;
};

export type Sources = Readonly<Record<string, Source>>;
export type Read = (subject: EventSubject) => Value;

export function value(read: Read): Source {
	return { value: read };
}
export function flags(table: FlagTable, read: (subject: EventSubject) => number): Source {
	return { value: (subject) => toRuleFlags(table, read(subject)) };
}
export function pathOf(
	raw: (s: EventSubject) => Text | null,
	path: (s: EventSubject) => Text | null,
): Source {
	return { value: raw, path };
}
export function fdOf(find: (subject: EventSubject) => FdView | null): Source {
	return { value: (subject) => find(subject)?.number ?? null, fd: find };
}

export const result = value((s) => s.reader.header.result);
export const ownFd: Source = { ...result, own: true };
