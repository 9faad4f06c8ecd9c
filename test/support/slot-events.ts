/**
 * Events as slots of values, for benches of the rules alone: a field is read by one array access, so that what is measured
 * is the rules, not where values come from. The mix is that of a busy host with the default set of system calls (mostly
 * opens, some processes, some network); strings come from bounded pools and are interned, as the event reader does.
 */
import type { FieldCatalogue, FieldDefinition, FieldType, FieldValue } from '#rules/field.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { Text } from '#schemas/text.ts';

export type SlotEvent = { readonly type: number; readonly values: readonly FieldValue[] };

/** Deterministic 32-bit generator (mulberry32): the same events on every machine. */
export function createRandom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

const numbers =
	/^(fd\.num|evt\.rawres|proc\.(pid|vpid|apid|ppid|sid|tty|duration)|thread\.tid|user\.(uid|loginuid)|group\.gid|fd\.(cport|lport|rport|sockfamily)|evt\.num)$/;
const booleans =
	/^(evt\.(is_|failed)|fd\.(connected|name_changed|is_)|proc\.is_|container\.(privileged|host))/;
const addresses = /^fd\.(ip|sip|cip|lip|rip)$/;
const networks = /^fd\.(net|snet|cnet|lnet|rnet)$/;
const ports = /^fd\.(port|sport)$/;
const severalValued = /^(fd\.(ip|net|port)|proc\.(aname|aexe|aexepath|acmdline|aenv))$/;

function typeOf(name: string): FieldType {
	if (numbers.test(name)) return 'INT64';
	if (booleans.test(name)) return 'BOOL';
	if (addresses.test(name)) return 'IPADDR';
	if (networks.test(name)) return 'IPNET';
	if (ports.test(name)) return 'PORT';
	return 'CHARBUF';
}

export type SlotFields = FieldCatalogue<SlotEvent> & { readonly slots: ReadonlyMap<string, number> };

const types: readonly string[] = eventTypes;
const typeTexts = types.map((name) => new Text(name));
const known = /^(evt|fd|proc|thread|user|group|container|k8s)\.[a-z_]+(\.[a-z_]+)?$/;

/** Every name of a known class is a field; a slot is given to each field and argument when it is first bound. */
export function slotFields(): SlotFields {
	const slots = new Map<string, number>();
	const made = new Map<string, FieldDefinition<SlotEvent>>();
	const find = (name: string): FieldDefinition<SlotEvent> | undefined => {
		if (!known.test(name) || name.startsWith('evt.arg.')) return undefined;
		const definition = made.get(name) ?? define(name, slots);
		made.set(name, definition);
		return definition;
	};
	return { find, all: () => [...made.values()], slots };
}

function define(name: string, slots: Map<string, number>): FieldDefinition<SlotEvent> {
	const several = severalValued.test(name);
	return {
		name,
		type: typeOf(name),
		isList: false,
		print: 'DEC',
		argument: 'optional',
		flags: new Set(),
		meaning: 'A field of a bench.',
		...(name === 'evt.type' ? { constantPerEventType: true } : {}),
		...(several ? { anyOf: true } : {}),
		bind: (argument, eventType) => {
			if (name === 'evt.type') return () => typeTexts[eventType] ?? null;
			const key = argument === null ? name : `${name}[${argument}]`;
			const slot = slots.get(key) ?? slots.size;
			slots.set(key, slot);
			if (several && argument !== null) return (event) => first(event.values[slot] ?? null);
			return eventType >= 0 && !has(types[eventType] as string, name)
				? null
				: (event) => event.values[slot] ?? null;
		},
	};
}

function first(value: FieldValue): FieldValue {
	return Array.isArray(value) ? (value[0] ?? null) : value;
}

const fileTypes = /^(open|openat|openat2|creat|unlink|unlinkat|rename|chmod)/;
const netTypes = /^(connect|accept|bind|sendto|socket)/;

