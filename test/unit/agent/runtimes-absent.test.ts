import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { followContainers } from '#agent/containers/index.ts';

async function problemsOf(socketPath: string): Promise<string[]> {
	const problems: string[] = [];
	const abort = new AbortController();
	const sockets = { docker: socketPath, podman: socketPath, containerd: socketPath, crio: socketPath };
	const onProblem = (error: Error): void => void problems.push(error.message);
	await followContainers({ sockets, onContainer: () => {}, onProblem, signal: abort.signal }, 10_000);
	abort.abort();
	return problems;
}

test('a runtime that is not on the host is nothing to tell', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-runtimes-'));
	try {
		assert.deepEqual(await problemsOf(join(folder, 'nothing.sock')), []);
	} finally {
		rmSync(folder, { recursive: true });
	}
});

test('a runtime that cannot be talked to is told, each once', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-runtimes-'));
	try {
		const path = join(folder, 'file.sock');
		writeFileSync(path, '');
		// Connecting to a file that is no socket is refused, as it is where a runtime has ended: also nothing to tell.
		assert.deepEqual(await problemsOf(path), []);
		assert.equal((await problemsOf(join(path, 'below-a-file.sock'))).length, 4);
	} finally {
		rmSync(folder, { recursive: true });
	}
});
