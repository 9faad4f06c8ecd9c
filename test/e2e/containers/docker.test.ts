/** Rules about containers on a real Docker engine: what they say of a container, and that no alert stays without its image. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { DockerEngine, dockerProblem } from '#test/support/docker.ts';
import type { LannerProcess } from '#test/support/lanner-process.ts';
import { alertsOf, type ContainerAlert, rulesFile, runMany, startWatching } from './many.ts';

const ownRules = join(import.meta.dirname, '../../../deploy/rules');
const containers = 12;

/** Empty when it has gone meanwhile. */
function commandOf(pid: string): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
	} catch {
		return '';
	}
}

test('an engine that does not take the image fails at once and leaves no daemon', {
	skip: dockerProblem() ?? false,
	timeout: 60_000,
}, async () => {
	let folder = '';
	const noArchive = (at: string): Buffer => {
		folder = at;
		return Buffer.from('this is no archive');
	};
	await assert.rejects(DockerEngine.start(noArchive), /docker/);
	const daemons = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(folder));
	assert.deepEqual([folder === '', existsSync(folder), daemons], [false, false, []]);
});

describe('containers of a real Docker engine', { skip: dockerProblem() ?? false, timeout: 180_000 }, () => {
	let engine: DockerEngine;
	let lanner: LannerProcess;
	let stop: () => Promise<void> = async () => {};
	before(async () => {
		engine = await DockerEngine.start();
		({ lanner, stop } = await startWatching(engine, [rulesFile, ownRules]));
	});
	after(async () => {
		await stop();
		await engine?.stop();
	});

	async function alert(rule: string, name: string): Promise<ContainerAlert> {
		const matches = (line: string): boolean =>
			line.includes(`"rule":"${rule}"`) && line.includes(`"container.name":"${name}"`);
		return JSON.parse(await lanner.line('stdout', matches)) as ContainerAlert;
	}

	test('an alert names id, name, image, tag and label of the container', async () => {
		const id = await engine.docker(
			...['run', '-d', '--name', 'first', '--network', 'none', '--label', 'app=web'],
			...['lab/busybox:1.0', 'sh', '-c', 'sleep 1; cat /etc/shadow; sleep 300'],
		);
		const { output_fields: found, lanner: details } = await alert('Read in a container', 'first');
		const { 'evt.time': _, ...fields } = found;
		assert.equal(details.container_id, id);
		assert.deepEqual(fields, {
			'container.full_id': id,
			'container.image.repository': 'lab/busybox',
			'container.image.tag': '1.0',
			'container.label.app': 'web',
			'container.name': 'first',
			'proc.cmdline': 'cat /etc/shadow',
		});
		await engine.docker('rm', '-f', 'first');
	});

	test('the very first program of a container is judged by its mounts', async () => {
		await engine.run(['--name', 'mounts', '-v', '/proc:/host/proc:ro'], 'cat', '/host/proc/version');
		const { output_fields: fields } = await alert(
			'File opened in a privileged container or one with sensitive mounts',
			'mounts',
		);
		assert.equal(fields['fd.name'], '/host/proc/version');
		assert.match(String(fields['container.mounts']), /\/proc:\/host\/proc/);
	});

	test('a capability that was added is seen', async () => {
		await engine.run(['--name', 'plain'], 'cat', '/etc/passwd');
		await engine.run(['--name', 'capable', '--cap-add', 'SYS_PTRACE'], 'cat', '/etc/passwd');
		await alert('Capable program in a container', 'capable');
		const plain = alertsOf(lanner).filter(
			({ rule, output }) => rule === 'Capable program in a container' && output.includes('name=plain'),
		);
		assert.deepEqual(plain, []);
	});

	test('of many short containers none stays without its image', async () => {
		const result = await runMany(engine, lanner, containers);
		assert.deepEqual(result.withoutImage, []);
		assert.equal(result.silent, 0);
		assert.ok(result.alerts >= containers);
	});
});
