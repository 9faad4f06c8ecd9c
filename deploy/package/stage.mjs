/**
 * The installed program as a folder, the same for archive, .deb and images: what `npm pack` packs (its list is `files` in
 * package.json), the npm packages that run outside the bundle, and a manifest without what only a checkout needs.
 */
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runProgram } from '../setup/step.mjs';
import { copyPackages } from './node-modules.mjs';

/** Runs `npm pack` (which builds, see prepack.mjs) into `folder`; path of the package. */
export async function packForNpm(root, folder) {
	mkdirSync(folder, { recursive: true });
	const said = await runProgram('npm', ['pack', '--silent', '--pack-destination', folder], {
		cwd: root,
		remedy: 'see the lines above',
	});
	const name = /^\S+\.tgz$/m.exec(said)?.[0];
	if (name === undefined) throw new Error(`npm pack did not name its file: ${said.slice(-500)}`);
	return join(folder, basename(name));
}

/** Unpacks `npmPackage` into `target` and adds what `npm install` would. `version` overrides that of package.json. */
export async function stageProgram({ root, npmPackage, target, version }) {
	mkdirSync(target, { recursive: true });
	await runProgram('tar', ['-xzf', npmPackage, '-C', target, '--strip-components=1'], {
		remedy: 'see the line above',
	});
	copyPackages(root, target);
	const path = join(target, 'package.json');
	const { name, description, license, type, engines, bin, dependencies } = JSON.parse(
		readFileSync(path, 'utf8'),
	);
	const manifest = { name, version, description, license, private: true, type, engines, bin, dependencies };
	writeFileSync(path, `${JSON.stringify(manifest, null, '\t')}\n`);
	await stripPrograms(join(target, 'probe/build'));
}

/** Debugging information names the folder of the build, which is nobody's business and differs from machine to machine. */
async function stripPrograms(folder) {
	for (const name of readdirSync(folder)) {
		const path = join(folder, name);
		await runProgram('strip', ['--strip-all', '--remove-section=.note.gnu.build-id', path], {
			remedy: 'install binutils',
		});
		chmodSync(path, 0o755);
	}
}

/** This Node, which the archive and the .deb bring along, with its licence where that is found. */
export function copyNode(node, target) {
	mkdirSync(join(target, '..'), { recursive: true });
	cpSync(node, target, { dereference: true });
	chmodSync(target, 0o755);
}
