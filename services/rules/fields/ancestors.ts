/** Fields of ancestors (proc.aname…): [n] is the n-th ancestor, without index any of them. */
import { Text } from '#schemas/text.ts';
import type { ProcessNode } from '#state/process.ts';
import type { FieldFlag, FieldType, FieldValue, Scalar } from '../field.ts';
import { bound, type Field, type FieldOptions, parseIndex, type Read } from './define.ts';
import { argsOf, commandLineOf, exeOf, exePathOf, nameOf } from './process-facts.ts';

/** Ancestors that proc.aenv[NAME] looks at. */
const environmentLevelsMax = 20;

export function ancestorAt(node: ProcessNode | null, level: number): ProcessNode | null {
	let at = node;
	for (let i = 0; i < level && at !== null; i++) at = at.parent;
	return at;
}

function atLevel(level: number, read: (node: ProcessNode) => FieldValue): Read {
	return (subject) => {
		const node = ancestorAt(subject.process, level);
		return node === null ? null : read(node);
	};
}

/** Values of all ancestors, nearest first. The array is made once per use and filled anew for each event. */
function anyAncestor(read: (node: ProcessNode) => Scalar | null): Read {
	const values: Scalar[] = [];
	return (subject) => {
		if (subject.process === null) return null;
		let count = 0;
		for (let at = subject.process.parent; at !== null; at = at.parent) {
			const value = read(at);
			if (value !== null) values[count++] = value;
		}
		if (count === 0) return null;
		// Not emptied first: an array of length 0 gives its memory back and must ask for it again.
		if (values.length !== count) values.length = count;
		return values;
	};
}

const anyFlags: readonly FieldFlag[] = ['NO_TRANSFORMER', 'NO_RHS'];

function ancestorField(
	name: string,
	type: FieldType,
	meaning: string,
	read: (node: ProcessNode) => Scalar | null,
	options: FieldOptions = {},
): Field {
	return bound(
		name,
		type,
		`${meaning} [n] = the n-th ancestor (0 = the process); without index, any ancestor.`,
		(argument) => {
			if (argument === null) return anyAncestor(read);
			// Below zero there is no ancestor; Falco takes such rules, so they load and never match.
			return isBelowZero(argument) ? null : atLevel(parseIndex(name, argument), read);
		},
		{ ...options, argument: 'optional', flags: anyFlags, anyOf: true },
	);
}

function isBelowZero(argument: string): boolean {
	return /^-\d{1,9}$/.test(argument);
}

/** All ancestors' arguments as one text. */
function joinedArgs(): Read {
	return (subject) => {
		if (subject.process === null || subject.process.parent === null) return null;
		let line = '';
		for (let at: ProcessNode | null = subject.process.parent; at !== null; at = at.parent) {
			const args = argsOf(at)?.value ?? '';
			if (args !== '') line = line === '' ? args : `${line} ${args}`;
		}
		return new Text(line);
	};
}

function namedEnvironment(name: string): Read {
	return (subject) => {
		if (subject.process === null) return null;
		let at: ProcessNode | null = subject.process.parent;
		for (let level = 0; at !== null && level < environmentLevelsMax; level++, at = at.parent) {
			const value = at.program.environmentValue(name);
			if (value.value !== '') return value;
		}
		return new Text('');
	};
}

function bindEnvironment(argument: string | null): Read {
	if (argument === null) return anyAncestor((node) => node.program.environmentLine);
	if (/^\d+$/.test(argument))
		return atLevel(parseIndex('proc.aenv', argument), (node) => node.program.environmentLine);
	return namedEnvironment(argument);
}

export const ancestorFields: readonly Field[] = [
	ancestorField('proc.aexe', 'CHARBUF', 'First argument of an ancestor.', exeOf),
	ancestorField('proc.aexepath', 'CHARBUF', 'Program path of an ancestor.', exePathOf),
	ancestorField('proc.aname', 'CHARBUF', 'Name of an ancestor.', nameOf),
	bound(
		'proc.aargs',
		'CHARBUF',
		'Arguments of an ancestor; [n] = the n-th ancestor (0 = the process), without index those of all ancestors.',
		(argument) => (argument === null ? joinedArgs() : atLevel(parseIndex('proc.aargs', argument), argsOf)),
		{ argument: 'optional' },
	),
	ancestorField('proc.acmdline', 'CHARBUF', 'Name and arguments of an ancestor.', commandLineOf),
	bound(
		'proc.aenv',
		'CHARBUF',
		'Environment of an ancestor; [n] = the n-th, [NAME] = the nearest value that is not empty.',
		bindEnvironment,
		{ argument: 'optional', flags: anyFlags, anyOf: true },
	),
	ancestorField('proc.apid', 'INT64', 'Process id of an ancestor.', (node) => node.pid, { print: 'ID' }),
];
