/** The images of this checkout, built by a real engine on bases made of Debian packages; archives for `docker load` in dist/images-test. */
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { baseArchive, buildArchive, ensureBases } from '../../deploy/docker/base.mjs';
import { buildArguments, buildFacts, roles } from '../../deploy/docker/build.mjs';

const root = join(import.meta.dirname, '../..');
const basesFolder = join(root, 'dist/bases');
export const archivesFolder = join(root, 'dist/images-test');
const bases = { BASE: 'lanner-base:local', NODE: 'lanner-build:local' };

export function imageName(role) {
	return `lanner-${role}:test`;
}

export async function importBases(engine) {
	await ensureBases(basesFolder);
	await engine.docker('import', join(basesFolder, baseArchive), bases.BASE);
	await engine.docker('import', join(basesFolder, buildArchive), bases.NODE);
}

/** Path of the archive. */
export async function buildImage(engine, role, label = '') {
	mkdirSync(archivesFolder, { recursive: true });
	const archive = join(archivesFolder, `${role}${label}.tar`);
	const further = [
		...['--network', 'host', '--progress', 'plain'],
		...Object.entries(bases).flatMap(([name, image]) => ['--build-arg', `${name}=${image}`]),
	];
	await engine.docker(
		...buildArguments({ role, name: imageName(role), archive, facts: buildFacts(), further }),
	);
	return archive;
}

export async function buildAll(engine) {
	const archives = [];
	for (const role of roles) archives.push(await buildImage(engine, role));
	return archives;
}

export async function digestOf(file) {
	const hash = createHash('sha256');
	for await (const chunk of createReadStream(file)) hash.update(chunk);
	return hash.digest('hex');
}
