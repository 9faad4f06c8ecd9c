/**
 * Events for tests: every factory defaults everything, so what a test sets is what it is about.
 * `batch([fileOpened({ path: '/etc/shadow', pid: 10 })])` gives the bytes of an EventBatch.
 */
import { type BatchEvent, type BatchHeaderFields, encodeEventBatch } from '#schemas/event-batch.ts';
import type * as events from '#schemas/generated/event-batch.ts';
import type { EventTypeName, FamilyName } from '#schemas/generated/event-names.ts';
import { schemaVersions } from '#schemas/generated/schema-versions.ts';

/** A schema type as a test gives it: any part of it, text (UTF-8) for bytes, optional values without their wrapping. */
export type Given<T> = T extends Buffer
	? Buffer | string
	: T extends readonly (infer Item)[]
		? readonly Given<Item>[]
		: T extends { bytes: infer Inner } | { boolean: infer Inner }
			? Given<Inner>
			: keyof T extends `lanner.${string}`
				? Given<T[keyof T]>
				: T extends object
					? { readonly [Key in keyof T]?: Given<T[Key]> | undefined }
					: T;

/** Fields of the family beside those of the header; `evt` is the header's type, `headerFlags` its flags. */
export type GivenEvent<Family> = Given<Omit<Family, 'header'>> & {
	readonly evt?: EventTypeName;
	readonly headerFlags?: number;
	readonly time?: number;
	readonly cpu?: number;
	readonly tid?: number;
	readonly pid?: number;
	readonly start?: number;
	readonly result?: number | bigint;
};

type Schema =
	| string
	| Schema[]
	| {
			type: Schema;
			name: string;
			namespace?: string;
			items: Schema;
			symbols: string[];
			fields: { name: string; type: Schema }[];
	  };

const named = new Map<string, Schema>();
index(JSON.parse(schemaVersions['event-batch'].at(-1)!) as Schema);

function index(schema: Schema): void {
	if (typeof schema === 'string') return;
	if (Array.isArray(schema)) {
		for (const branch of schema) index(branch);
		return;
	}
	if (schema.type !== 'record' && schema.type !== 'enum') {
		index(schema.type === 'array' ? schema.items : schema.type);
		return;
	}
	named.set(schema.name, schema);
	named.set(`lanner.events.${schema.name}`, schema);
	if (schema.type === 'record') for (const field of schema.fields) index(field.type);
}

function fill(schema: Schema, given: unknown, where: string): unknown {
	if (Array.isArray(schema)) return fillOptional(schema, given, where);
	if (typeof schema === 'string') {
		const known = named.get(schema);
		return known === undefined ? fillPrimitive(schema, given, where) : fill(known, given, where);
	}
	switch (schema.type) {
		case 'array':
			return ((given ?? []) as unknown[]).map((item, i) => fill(schema.items, item, `${where}[${i}]`));
		case 'enum':
			return given ?? schema.symbols[0];
		case 'record':
			return fillRecord(schema, (given ?? {}) as Record<string, unknown>, where);
		default:
			return fill(schema.type, given, where);
	}
}

function fillOptional(branches: Schema[], given: unknown, where: string): unknown {
	if (given === undefined || given === null) return null;
	const branch = branches[1]!;
	const name = typeof branch === 'string' ? branch : (branch as { name: string }).name;
	const key = named.has(name) && !name.includes('.') ? `lanner.events.${name}` : name;
	return { [key]: fill(branch, given, where) };
}

function fillPrimitive(name: string, given: unknown, where: string): unknown {
	switch (name) {
		case 'boolean':
			return given ?? false;
		case 'bytes':
			return typeof given === 'string' ? Buffer.from(given, 'utf8') : (given ?? Buffer.alloc(0));
		case 'string':
			return given ?? '';
		case 'int':
		case 'long':
			return given ?? 0;
		default:
			throw new Error(`${where}: no default for type ${name}.`);
	}
}

function fillRecord(
	schema: { name: string; fields: { name: string; type: Schema }[] },
	given: Record<string, unknown>,
	where: string,
): unknown {
	for (const key of Object.keys(given)) {
		if (!schema.fields.some((field) => field.name === key))
			throw new Error(`${where}: ${schema.name} has no field ${key}.`);
	}
	return Object.fromEntries(
		schema.fields.map((field) => [field.name, fill(field.type, given[field.name], `${where}.${field.name}`)]),
	);
}

