/**
 * The Kafka broker of the local fleet (test/fleet): its jars by Maven, copied once into dist/kafka-VERSION/. The folder's
 * name carries the version of test/fleet/pom.xml; it is filled beside itself and renamed, so that a half copy is never used.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { runProgram, SetupError, step } from './step.mjs';

function versionIn(pom) {
	const found = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(readFileSync(pom, 'utf8'));
	if (found === null) throw new SetupError(`${pom} names no version of kafka_2.13`, 'restore the file');
	return found[1];
}

async function copyJars(pom, libs) {
	const partial = `${libs}.${process.pid}`;
	rmSync(partial, { recursive: true, force: true });
	mkdirSync(partial, { recursive: true });
	const args = ['-q', '-ntp', '-B', '-f', pom, 'dependency:copy-dependencies'];
	await runProgram('mvn', [...args, '-DincludeScope=runtime', `-DoutputDirectory=${partial}`], {
		remedy:
			'install maven and a Java runtime of version 17 or later, and check that Maven reaches its repository',
	});
	rmSync(join(dirnameOf(pom), 'target'), { recursive: true, force: true });
	rmSync(libs, { recursive: true, force: true });
	renameSync(partial, libs);
}

function dirnameOf(path) {
	return join(path, '..');
}

/** Folder of the broker's jars, filled first when needed. */
export async function ensureKafka(root) {
	const pom = join(root, 'test/fleet/pom.xml');
	const libs = join(root, 'dist', `kafka-${versionIn(pom)}`);
	if (existsSync(libs)) return libs;
	await withLock(root, async () => {
		if (!existsSync(libs)) await step('fetching the Kafka broker for tests (mvn)', () => copyJars(pom, libs));
	});
	return libs;
}
