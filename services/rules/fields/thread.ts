/** Thread fields. What the kernel keeps per thread and the stream per process is the process's. */
import { Text } from '#schemas/text.ts';
import type { ProcessNode } from '#state/process.ts';
import type { FieldValue } from '../field.ts';
import { bound, type Field, type FieldOptions, field, missing, type Read } from './define.ts';
import { hasBits } from './kernel-flags.ts';
import { capabilityNames } from './kernel-names.ts';

const id: FieldOptions = { print: 'ID' };
const dec: FieldOptions = { print: 'DEC' };
const table: FieldOptions = { print: 'DEC', flags: ['TABLE_ONLY'] };

function own(read: (node: ProcessNode) => FieldValue): Read {
	return (subject) => (subject.process === null ? null : read(subject.process));
}

/** Distinct capability sets are few on a host; this bounds what a hostile one could make of them. */
const capabilityTextsMax = 4096;
const capabilityTexts = new Map<number, Text>();

/** Names of the capabilities in a set, joined by blanks. */
export function capabilityText(set: number): Text {
	let text = capabilityTexts.get(set);
	if (text === undefined) {
		const names = capabilityNames.filter((_name, bit) => hasBits(set, 2 ** bit));
		text = new Text(names.join(' '));
		if (capabilityTexts.size < capabilityTextsMax) capabilityTexts.set(set, text);
	}
	return text;
}

/** Memory is the process's: rules see it on its main thread and 0 on the others. */
function mainOnly(read: (node: ProcessNode) => number): Read {
	return (subject) => {
		const node = subject.process;
		if (node === null) return null;
		return subject.reader.header.tid === node.pid ? read(node) : 0;
	};
}

const noCpuTime = 'the probe does not sample CPU time';
const oneHierarchy = 'only the path in one hierarchy is reported (thread.cgroups)';
const notAnEvent = 'scheduler events are not captured';

export const threadFields: readonly Field[] = [
	field(
		'thread.cap_permitted',
		'CHARBUF',
		'Permitted capabilities.',
		own((n) => capabilityText(n.credentials.capPermitted)),
	),
	field(
		'thread.cap_inheritable',
		'CHARBUF',
		'Inheritable capabilities.',
		own((node) => capabilityText(node.credentials.capInheritable)),
	),
	field(
		'thread.cap_effective',
		'CHARBUF',
		'Effective capabilities.',
		own((n) => capabilityText(n.credentials.capEffective)),
	),
	field(
		'thread.pfmajor',
		'UINT64',
		'Major page faults, at the last exec or snapshot.',
		own((n) => n.majorFaults),
		dec,
	),
	field(
		'thread.pfminor',
		'UINT64',
		'Minor page faults, at the last exec or snapshot.',
		own((n) => n.minorFaults),
		dec,
	),
	field(
		'thread.tid',
		'INT64',
		'Thread id.',
		(subject) => (subject.process === null ? null : subject.reader.header.tid),
		id,
	),
	field('thread.ismain', 'BOOL', 'It is the main thread of its process.', (subject) =>
		subject.process === null ? null : subject.reader.header.tid === subject.process.pid,
	),
	field(
		'thread.vtid',
		'INT64',
		'Thread id in its own pid namespace; known for main threads and outside of namespaces.',
		(subject) => {
			const node = subject.process;
			if (node === null) return null;
			const { tid } = subject.reader.header;
			if (tid === node.pid) return node.vpid;
			return node.vpid === node.pid ? tid : null;
		},
		id,
	),
	missing('thread.nametid', 'CHARBUF', 'Name and id of the thread.', 'thread names are not reported', {
		flags: ['TABLE_ONLY'],
	}),
	missing(
		'thread.exectime',
		'RELTIME',
		'CPU time of the thread since it was last scheduled.',
		notAnEvent,
		dec,
	),
	missing('thread.totexectime', 'RELTIME', 'CPU time of the thread so far.', notAnEvent, dec),
	field('thread.cgroups', 'CHARBUF', 'Control group of the process, as "=path".', own(cgroups)),
	bound('thread.cgroup', 'CHARBUF', 'Control group of one subsystem.', () => () => null, {
		argument: 'required',
		argumentForm: 'dot',
		unavailable: oneHierarchy,
	}),
	missing('thread.cpu', 'DOUBLE', 'CPU use of the thread.', noCpuTime),
	missing('thread.cpu.user', 'DOUBLE', 'CPU use of the thread in user mode.', noCpuTime),
	missing('thread.cpu.system', 'DOUBLE', 'CPU use of the thread in the kernel.', noCpuTime),
	field(
		'thread.vmsize',
		'UINT64',
		'Virtual memory in KiB (main thread; 0 for others).',
		mainOnly((n) => n.vmSize),
		dec,
	),
	field(
		'thread.vmrss',
		'UINT64',
		'Resident memory in KiB (main thread; 0 for others).',
		mainOnly((n) => n.vmRss),
		dec,
	),
	field(
		'thread.vmsize.b',
		'UINT64',
		'Virtual memory in bytes.',
		mainOnly((node) => node.vmSize * 1024),
		table,
	),
	field(
		'thread.vmrss.b',
		'UINT64',
		'Resident memory in bytes.',
		mainOnly((node) => node.vmRss * 1024),
		table,
	),
];

const cgroupTexts = new WeakMap<Text, Text>();

function cgroups(node: ProcessNode): Text | null {
	if (node.cgroup.value === '') return null;
	let text = cgroupTexts.get(node.cgroup);
	if (text === undefined) {
		text = new Text(`=${node.cgroup.value}`);
		cgroupTexts.set(node.cgroup, text);
	}
	return text;
}