/** An event of any family; `factory` below makes the typed ones. */
export function event(family: FamilyName, evt: EventTypeName, given: object): BatchEvent {
	const fields: Record<string, unknown> = { ...given };
	const take = (name: string, fallback: unknown): unknown => {
		const value = fields[name];
		delete fields[name];
		return value ?? fallback;
	};
	// Events of the agent belong to no process.
	const ofAgent = agentFamilies.has(family);
	const pid = take('pid', ofAgent ? 0 : 100) as number;
	const header = {
		type: take('evt', evt),
		flags: take('headerFlags', 0),
		time: take('time', 0),
		cpu: take('cpu', ofAgent ? -1 : 0),
		tid: take('tid', pid),
		pid,
		start: take('start', pid === 0 ? 0 : pid * 1000),
		result: take('result', 0),
	};
	const value = fill(family, { ...fields, header }, family);
	return { [`lanner.events.${family}`]: value } as BatchEvent;
}

const agentFamilies = new Set<FamilyName>([
	'ContainerReported',
	'UsersReported',
	'SnapshotMarked',
	'Gap',
	'Heartbeat',
	'ProbeStarted',
	'ProbeStopped',
]);

function factory<Family>(family: FamilyName, evt: EventTypeName): (given?: GivenEvent<Family>) => BatchEvent {
	return (given = {} as GivenEvent<Family>) => event(family, evt, given);
}

export const fileOpened = factory<events.FileOpened>('FileOpened', 'openat');
export const processExecuted = factory<events.ProcessExecuted>('ProcessExecuted', 'execve');
export const processCloned = factory<events.ProcessCloned>('ProcessCloned', 'clone');
export const processExited = factory<events.ProcessExited>('ProcessExited', 'procexit');
export const pathChanged = factory<events.PathChanged>('PathChanged', 'unlinkat');
export const socketCreated = factory<events.SocketCreated>('SocketCreated', 'socket');
export const socketConnected = factory<events.SocketConnected>('SocketConnected', 'connect');
export const socketAccepted = factory<events.SocketAccepted>('SocketAccepted', 'accept4');
export const socketBound = factory<events.SocketBound>('SocketBound', 'bind');
export const socketTransferred = factory<events.SocketTransferred>('SocketTransferred', 'sendto');
export const fdChanged = factory<events.FdChanged>('FdChanged', 'dup2');
export const fileTransferred = factory<events.FileTransferred>('FileTransferred', 'read');
export const credentialsChanged = factory<events.CredentialsChanged>('CredentialsChanged', 'setuid');
export const signalSent = factory<events.SignalSent>('SignalSent', 'kill');
export const processTraced = factory<events.ProcessTraced>('ProcessTraced', 'ptrace');
export const mountChanged = factory<events.MountChanged>('MountChanged', 'mount');
export const rootChanged = factory<events.RootChanged>('RootChanged', 'chroot');
export const namespaceChanged = factory<events.NamespaceChanged>('NamespaceChanged', 'setns');
export const moduleChanged = factory<events.ModuleChanged>('ModuleChanged', 'init_module');
export const bpfCalled = factory<events.BpfCalled>('BpfCalled', 'bpf');
export const memoryChanged = factory<events.MemoryChanged>('MemoryChanged', 'memfd_create');
export const processControlled = factory<events.ProcessControlled>('ProcessControlled', 'prctl');
export const otherSyscall = factory<events.OtherSyscall>('OtherSyscall', 'unknown');
export const processSnapshotted = factory<events.ProcessSnapshotted>('ProcessSnapshotted', 'unknown');
export const snapshotMarked = factory<events.SnapshotMarked>('SnapshotMarked', 'unknown');
export const gap = factory<events.Gap>('Gap', 'unknown');
export const heartbeat = factory<events.Heartbeat>('Heartbeat', 'unknown');
export const probeStarted = factory<events.ProbeStarted>('ProbeStarted', 'unknown');
export const probeStopped = factory<events.ProbeStopped>('ProbeStopped', 'unknown');
export const containerReported = factory<events.ContainerReported>('ContainerReported', 'unknown');
export const usersReported = factory<events.UsersReported>('UsersReported', 'unknown');

export const batchHeader: BatchHeaderFields = {
	hostId: 'host-1',
	hostName: 'box',
	bootId: '11111111-2222-3333-4444-555555555555',
	producer: 'CAPTURE',
	firstSequence: 1,
	baseTimeS: 1_700_000_000,
	baseTimeNs: 0,
	utcOffsetS: 0,
	machine: 'x86_64',
	probeVersion: '0.1.0',
};

/** The bytes of an EventBatch (single-object encoding). */
export function batch(list: readonly BatchEvent[], header: Partial<BatchHeaderFields> = {}): Buffer {
	return encodeEventBatch({ ...batchHeader, ...header, events: list });
}
