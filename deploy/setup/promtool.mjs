/**
 * promtool for the tests, from Debian's package `prometheus`: downloaded and unpacked into dist/prometheus, not installed, because the
 * package starts a server. Needs no root. The programs are static.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { runProgram, SetupError, step } from './step.mjs';

async function download(root, folder) {
	const partial = mkdtempSync(join(root, 'dist/prometheus-'));
	try {
		const remedy =
			'check that apt-get reaches its mirror, or put promtool into dist/prometheus/usr/bin yourself';
		await runProgram('apt-get', ['download', '-q', 'prometheus'], { cwd: partial, remedy });
		const name = readdirSync(partial).find((file) => file.endsWith('.deb'));
		if (name === undefined) throw new SetupError('apt-get download gave no package', remedy);
		await runProgram('dpkg-deb', ['-x', name, '.'], { cwd: partial, remedy });
		rmSync(join(partial, name));
		rmSync(folder, { recursive: true, force: true });
		renameSync(partial, folder);
	} finally {
		rmSync(partial, { recursive: true, force: true });
	}
}

/** Path of promtool, fetched first when needed. */
export async function ensurePromtool(root) {
	const folder = join(root, 'dist/prometheus');
	const program = join(folder, 'usr/bin/promtool');
	if (existsSync(program)) return program;
	mkdirSync(join(root, 'dist'), { recursive: true });
	await withLock(root, async () => {
		if (!existsSync(program))
			await step('fetching promtool for the tests (apt-get download)', () => download(root, folder));
	});
	return program;
}
