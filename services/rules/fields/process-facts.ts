/** Facts of a process that may be unknown because events were lost: unknown is null, empty is empty. */
import type { Text } from '#schemas/text.ts';
import type { ProcessNode } from '#state/process.ts';

/** The name is unknown, as opposed to empty, only while the process is incomplete. */
export function nameOf(node: ProcessNode): Text | null {
	return node.incomplete && node.comm.value === '' ? null : node.comm;
}

export function knowsProgram(node: ProcessNode): boolean {
	return !node.incomplete || node.program.exePath.value !== '' || node.program.args.length > 0;
}

export function exeOf(node: ProcessNode): Text | null {
	return knowsProgram(node) ? node.program.exe : null;
}

export function exePathOf(node: ProcessNode): Text | null {
	return knowsProgram(node) ? node.program.exePath : null;
}

export function commandLineOf(node: ProcessNode): Text | null {
	return knowsProgram(node) ? node.commandLine : nameOf(node);
}

export function argsOf(node: ProcessNode): Text | null {
	return knowsProgram(node) ? node.program.argsLine : null;
}
