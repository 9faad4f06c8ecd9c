/**
 * The probe's privileged half (probe/build/capture), built by make when its sources changed. Says what is missing
 * instead of throwing where the caller can go on without a probe: `npm start` then plays a recording.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDebianPackages, probePackages } from './debian.mjs';
import { filesBelow, fingerprint } from './fingerprint.mjs';
import { withLock } from './lock.mjs';
import { runProgram, SetupError, step } from './step.mjs';

const tools = ['clang', 'bpftool', 'make', 'cc'];

function sourceFingerprint(root) {
	const isOther = (path) => path === 'probe/build' || path === 'probe/agent' || path.endsWith('.md');
	return fingerprint(root, [
		...filesBelow(root, 'probe', isOther),
		...filesBelow(root, 'schemas/event-batch'),
	]);
}

function stampPath(root) {
	return join(root, 'probe/build/sources.sha256');
}

function isCurrent(root) {
	if (!existsSync(join(root, 'probe/build/capture'))) return false;
	try {
		return readFileSync(stampPath(root), 'utf8') === sourceFingerprint(root);
	} catch (error) {
		if (error.code === 'ENOENT') return false;
		throw error;
	}
}

function missingTools() {
	const path = `${process.env.PATH ?? ''}:/usr/sbin:/sbin`;
	return tools.filter(
		(tool) => spawnSync('/bin/sh', ['-c', `command -v ${tool}`], { env: { PATH: path } }).status !== 0,
	);
}

async function build(root) {
	// Tools made by hand, in a container or on another distribution are as good as packages.
	const absent = missingTools();
	if (process.getuid() === 0 || absent.length > 0) {
		try {
			await ensureDebianPackages('to build the probe', probePackages);
		} catch (error) {
			if (!(error instanceof SetupError) || absent.length > 0) throw error;
		}
	}
	await step('building the probe (make -C probe)', async () => {
		const before = sourceFingerprint(root);
		await runProgram('make', ['-C', 'probe'], {
			cwd: root,
			env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` },
			remedy: `see the lines above; the build needs these Debian packages: ${probePackages.join(' ')}`,
		});
		writeFileSync(stampPath(root), before);
	});
}

/** Absolute path of capture, built first when needed. Throws SetupError (message and remedy) when it cannot be had. */
export async function ensureProbe(root) {
	const path = join(root, 'probe/build/capture');
	if (!isCurrent(root)) {
		await withLock(root, async () => {
			if (!isCurrent(root)) await build(root);
		});
	}
	return path;
}
