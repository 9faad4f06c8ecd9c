/** Which answers of events_fields.jsonl are not asked of us, each group with its reason. */

import { events } from '#rules/events/index.ts';
import { familyOf } from '#rules/fields/event-type.ts';
import { sourceOf } from '#rules/fields/parameter-values.ts';
import { eventTypeIndex } from '#schemas/generated/event-names.ts';

/** By field, for every event. */
const fields: ReadonlyMap<string, string> = new Map(
	Object.entries({
		'proc.fdopencount proc.fdusage fd.types fd.types[1] fd.types[2] fd.types[3]':
			'descriptors are resolved, not counted',
		'fd.cproto fd.sproto fd.lproto fd.rproto': 'shown for either end, as the ports are',
		'fd.lip fd.rip fd.lport fd.rport fd.is_server':
			'the machine of the cases had none of the addresses and took the server for the local end',
		'fd.containername fd.containerdirectory':
			'outside of containers the prefix is host; the cases had no container fields',
		'thread.cgroups': 'one hierarchy is reported',
		'evt.asynctype evt.is_async evt.hostname': 'no plug-ins; the name of the machine of the cases',
		'proc.exe_ino.ctime_duration_proc_start': 'the cases give files without times',
		'proc.stdin.type proc.stdout.type proc.stderr.type proc.stdin.name proc.stdout.name proc.stderr.name':
			'standard descriptors are those of the last exec or snapshot',
		'proc.vmsize proc.vmrss proc.vmswap thread.vmsize thread.vmrss thread.pfmajor thread.pfminor':
			'memory is that of the last exec or snapshot',
		'evt.count.error.file evt.count.error.net evt.count.error.other':
			'counted by the descriptor that the kernel resolved',
		'proc.apid': 'without index the ancestors, as proc.aname; Falco shows the process itself',
		'proc.env proc.aenv': 'replaced by what an exec reports; the cases mix both',
	}).flatMap(([names, reason]) => names.split(' ').map((name) => [name, reason] as const)),
);

const argumentTypes = new Set(['clone', 'execve', 'execveat', 'procexit', 'open_by_handle_at']);
const openTypes = new Set(['open', 'openat', 'openat2', 'open_by_handle_at', 'creat']);
const accessBits = 3;

/** Every parameter of the type is carried by our events, so that all of them can be shown together. */
function carriesAll(eventType: string): boolean {
	const family = familyOf(eventTypeIndex.get(eventType) ?? -1);
	const parameters = events.get(eventType)?.parameters ?? [];
	return parameters.every(({ name }) => sourceOf(eventType, family, name) !== null);
}

export type Asked = {
	readonly eventType: string;
	readonly params: Readonly<Record<string, unknown>>;
	/** The thread was started by a clone of the case and has not executed anything since. */
	readonly cloned: boolean;
};

export function notCompared(field: string, { eventType, params, cloned }: Asked): boolean {
	if (fields.has(field)) return true;
	// Opens without access mode do not exist: the kernel's O_RDONLY is 0.
	const noAccess =
		openTypes.has(eventType) && eventType !== 'creat' && (Number(params.flags ?? 0) & accessBits) === 0;
	if (noAccess && /^evt\.(args?|rawarg|is_open)/.test(field)) return true;
	// Clones of the cases say another program than the process that makes them.
	if ((cloned || eventType === 'clone') && /^(proc|thread|user|group)\./.test(field)) return true;
	// Paths of directory descriptors are in the absolute path, not beside the number.
	const hasDirectory = Object.keys(params).some(
		(name) => /dir(fd)?$/.test(name) && Number(params[name]) >= 0,
	);
	if (hasDirectory && field.startsWith('fd.') && !openTypes.has(eventType)) return true;
	if (field !== 'evt.args') return false;
	return hasDirectory || argumentTypes.has(eventType) || !carriesAll(eventType);
}
