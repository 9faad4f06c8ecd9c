/**
 * The images on a real Docker engine: what is in them, that they are the same each time, what each role refuses, what the probe cannot do
 * without, and a whole fleet by compose.yaml up to its alert. By npm run test:deploy; a quarter of an hour on a quiet machine.
 * LANNER_IMAGES_BUILT=1 takes the archives of an earlier run (dist/images-test) as they are, to work on these tests.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { roles } from '../../../deploy/docker/build.mjs';
import { Engine, engineProblem } from '../engine.ts';
import { archivesFolder, buildAll, buildImage, digestOf, imageName, importBases } from '../images.mjs';
import { importStandIns, kafkaImage, redisImage } from '../stand-ins.ts';

const root = join(import.meta.dirname, '../../..');
const minute = 60_000;
const built = process.env.LANNER_IMAGES_BUILT === '1';

const consoleToken = 'a-token-of-this-test-alone';

const probeConfig = `kafka: { brokers: ["127.0.0.1:1"] }
probe: { hostRoot: /host, dockerSocket: null }
ops: { probePort: 9466 }
`;

const needed = (config) => [
	['--pid', 'host'],
	['--cap-add', 'BPF'],
	['--cap-add', 'PERFMON'],
	['-v', '/etc:/host/etc:ro'],
	['-v', '/var/lib/lanner'],
	['-v', `${config}:/etc/lanner/lanner.yaml:ro`],
	['--read-only'],
	['--cap-drop', 'ALL'],
	['--network', 'none'],
];

/** Everything but bpf(2), which fails as it does in a profile that does not name it. */
const withoutBpf = {
	defaultAction: 'SCMP_ACT_ALLOW',
	syscalls: [{ names: ['bpf'], action: 'SCMP_ACT_ERRNO', errnoRet: 1 }],
};

const without = (wanted) => (options) => options.filter((option) => option.join(' ') !== wanted).flat();

/** What, how, and what the probe then says; `ready` = it works. */
const takenAway = [
	['works with two capabilities, as an ordinary user', (options) => options.flat(), 'ready'],
	['cannot be without CAP_BPF', without('--cap-add BPF'), /spawn EPERM[\s\S]*BPF and PERFMON/],
	['cannot be without CAP_PERFMON', without('--cap-add PERFMON'), /spawn EPERM[\s\S]*BPF and PERFMON/],
	[
		'cannot be without raising privileges',
		(options) => [...options.flat(), '--security-opt', 'no-new-privileges'],
		/not permitted to load the probe/,
	],
	["cannot be without the host's pids", without('--pid host'), /pid namespace of its own/],
	[
		'cannot be without bpf(2)',
		(options, { seccomp }) => [...options.flat(), '--security-opt', `seccomp=${seccomp}`],
		/not permitted to load the probe/,
	],
	[
		"cannot be without the kernel's type information",
		(options) => [...options.flat(), '--tmpfs', '/sys/kernel/btf'],
		/no type information of the kernel/,
	],
	[
		'cannot be without a place to write',
		(options, { empty }) => [
			...without('-v /var/lib/lanner')(options),
			...['-v', `${empty}:/var/lib/lanner:ro`],
		],
		/the data folder \/var\/lib\/lanner cannot be used: EROFS/,
	],
	[
		'cannot be without a lanner.yaml',
		(options, { config }) => without(`-v ${config}:/etc/lanner/lanner.yaml:ro`)(options),
		/the configuration \/etc\/lanner\/lanner\.yaml cannot be read/,
	],
	[
		"cannot be without the host's accounts",
		without('-v /etc:/host/etc:ro'),
		/probe\.hostRoot: there is no \/host\/etc\/passwd/,
	],
];

const readSbom = "require('node:fs').readFileSync('/usr/lib/lanner/sbom.cdx.json', 'utf8')";

