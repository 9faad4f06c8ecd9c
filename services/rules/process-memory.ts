/**
 * What rules remember of a process: answers that rest on the process, its lineage, its container and the accounts of its host
 * alone (`perProcess` fields) hold until one of those changes. State numbers its changes; the newest number among
 * everything such a field may look at is the stamp, and an answer is believed only under the stamp it was given under.
 */
import type { ProcessMemory, ProcessNode } from '#state/process.ts';
import type { EventSubject } from './subject.ts';

export type { ProcessMemory } from '#state/process.ts';

/** The memory of the subject's process with its stamp as of now; null = the event belongs to no process. */
export function processMemory(subject: EventSubject, owner: number): ProcessMemory | null {
	const node = subject.process;
	if (node === null) return null;
	const { changes } = subject.host.processes;
	let memory = node.memory;
	if (memory === null || memory.owner !== owner) {
		memory = { owner, stamp: -1, checkedAt: -1, words: [] };
		node.memory = memory;
	}
	if (memory.checkedAt !== changes) {
		memory.stamp = newestChange(subject, node);
		memory.checkedAt = changes;
	}
	return memory;
}

function newestChange(subject: EventSubject, node: ProcessNode): number {
	let newest = subject.host.accounts.changed;
	if (node.container !== null && node.container.changed > newest) newest = node.container.changed;
	for (let at: ProcessNode | null = node; at !== null; at = at.parent) {
		if (at.changed > newest) newest = at.changed;
	}
	return newest;
}
