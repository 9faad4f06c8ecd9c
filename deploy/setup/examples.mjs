/**
 * The readers of the alert topic in other languages (schemas/examples) as the tests run them: a virtual environment with the Python packages, and the
 * Go program built, both in dist/. Each is made again when what it is made from has changed. Without Python's venv or without Go the test
 * of that language says so and skips.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { withLock } from './lock.mjs';
import { runProgram, step } from './step.mjs';

/** Where Go's own archive is unpacked, beside PATH. */
const goFolder = '/usr/local/go/bin';

/** Fills the folder anew when `files` are not those it was made from. */
async function ensureMade(root, { folder, files, name, make }) {
	const hash = createHash('sha256');
	for (const file of files) hash.update(readFileSync(file));
	const digest = hash.digest('hex');
	const stamp = join(folder, 'made-from');
	const isCurrent = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === digest;
	if (isCurrent()) return;
	await withLock(root, async () => {
		if (isCurrent()) return;
		await step(name, async () => {
			rmSync(folder, { recursive: true, force: true });
			mkdirSync(folder, { recursive: true });
			await make();
			writeFileSync(stamp, digest);
		});
	});
}

/** The environment in dist/python. */
export async function ensurePythonExample(root) {
	const requirements = join(root, 'schemas/examples/python/requirements.txt');
	const folder = join(root, 'dist/python');
	await ensureMade(root, {
		...{ folder, files: [requirements], name: 'making the Python environment of the examples (pip)' },
		make: async () => {
			await runProgram('python3', ['-m', 'venv', folder], { remedy: 'install python3 and python3-venv' });
			const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
			await runProgram(join(folder, 'bin/python3'), pip, { remedy: 'check that pip reaches its index' });
		},
	});
}

/** The program dist/go/alerts; nothing where there is no Go. */
export async function ensureGoExample(root) {
	const source = join(root, 'schemas/examples/go');
	const folder = join(root, 'dist/go');
	const env = { PATH: `${process.env.PATH}${delimiter}${goFolder}` };
	if (spawnSync('go', ['version'], { env: { ...process.env, ...env } }).status !== 0) return;
	await ensureMade(root, {
		folder,
		files: ['main.go', 'go.mod', 'go.sum'].map((name) => join(source, name)),
		name: 'building the Go example (go)',
		make: () =>
			runProgram('go', ['build', '-trimpath', '-o', join(folder, 'alerts'), '.'], {
				...{ cwd: source, env },
				remedy: 'check that Go is 1.23 or newer and reaches its module proxy',
			}),
	});
}