function has(type: string, name: string): boolean {
	if (name.startsWith('fd.')) return fileTypes.test(type) || netTypes.test(type);
	if (name.startsWith('evt.is_open')) return type.startsWith('open') || type === 'creat';
	return true;
}

/** Shares of the mix, in percent. */
const mix: readonly (readonly [type: string, share: number])[] = [
	['openat', 62],
	['open', 4],
	['execve', 4],
	['clone', 4],
	['procexit', 4],
	['connect', 6],
	['socket', 4],
	['accept4', 2],
	['unlinkat', 2],
	['rename', 2],
	['chmod', 1],
	['dup2', 3],
	['setuid', 1],
	['ptrace', 1],
];

const commonNames = [
	'bash',
	'sh',
	'node',
	'python3',
	'nginx',
	'postgres',
	'systemd',
	'sshd',
	'cron',
	'git',
	'npm',
	'gcc',
	'cc1',
	'make',
	'ls',
	'grep',
	'find',
	'tar',
	'sed',
	'awk',
	'dockerd',
	'containerd',
	'kubelet',
	'java',
	'redis-server',
	'curl',
	'apt-get',
	'dpkg',
];
const directories = [
	'/usr/lib',
	'/usr/share',
	'/proc',
	'/sys',
	'/etc',
	'/tmp',
	'/var/log',
	'/home/dev/project/src',
	'/opt/app',
	'/dev',
];

/** `count` events for the fields bound so far, and any bound later read as missing. */
export function slotEvents(fields: SlotFields, count: number, seed: number): SlotEvent[] {
	const random = createRandom(seed);
	const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
	const pool = new Map<string, Text>();
	const intern = (value: string): Text => {
		const text = pool.get(value) ?? new Text(value);
		pool.set(value, text);
		return text;
	};
	const wheel = mix.flatMap(([type, share]) => new Array<number>(share).fill(types.indexOf(type)));
	const name = (): Text =>
		intern(random() < 0.9 ? pick(commonNames) : `worker-${Math.floor(random() * 200)}`);
	const path = (): Text =>
		intern(`${pick(directories)}/${pick(commonNames)}/file-${Math.floor(random() ** 3 * 100)}`);
	const value = (key: string): FieldValue => {
		const bare = key.replace(/\[.*/, '');
		switch (typeOf(bare)) {
			case 'INT64':
				return bare === 'fd.num' || bare === 'evt.rawres'
					? Math.floor(random() * 60) - 3
					: Math.floor(random() * 5000);
			case 'BOOL':
				return random() < (bare === 'evt.is_open_read' ? 0.85 : 0.1);
			case 'IPADDR':
			case 'IPNET': {
				const address = intern(
					String.fromCharCode(10, 0, Math.floor(random() * 4), Math.floor(random() * 250)),
				);
				return severalValued.test(bare) ? [address, intern('\x7f\0\0\x01')] : address;
			}
			case 'PORT':
				return severalValued.test(bare) ? [443, 40000] : pick([443, 80, 5432, 6379, 22, 8080]);
			default:
				if (severalValued.test(bare)) return [name(), name(), intern('systemd')];
				if (bare === 'container.id')
					return intern(random() < 0.7 ? 'host' : `c0ffee${Math.floor(random() * 40)}`);
				if (bare === 'fd.typechar') return intern('f');
				if (bare === 'evt.res') return intern(random() < 0.9 ? 'SUCCESS' : 'ENOENT');
				if (/name$/.test(bare) && bare.startsWith('proc')) return name();
				if (/cmdline|args/.test(bare))
					return intern(`${pick(commonNames)} --option ${Math.floor(random() ** 3 * 100)}`);
				if (/name|path|directory|exe|cwd/.test(bare)) return path();
				return random() < 0.5 ? null : name();
		}
	};
	const keys = [...fields.slots.keys()];
	return Array.from({ length: count }, () => ({ type: pick(wheel), values: keys.map(value) }));
}
