/**
 * What the value of a field rests on, for answers that are remembered with processes and paths (see `perProcess`, `isInterned`,
 * `derivedFrom` and `bytes` of `FieldDefinition`). In one place, because a field that is wrongly here gives old answers: what is not
 * sure is left out, and test/property/rules/prefilter.test.ts compares with asking every event anew.
 */
import { familyIndex } from '#schemas/generated/event-names.ts';
import type { TextPart } from '../field.ts';
import type { Field } from './define.ts';
import { familyOf, infoOf } from './event-type.ts';
import { directoryText, fileNameText } from './fd.ts';
import { bytesOfPath, mayBeRelative } from './fs-path.ts';
import { askedPath, bytesOfOpened, openedPath } from './path-bytes.ts';

type Memory = Pick<Field, 'perProcess' | 'isInterned' | 'derivedFrom' | 'bytes'>;

const classesOfProcess = new Set(['proc', 'thread', 'user', 'group', 'container', 'k8s']);

/** They look at the event's time or thread, or at processes beside the lineage. */
const notOfTheProcessAlone = new Set([
	...['proc.duration', 'proc.ppid.duration', 'container.duration'],
	...['proc.sname', 'proc.sid.exe', 'proc.sid.exepath'],
	...['proc.pgid', 'proc.vpgid'].flatMap((group) => [`${group}.name`, `${group}.exe`, `${group}.exepath`]),
	...['thread.tid', 'thread.ismain', 'thread.vtid'],
	...['thread.vmsize', 'thread.vmrss', 'thread.vmsize.b', 'thread.vmrss.b'],
]);

/** Paths of opens are given as they stand in the event; other names of descriptors may be made for the question. */
const opensFile = (eventType: number): boolean => familyOf(eventType) === familyIndex.FileOpened;

/** Relative paths of these calls are made absolute when they are asked for, so the text is a new one. */
const isWhole = (eventType: number): boolean => !mayBeRelative(infoOf(eventType)?.name ?? '');
const always = (): boolean => true;

const whole: TextPart = { part: 'whole', of: (path) => path };

const ofPaths: Readonly<Record<string, Memory>> = {
	'fd.name': { isInterned: opensFile, bytes: bytesOfOpened(askedPath) },
	'fd.realpath': { isInterned: opensFile, bytes: bytesOfOpened(openedPath) },
	// Of a directory there is none.
	'fd.filename': {
		derivedFrom: { field: 'fd.name', alternatives: [{ part: 'fileName', of: fileNameText }] },
	},
	// Of a directory it is the path itself.
	'fd.directory': {
		derivedFrom: { field: 'fd.name', alternatives: [{ part: 'directory', of: directoryText }, whole] },
	},
	// Of an open it is the name of the descriptor, if the call succeeded.
	'fs.path.name': {
		isInterned: isWhole,
		derivedFrom: { field: 'fd.name', alternatives: [whole] },
		bytes: bytesOfPath('plain'),
	},
	'fs.path.source': { isInterned: isWhole, bytes: bytesOfPath('source') },
	'fs.path.target': { isInterned: isWhole, bytes: bytesOfPath('target') },
	'fs.path.nameraw': { isInterned: always },
	'fs.path.sourceraw': { isInterned: always },
	'fs.path.targetraw': { isInterned: always },
};

export function withMemory(fields: readonly Field[]): readonly Field[] {
	return fields.map((one) => ({ ...one, ...memoryOf(one.name) }));
}

function memoryOf(name: string): Memory {
	const ofProcess = classesOfProcess.has(name.slice(0, name.indexOf('.'))) && !notOfTheProcessAlone.has(name);
	return ofProcess ? { perProcess: true } : (ofPaths[name] ?? {});
}