describe('images', { skip: engineProblem() ?? false, timeout: 55 * minute }, () => {
	let folder = '';
	let engine;
	let archives = [];
	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'lanner-images-'));
		if (built) {
			archives = roles.map((role) => join(archivesFolder, `${role}.tar`));
			return;
		}
		engine = await Engine.start({ folder: join(folder, 'engine'), network: "machine's" });
		await importBases(engine);
		archives = await buildAll(engine);
	});
	after(async () => {
		await engine?.stop({ remove: true });
		rmSync(folder, { recursive: true, force: true });
	});

	const skip = built ? 'LANNER_IMAGES_BUILT is set' : false;
	test('the same commit gives the same bytes, also without what the first build left behind', {
		skip,
	}, async () => {
		await engine.docker('builder', 'prune', '--all', '--force');
		for (const [i, role] of roles.entries()) {
			const again = await buildImage(engine, role, '-again');
			assert.equal(await digestOf(again), await digestOf(archives[i]), role);
		}
	});

	describe('on a network of their own', () => {
		before(async () => {
			await engine?.stop();
			engine = await Engine.start({ folder: join(folder, 'engine'), network: 'own' });
			for (const archive of archives) await engine.docker('load', '--input', archive);
		});

		for (const role of roles)
			test(`${role}: ordinary user, health check, labels, nothing that raises privileges`, async () => {
				const [{ Config: config }] = JSON.parse(await engine.docker('image', 'inspect', imageName(role)));
				assert.equal(config.User, '10001:10001');
				assert.match(config.Healthcheck.Test.join(' '), /healthcheck\.mjs/);
				assert.equal(config.Labels['org.opencontainers.image.title'], `lanner-${role}`);
				assert.match(config.Labels['org.opencontainers.image.revision'], /^[0-9a-f]{40}$/);
				assert.deepEqual(config.Cmd.slice(0, 2), [role, '--fleet']);
				const files = filesOf(await contentsOf(engine, role));
				assert.deepEqual(
					files.filter(({ mode }) => /s/i.test(mode)).map(({ path }) => path),
					[],
				);
				const programs = files.filter(({ path }) =>
					/\/(clang|gcc|cc|npm|capture|datagram|launch)$/.test(path),
				);
				const own = { probe: ['capture'], sink: ['datagram'] }[role] ?? [];
				assert.deepEqual(
					programs.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
					own,
				);
			});

		test('the SBOM names npm packages, Node, Debian packages, and what capture is linked with', async () => {
			const purls = async (role) => {
				const text = await engine.docker(
					'run',
					'--rm',
					'--entrypoint',
					'/usr/local/bin/node',
					imageName(role),
					'-p',
					readSbom,
				);
				return JSON.parse(text).components.map(({ purl }) => purl.replace(/@[^@]*$/, ''));
			};
			const probe = await purls('probe');
			for (const wanted of [
				'pkg:npm/kafkajs',
				'pkg:generic/node',
				'pkg:deb/debian/libc6',
				'pkg:deb/debian/libbpf-dev',
			])
				assert.ok(probe.includes(wanted), wanted);
			assert.ok(!(await purls('evaluator')).includes('pkg:deb/debian/libbpf-dev'));
		});

		for (const [role, message] of [
			['evaluator', /lanner\.yaml:1:1: kafka\.brokers: is empty; evaluator --fleet works on Kafka/],
			['evaluator', /lanner\.yaml:1:1: redis\.addresses: is empty/],
			['sink', /lanner\.yaml:1:1: kafka\.brokers: is empty/],
			['console', /lanner\.yaml:1:1: kafka\.brokers: is empty; console --fleet works on Kafka/],
			['probe', /lanner\.yaml:1:1: kafka\.brokers: is empty/],
		])
			test(`${role} refuses a lanner.yaml without servers, with the line: ${message.source}`, async () => {
				const config = join(folder, 'empty.yaml');
				writeFileSync(config, 'logging: { level: info }\n');
				const mount = `${config}:/etc/lanner/lanner.yaml:ro`;
				const { code, output } = await engine.attempt([
					'run',
					'--rm',
					'--read-only',
					'-v',
					mount,
					imageName(role),
				]);
				assert.equal(code, 3, output);
				assert.match(output, message);
			});

		for (const [i, [what, change, expected]] of takenAway.entries())
			test(`the probe ${what}`, async () => {
				const things = {
					config: join(folder, 'probe.yaml'),
					seccomp: join(folder, 'no-bpf.json'),
					empty: join(folder, 'empty'),
				};
				writeFileSync(things.config, probeConfig);
				writeFileSync(things.seccomp, JSON.stringify(withoutBpf));
				mkdirSync(things.empty, { recursive: true });
				chownSync(things.empty, 10001, 10001);
				const name = `probe-${i}`;
				const options = change(needed(things.config), things);
				const running = engine.attempt(['run', '--rm', '--name', name, ...options, imageName('probe')], {
					timeoutMs: 2 * minute,
				});
				if (expected === 'ready') await untilLog(engine, name, /"msg":"ready"/);
				if (expected === 'ready') assert.deepEqual(await capabilitiesOf(engine, name), ['0000000000000000']);
				if (expected === 'ready') await engine.docker('stop', name);
				const { code, output } = await running;
				assert.equal(code, expected === 'ready' ? 0 : 3, output);
				if (expected !== 'ready') assert.match(output, expected);
			});

		test('docker compose up ends in a visible alert', async () => {
			await importStandIns(engine);
			for (const role of roles) await engine.docker('tag', imageName(role), `lanner-test-${role}:test`);
			const env = join(folder, 'compose.env');
			const variables = {
				KAFKA_IMAGE: kafkaImage,
				REDIS_IMAGE: redisImage,
				LANNER_IMAGES: 'lanner-test',
				LANNER_VERSION: 'test',
				CONSOLE_TOKEN: consoleToken,
			};
			writeFileSync(
				env,
				Object.entries(variables)
					.map(([key, value]) => `${key}=${value}\n`)
					.join(''),
			);
			const compose = [
				...['compose', '--file', join(root, 'deploy/compose/compose.yaml'), '--env-file', env],
				...['--profile', 'console'],
			];
			const up = await engine.attempt([...compose, 'up', '--detach'], { timeoutMs: 8 * minute });
			assert.equal(up.code, 0, up.output);
			await untilLog(engine, 'lanner-probe-1', /"msg":"ready"/);
			const mark = `/usr/local/bin/lanner-test-${process.pid}`;
			try {
				const alert = new RegExp(`File below a known binary directory opened for writing.*file=${mark}`);
				await untilLog(engine, 'lanner-sink-1', alert, () => writeFileSync(mark, ''));
			} finally {
				rmSync(mark, { force: true });
			}
			await until(async () => {
				const states = await engine.docker(...compose, 'ps', '--all', '--format', '{{.Name}} {{.Status}}');
				const healthy = states.split('\n').filter((line) => line.includes('(healthy)')).length;
				return healthy === 7 && /lanner-topics-1 Exited \(0\)/.test(states) ? states : null;
			}, 'seven healthy containers');
			const all = (await engine.docker(...compose, 'ps', '--format', '{{.Name}}')).split('\n');
			for (const name of all.filter((name) => /-(?:probe|evaluator|sink|console)-\d$/.test(name))) {
				assert.deepEqual(await capabilitiesOf(engine, name), ['0000000000000000'], name);
				assert.equal(
					await engine.docker('exec', name, '/usr/local/bin/node', '-p', 'process.getuid()'),
					'10001',
				);
			}
			// As a browser on the host does, through the published port.
			const ask = async (path, authorization) => {
				const options = JSON.stringify({ headers: { authorization } });
				const script = `fetch('http://127.0.0.1:9480${path}', ${options}).then(async (answer) => console.log(answer.status, await answer.text()))`;
				return engine.onNetwork(process.execPath, '-e', script);
			};
			assert.match(await ask('/', ''), /^200 <!doctype html>/i);
			const alerts = `/api/alerts?text=${mark}`;
			assert.match(await ask(alerts, `Bearer ${consoleToken}`), new RegExp(`^200 .*file=${mark}`));
			assert.match(await ask(alerts, 'Bearer none'), /^401 /);
			const down = await engine.attempt([...compose, 'down', '--volumes'], { timeoutMs: 3 * minute });
			assert.equal(down.code, 0, down.output);
		});
	});
});

