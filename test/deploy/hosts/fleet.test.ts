/**
 * deploy/fleet-ssh over three machines with sshd, each a network namespace and a systemd of its own, one Kafka, one Redis: dry run, install,
 * again (nothing to do), alerts of every host in one stream, a host that fails, upgrade, removal. All three probes run on one kernel, so each sees
 * what happens on all machines and tells it as its own host.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';
import { type RedisServer, startRedis } from '#test/fleet/redis.ts';
import { Machine, machineProblem } from '#test/support/machine.ts';
import { MachineNetwork } from '#test/support/machine-network.ts';
import { release } from './release.ts';

const program = join(import.meta.dirname, '../../../deploy/fleet-ssh/lanner-fleet');
const problem = machineProblem();
const names = ['alpha', 'beta', 'gamma'];
const roles = ['probe,evaluator', 'probe,sink', 'probe'];
const alertMsMax = 120_000;
const retryMs = 3_000;

describe('a fleet over SSH', { skip: problem ?? false, timeout: 1_500_000 }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-fleet-'));
	const path = (name: string): string => join(folder, name);
	let network: MachineNetwork;
	let kafka: KafkaCluster;
	let redis: RedisServer;
	const machines: Machine[] = [];
	const targets: string[] = [];

	before(async () => {
		execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path('key')]);
		network = new MachineNetwork();
		for (const name of names) {
			const { namespace, address } = network.plug();
			machines.push(await Machine.boot({ name, folder, network: { namespace }, prepare: giveKeys }));
			targets.push(`root@${address}`);
		}
		kafka = await startKafka({ folder: path('kafka'), host: network.address });
		redis = await startRedis({
			folder: path('redis'),
			args: ['--bind', '127.0.0.1', network.address, '--protected-mode', 'no'],
		});
		writeFileSync(
			path('lanner.yaml'),
			`rules: { files: [/etc/lanner/rules] }
kafka: { brokers: ["${kafka.bootstrap[0]}"], partitions: 3, replication: 1, minInSync: 1 }
redis: { addresses: ["${network.address}:${redis.port}"] }
outputs:
  - { kind: file, name: fleet, path: /var/log/lanner/alerts.json }
`,
		);
		writeFileSync(
			path('hosts'),
			`# three hosts\n${targets.map((target, i) => `${target} ${roles[i]}\n`).join('')}`,
		);
	});
	after(async () => {
		await Promise.all(machines.map((machine) => machine.poweroff()));
		await Promise.all([kafka?.stop(), redis?.stop()]);
		network?.close();
		rmSync(folder, { recursive: true, force: true });
	});

	function giveKeys(root: string): void {
		execFileSync('ssh-keygen', ['-A', '-f', root], { stdio: 'pipe' });
		mkdirSync(join(root, 'root/.ssh'), { recursive: true, mode: 0o700 });
		writeFileSync(join(root, 'root/.ssh/authorized_keys'), readFileSync(path('key.pub')), { mode: 0o600 });
	}

	function fleet(...args: string[]): { code: number | null; lines: string[]; text: string } {
		const keys = ['--ssh-option', `IdentityFile=${path('key')}`, '--ssh-option', 'StrictHostKeyChecking=no'];
		const known = ['--ssh-option', `UserKnownHostsFile=${path('known')}`, '--ssh-option', 'LogLevel=ERROR'];
		const { status, stdout, stderr } = spawnSync(
			program,
			['--hosts', path('hosts'), ...keys, ...known, ...args],
			{
				encoding: 'utf8',
			},
		);
		return { code: status, lines: stdout.trim().split('\n'), text: stdout + stderr };
	}
	const install = (version: string): string[] => [
		'--archive',
		release(version).archive,
		'--config',
		path('lanner.yaml'),
	];
	/** The state told of each host, in the order of the hosts file. */
	const states = (lines: readonly string[]): (string | undefined)[] =>
		targets.map((target) => lines.find((line) => line.startsWith(`${target} `))?.split(/\s+/)[1]);

	type Alert = { id: string; hostname: string; output_fields: Record<string, unknown> };
	const alerts = (): Alert[] => {
		const file = join(machines[1]!.root, 'var/log/lanner/alerts.json');
		if (!existsSync(file)) return [];
		const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
		return lines.map((line) => JSON.parse(line) as Alert);
	};
	/**
	 * Until each host has told of a file that was made below its /bin. Made anew now and then: on a starved machine a probe may lose one, which
	 * it tells as a loss; that is not the question here.
	 */
	async function eachTells(mark: string): Promise<void> {
		const missing = new Set(names);
		const end = Date.now() + alertMsMax;
		for (let round = 0; missing.size > 0; round++) {
			for (const machine of machines) {
				if (missing.has(machine.name)) machine.run('touch', `/bin/hack-${mark}-${machine.name}-${round}`);
			}
			await sleep(retryMs);
			for (const { hostname, output_fields: fields } of alerts())
				if (String(fields['fd.name']).startsWith(`/bin/hack-${mark}-${hostname}-`)) missing.delete(hostname);
			assert.ok(Date.now() < end, `${[...missing]} told nothing; in the stream: ${counts()}`);
		}
	}
	/** Alerts by host, for messages. */
	function counts(): string {
		const told = alerts().map(({ hostname }) => hostname);
		return names.map((name) => `${name} ${told.filter((host) => host === name).length}`).join(', ');
	}

	test('a dry run says what would be done, and does nothing', () => {
		const { code, lines, text } = fleet('--dry-run', 'install', ...install('7.0.0'));
		assert.equal(code, 0, text);
		assert.deepEqual(states(lines), ['would', 'would', 'would'], text);
		assert.match(text, /version none to 7\.0\.0/);
		for (const machine of machines) assert.ok(!existsSync(join(machine.root, 'opt/lanner')));
	});

	test('install puts it on all hosts at once; a second run finds nothing to do', () => {
		const archive = release('7.0.0').archive;
		execFileSync('mkdir', ['-p', path('unpacked')]);
		execFileSync('tar', ['-xf', archive, '-C', path('unpacked'), '--strip-components=1']);
		execFileSync(path('unpacked/bin/lanner'), ['topics', 'create', '--config', path('lanner.yaml')]);
		const first = fleet('install', ...install('7.0.0'));
		assert.equal(first.code, 0, first.text);
		assert.deepEqual(states(first.lines), ['changed', 'changed', 'changed'], first.text);
		const second = fleet('install', ...install('7.0.0'));
		assert.deepEqual(states(second.lines), ['unchanged', 'unchanged', 'unchanged'], second.text);
		const status = fleet('status');
		assert.equal(status.code, 0, status.text);
		assert.match(status.text, /version 7\.0\.0 lanner-probe=active lanner-evaluator=active/);
	});

	test('what happens on each host arrives in one stream of alerts', async () => {
		await eachTells('one');
	});

	test('a host that is away, and one whose role does not run, are named; the others are served', () => {
		machines[2]!.run('systemctl', 'stop', 'lanner-probe');
		const all = readFileSync(path('hosts'), 'utf8');
		writeFileSync(path('hosts'), `root@${network.address}:1 probe\n${all}`);
		const { code, lines, text } = fleet('status');
		writeFileSync(path('hosts'), all);
		assert.equal(code, 1, text);
		assert.deepEqual(states(lines), ['ok', 'ok', 'down'], text);
		assert.match(text, /:1 +failed .*(?:refused|closed)/i);
		const again = fleet('install', ...install('7.0.0'));
		assert.deepEqual(states(again.lines), ['unchanged', 'unchanged', 'changed'], again.text);
	});

	test('hosts with the same machine id, which would count as one, are named', () => {
		const [, beta, gamma] = machines;
		const own = gamma!.run('cat', '/etc/machine-id');
		gamma!.sh(`echo ${beta!.run('cat', '/etc/machine-id').trim()} >/etc/machine-id`);
		const { code, text } = fleet('status');
		gamma!.sh(`echo ${own.trim()} >/etc/machine-id`);
		assert.equal(code, 1, text);
		assert.ok(text.includes(`the same /etc/machine-id: ${targets[1]} ${targets[2]}`), text);
		assert.equal(fleet('status').code, 0);
	});

	test('a configuration with an error changes no host', () => {
		const bad = path('bad.yaml');
		writeFileSync(bad, 'kafka: { brokrs: [] }\n');
		const { code, text } = fleet('install', '--archive', release('7.0.0').archive, '--config', bad);
		assert.equal(code, 1, text);
		assert.match(text, /brokrs/);
		for (const machine of machines)
			assert.equal(
				readFileSync(join(machine.root, 'etc/lanner/lanner.yaml'), 'utf8'),
				readFileSync(path('lanner.yaml'), 'utf8'),
			);
		assert.equal(fleet('status').code, 0);
	});

	test('an upgrade of all hosts goes on where they were: alerts before and after, none twice', async () => {
		const { code, lines, text } = fleet('--parallel', '2', 'upgrade', ...install('7.0.1'));
		assert.equal(code, 0, text);
		assert.deepEqual(states(lines), ['changed', 'changed', 'changed'], text);
		assert.match(text, /version 7\.0\.1 \(before: 7\.0\.0\)/);
		await eachTells('two');
		const ids = alerts().map(({ id }) => id);
		assert.equal(new Set(ids).size, ids.length, 'an alert reached the output twice');
	});

	test('remove takes the program, purge the data as well', () => {
		const removed = fleet('remove');
		assert.deepEqual(states(removed.lines), ['changed', 'changed', 'changed'], removed.text);
		for (const machine of machines) {
			assert.ok(!existsSync(join(machine.root, 'opt/lanner')));
			assert.ok(existsSync(join(machine.root, 'etc/lanner/lanner.yaml')));
		}
		assert.deepEqual(states(fleet('remove').lines), ['unchanged', 'unchanged', 'unchanged']);
		assert.deepEqual(states(fleet('--purge', 'remove').lines), ['changed', 'changed', 'changed']);
		for (const machine of machines)
			for (const left of ['etc/lanner', 'var/lib/lanner', 'var/log/lanner'])
				assert.ok(!existsSync(join(machine.root, left)), left);
	});
});
