/**
 * Images of Kafka and Redis for places that reach no registry, with the faces of `apache/kafka` and `redis` that compose.yaml uses: the
 * broker's jars from Maven (dist/kafka-VERSION), this machine's Java and redis-server with the libraries they are linked with, busybox.
 */
import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Engine } from './engine.ts';

const dist = join(import.meta.dirname, '../../dist');
export const kafkaImage = 'lanner-test/kafka:local';
export const redisImage = 'lanner-test/redis:local';

/** As the image's entry point: KAFKA_SOME_NAME becomes some.name of server.properties. */
const kafkaStart = `#!/bin/sh
set -eu
umask 077
env | sed -n 's/^KAFKA_//p' | while IFS='=' read -r name value; do
	echo "$(echo "$name" | tr 'A-Z_' 'a-z.')=$value"
done > /tmp/server.properties
export CLASSPATH='/opt/kafka/libs/*'
JAVA="java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
$JAVA kafka.tools.StorageTool format --ignore-formatted -t "$CLUSTER_ID" -c /tmp/server.properties
exec $JAVA -Dorg.slf4j.simpleLogger.defaultLogLevel=warn kafka.Kafka /tmp/server.properties
`;
const kafkaTopics = `#!/bin/sh
exec java -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '/opt/kafka/libs/*' org.apache.kafka.tools.TopicCommand "$@"
`;

function addProgram(root: string, program: string, at = program): void {
	for (const library of librariesOf(program)) addFile(root, library);
	addFile(root, realpathSync(program), at);
}

function addFile(root: string, file: string, at = file): void {
	mkdirSync(dirname(join(root, at)), { recursive: true });
	copyFileSync(file, join(root, at));
	chmodSync(join(root, at), 0o755);
}

function librariesOf(program: string): string[] {
	const text = execFileSync('ldd', [program], { encoding: 'utf8' });
	return [...text.matchAll(/(\/\S+\.so[\S]*) \(0x/g)].map(([, path = '']) => path);
}

function addShell(root: string): void {
	addFile(root, '/bin/busybox');
	for (const name of ['sh', 'env', 'sed', 'tr']) symlinkSync('busybox', join(root, 'bin', name));
	mkdirSync(join(root, 'usr/bin'), { recursive: true });
	mkdirSync(join(root, 'etc'), { recursive: true });
	mkdirSync(join(root, 'tmp'));
	chmodSync(join(root, 'tmp'), 0o1777);
	writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
}

function addJava(root: string): void {
	const home = realpathSync('/usr/bin/java').replace(/\/bin\/java$/, '');
	// Links as they are: its configuration is in /etc, and Debian leaves some that lead nowhere.
	const options = { recursive: true, verbatimSymlinks: true };
	cpSync(home, join(root, home), options);
	const settings = readdirSync('/etc').find(
		(name) => name === `java-${/java-(\d+)/.exec(home)?.[1]}-openjdk`,
	);
	if (settings !== undefined) cpSync(join('/etc', settings), join(root, 'etc', settings), options);
	const all = readdirSync(join(home, 'lib'), { recursive: true, encoding: 'utf8' });
	const linked = all
		.filter((name) => name.endsWith('.so'))
		.flatMap((name) => librariesOf(join(home, 'lib', name)));
	for (const library of new Set([...linked, ...librariesOf(join(home, 'bin/java'))]))
		if (!library.startsWith(home) && existsSync(library)) addFile(root, library);
	symlinkSync(join(home, 'bin/java'), join(root, 'usr/bin/java'));
}

function addKafka(root: string): void {
	addShell(root);
	addJava(root);
	const jars = readdirSync(dist).find((name) => /^kafka-[\d.]+$/.test(name));
	if (jars === undefined)
		throw new Error('the jars of Kafka are missing (deploy/setup/kafka.mjs fetches them)');
	cpSync(join(dist, jars), join(root, 'opt/kafka/libs'), { recursive: true });
	for (const [path, text] of [
		['opt/kafka/start', kafkaStart],
		['opt/kafka/bin/kafka-topics.sh', kafkaTopics],
	] as const) {
		mkdirSync(dirname(join(root, path)), { recursive: true });
		writeFileSync(join(root, path), text, { mode: 0o755 });
	}
}

function addRedis(root: string): void {
	addShell(root);
	// Debian's redis-tools has the server by another name (test/fleet/redis.ts).
	addProgram(root, '/usr/bin/redis-check-rdb', '/usr/bin/redis-server');
	addProgram(root, '/usr/bin/redis-cli');
	mkdirSync(join(root, 'data'));
}

async function importImage(
	engine: Engine,
	add: (root: string) => void,
	changes: readonly string[],
	name: string,
): Promise<void> {
	const work = mkdtempSync(join(tmpdir(), 'lanner-stand-in-'));
	try {
		const root = join(work, 'root');
		mkdirSync(root);
		add(root);
		execFileSync('tar', ['-C', root, '--owner=0', '--group=0', '-cf', join(work, 'image.tar'), '.']);
		const options = changes.flatMap((change) => ['--change', change]);
		await engine.docker('import', ...options, join(work, 'image.tar'), name);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

export async function importStandIns(engine: Engine): Promise<void> {
	await importImage(engine, addKafka, ['CMD ["/opt/kafka/start"]'], kafkaImage);
	await importImage(engine, addRedis, ['WORKDIR /data', 'CMD ["redis-server"]'], redisImage);
}
