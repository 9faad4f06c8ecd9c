/** Reading the parameters of the reference's events. */

import { type FlagTable, toKernelFlags } from '#rules/fields/kernel-flags.ts';
import type { BatchEvent } from '#schemas/event-batch.ts';
import type { EventTypeName } from '#schemas/generated/event-names.ts';
import type { SimThread, World } from './adapter-world.ts';

export type Header = {
	evt: EventTypeName;
	pid: number;
	tid: number;
	start: number;
	result: number;
	cpu: number;
};
export type Params = Record<string, unknown>;
export type Context = { world: World; thread: SimThread; header: Header; params: Params };
/** A text = why our stream has no such event; a list = one event after what must be known before it. */
export type Converted = BatchEvent | readonly [before: BatchEvent, event: BatchEvent] | string;

export function number(params: Params, name: string, fallback = 0): number {
	const value = params[name];
	return value === undefined || value === null ? fallback : Number(value);
}

/** Of a parameter whose type is in its first byte: the number behind it, little-endian. */
export function dynamic(params: Params, name: string): number {
	const hex = (params[name] as { hex?: string } | null | undefined)?.hex ?? '';
	const bytes = Buffer.from(hex, 'hex');
	return bytes.length === 9 ? Number(bytes.readBigUInt64LE(1)) : 0;
}

/** Text parameter; bytes that are not UTF-8 come as U+FFFD in the cases, which is as good a byte string as any. */
export function text(params: Params, name: string): string {
	const value = params[name];
	return typeof value === 'string' ? value : '<NA>';
}

export function bytes(params: Params, name: string): Buffer {
	const value = params[name];
	if (typeof value === 'string') return Buffer.from(value, 'utf8');
	if (value !== null && typeof value === 'object' && 'hex' in value)
		return Buffer.from(String(value.hex), 'hex');
	return Buffer.alloc(0);
}

/** NUL-terminated texts. */
export function texts(params: Params, name: string): string[] {
	const value = params[name];
	if (Array.isArray(value)) return value as string[];
	if (value === null || value === undefined) return [];
	const all = bytes(params, name).toString('utf8').split('\0');
	return all.at(-1) === '' ? all.slice(0, -1) : all;
}

export function ipBytes(ip: string): Buffer {
	if (!ip.includes(':')) return Buffer.from(ip.split('.').map(Number));
	const [head, tail] = ip.split('::') as [string, string | undefined];
	const groups = (part: string): number[] =>
		part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
	const left = groups(head);
	const right = tail === undefined ? [] : groups(tail);
	const all =
		tail === undefined
			? left
			: [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
	return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}

export function kernel(table: FlagTable, value: number): number {
	return toKernelFlags(table, value);
}
