/** Builds `tamper.c` once per test run, and does what it can do to a running capture. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let program: string | null = null;

/** What cannot run here; null = it can. The injected calls are those of x86-64. */
export function tamperProblem(): string | null {
	return process.arch === 'x64' ? null : 'tampering is written for x86-64';
}

/** Throws when it does not succeed; it ends before this returns. */
export function tamper(
	action: 'maps' | 'exclude' | 'ring' | 'links' | 'call',
	pid: number,
	...more: readonly number[]
): void {
	if (program === null) {
		program = join(mkdtempSync(join(tmpdir(), 'lanner-tamper-')), 'tamper');
		execFileSync('gcc', ['-O1', '-w', '-o', program, join(import.meta.dirname, 'tamper.c')]);
	}
	execFileSync(program, [action, String(pid), ...more.map(String)]);
}
