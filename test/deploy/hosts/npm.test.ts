/** `npm install -g` of the packed package into an empty prefix: works without compiler, esbuild and sources, also as root with the probe. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { freePorts } from '#test/fleet/ports.ts';
import { release } from './release.ts';

const waitMsMax = 30_000;

describe('the npm package', { timeout: 200_000 }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-npm-'));
	const prefix = join(folder, 'prefix');
	const program = join(prefix, 'bin/lanner');
	const installed = join(prefix, 'lib/node_modules/lanner');
	// Node alone: nothing on the path that could build.
	const path = join(folder, 'path');
	const env = { PATH: path, HOME: folder };

	before(() => {
		mkdirSync(path);
		for (const name of ['node', 'env'])
			symlinkSync(
				execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim(),
				join(path, name),
			);
		const args = [
			'install',
			'-g',
			'--prefix',
			prefix,
			'--prefer-offline',
			'--no-audit',
			'--no-fund',
			'--loglevel=error',
		];
		execFileSync('npm', [...args, release('7.0.0').npm], { stdio: 'pipe' });
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	const lanner = (...args: string[]) => spawnSync(program, args, { encoding: 'utf8', env, cwd: folder });

	test('holds no sources and no build tools', () => {
		// What is served as it is; all else is in the bundle.
		assert.deepEqual(readdirSync(join(installed, 'services')), ['console']);
		assert.deepEqual(readdirSync(join(installed, 'services/console')), ['page']);
		assert.ok(!existsSync(join(installed, 'node_modules/esbuild')));
		assert.ok(!existsSync(join(installed, 'deploy/setup')));
	});

	test('says its version, lists rules, replays the recording', () => {
		assert.match(lanner('--version').stdout, /^lanner \d+\.\d+\.\d+ /);
		const replay = lanner('replay', join(installed, 'deploy/demo/recorded-host.avro'), '--json');
		assert.equal(replay.status, 0, replay.stderr);
		assert.ok(replay.stdout.split('\n').filter(Boolean).length > 4, replay.stdout);
		assert.equal(lanner('rules', 'test').status, 0);
	});

	test('doctor finds the probe that came with it', () => {
		const { stdout, stderr } = lanner('doctor', '--json', '--data', join(folder, 'data'));
		const { findings } = JSON.parse(stdout || `{"findings":"${stderr}"}`) as {
			findings: { check: string; ok: boolean; detail: string }[];
		};
		const probe = findings.find(({ check }) => check === 'probe');
		assert.deepEqual(
			[probe?.ok, probe?.detail.includes(join(installed, 'probe/build/capture'))],
			[true, true],
		);
	});

	test('watches this host without a compiler, and serves the page', { timeout: 60_000 }, async (t) => {
		const config = join(folder, 'lanner.yaml');
		const [port] = await freePorts(1);
		writeFileSync(config, `probe: { user: no-such-user }\nconsole: { enabled: true, port: ${port} }\n`);
		const child = spawn(program, ['run', '--json', '--config', config, '--data', join(folder, 'data')], {
			env,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		t.after(() => child.kill('SIGKILL'));
		const mark = `/bin/lanner-npm-test-${process.pid}`;
		t.after(() => rmSync(mark, { force: true }));
		const said: string[] = [];
		const seen = new Promise<string>((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`no alert:\n${said.join('\n')}`)), waitMsMax);
			createInterface({ input: child.stdout }).on('line', (line) => {
				if (!line.includes(mark)) return;
				clearTimeout(timer);
				resolve(line);
			});
		});
		const ready = new Promise<void>((resolve) => {
			createInterface({ input: child.stderr }).on('line', (line) => {
				said.push(line);
				if (line.includes('"ready"')) resolve();
			});
		});
		await Promise.race([ready, seen]);
		spawnSync('touch', [mark]);
		assert.match(await seen, /"rule":/);
		const page = await fetch(`http://127.0.0.1:${port}/`);
		assert.equal(page.status, 200);
		assert.match(await page.text(), /<title>/);
	});
});