/** What the agent (its process 1) holds, each value once. */
async function capabilitiesOf(engine, container) {
	// The host's number: the probe runs with --pid host.
	const pid = await engine.docker('inspect', '--format', '{{.State.Pid}}', container);
	const status = readFileSync(`/proc/${pid}/status`, 'latin1');
	const sets = [...status.matchAll(/^Cap(?:Inh|Prm|Eff|Amb):\t(\S+)$/gm)].map(([, value]) => value);
	return [...new Set(sets)];
}

/** `tar -tv` of a container's files. */
async function contentsOf(engine, role) {
	const id = await engine.docker('create', imageName(role));
	const folder = mkdtempSync(join(tmpdir(), 'lanner-contents-'));
	try {
		await engine.docker('export', '--output', join(folder, 'files.tar'), id);
		return execFileSync('tar', ['-tvf', join(folder, 'files.tar')], {
			encoding: 'utf8',
			maxBuffer: 64 << 20,
		});
	} finally {
		rmSync(folder, { recursive: true });
		await engine.docker('rm', id);
	}
}

function filesOf(listing) {
	return listing
		.trim()
		.split('\n')
		.map((line) => line.split(/\s+/))
		.filter(([mode = '']) => mode.startsWith('-'))
		.map(([mode, , , , , path]) => ({ mode, path }));
}

/** Polls; `limit`: a busy machine starts seven processes slowly. */
async function until(probe, what, limitMs = 5 * minute) {
	const end = Date.now() + limitMs;
	for (;;) {
		const found = await probe();
		if (found !== null) return found;
		if (Date.now() > end) throw new Error(`waited ${limitMs / 1000} s for ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}
}

async function untilLog(engine, container, pattern, provoke = () => {}) {
	let output = '';
	try {
		return await until(async () => {
			provoke();
			({ output } = await engine.attempt(['logs', container]));
			return pattern.test(output) ? output : null;
		}, String(pattern));
	} catch (error) {
		throw new Error(`${error.message}; ${container} said:\n${output.slice(-3000)}`);
	}
}
