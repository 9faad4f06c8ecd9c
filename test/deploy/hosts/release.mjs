/**
 * `node test/deploy/hosts/release.mjs VERSION`: a quickly compressed release of this checkout, called VERSION, in dist/test-release;
 * prints its folder. Made anew when a file of the checkout changed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint } from '../../../deploy/setup/fingerprint.mjs';
import { withLock } from '../../../deploy/setup/lock.mjs';
import { runProgram } from '../../../deploy/setup/step.mjs';

const root = join(import.meta.dirname, '../../..');
const version = process.argv[2] ?? '0.0.1';
const out = join(root, 'dist/test-release', version);
const stamp = join(root, 'dist/test-release', `${version}.sources`);

function sources() {
	const list = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], {
		cwd: root,
		encoding: 'utf8',
	});
	const shipped = list
		.split('\0')
		.filter((path) => /^(?:deploy|probe|schemas|services|lanner$|package)/.test(path));
	return fingerprint(root, shipped);
}

// One at a time: all bundle into the same folder.
await withLock(join(root, 'dist/test-release'), async () => {
	const now = sources();
	if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return;
	const args = ['deploy/package/main.mjs', '--fast', '--version', version, '--out', out];
	await runProgram(process.execPath, args, { cwd: root, remedy: 'see the lines above' });
	writeFileSync(stamp, now);
});
console.log(out);
