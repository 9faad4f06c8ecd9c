/** What prctl, setsid and setpgid change of a process. */
import { eventTypeIndex } from '#schemas/generated/event-names.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import type { ProcessNode } from './process.ts';
import type { ProcessTree } from './tree.ts';

const prctlType = eventTypeIndex.get('prctl')!;
const setsidType = eventTypeIndex.get('setsid')!;
const setpgidType = eventTypeIndex.get('setpgid')!;
const setName = 15;

/** The call succeeded. */
export function applyControl(processes: ProcessTree, node: ProcessNode, reader: EventReader): void {
	switch (reader.header.type) {
		case prctlType:
			// The name of the main thread is the name of the process.
			if (reader.processControlled.option !== setName || reader.header.tid !== node.pid) return;
			node.comm = reader.processControlled.text;
			break;
		case setsidType:
			node.sid = node.pid;
			node.pgid = node.pid;
			node.vsid = node.vpid;
			node.vpgid = node.vpid;
			node.tty = 0;
			break;
		case setpgidType:
			setGroup(processes, node, reader);
			return;
		default:
			return;
	}
	processes.touch(node);
}

/**
 * Ids are in the caller's pid namespace. Outside of namespaces they are the host's; inside, only the process itself is
 * found (children set their group themselves as well, as shells do).
 */
function setGroup(processes: ProcessTree, caller: ProcessNode, reader: EventReader): void {
	const { targetPid, arguments: values } = reader.processControlled;
	const group = values.count > 0 ? values.at(values.count - 1)! : 0;
	const onHost = caller.vpid === caller.pid;
	const itself = targetPid === 0 || targetPid === caller.vpid;
	const target = itself ? caller : onHost ? processes.byPid(targetPid) : undefined;
	if (target === undefined) return;
	const own = group === 0 || group === target.vpid;
	target.vpgid = own ? target.vpid : group;
	if (own) target.pgid = target.pid;
	else if (onHost) target.pgid = group;
	processes.touch(target);
}
