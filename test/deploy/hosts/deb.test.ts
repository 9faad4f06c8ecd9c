/**
 * The .deb in a real Debian with systemd and eBPF: installed it starts nothing; started it sees a file written below /bin; upgraded it
 * keeps place, state and configuration, and tells no alert twice or never; removed it leaves the data; purged it leaves nothing.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Machine, machineProblem } from '#test/support/machine.ts';
import { release } from './release.ts';

const problem = machineProblem();
/** One kernel: the probe also sees what other tests do, so ours are told by name. */
const mark = `/bin/hack-${process.pid}-`;
const alertsFile = '/var/log/lanner/alerts.json';
const config = `rules: { files: [/etc/lanner/rules] }
outputs:
  - { kind: file, name: alerts, path: ${alertsFile}, sync: batch }
`;

type Alert = { readonly id: string; readonly rule: string; readonly output_fields: Record<string, unknown> };

describe('the .deb', { skip: problem ?? false, timeout: 400_000 }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-deb-'));
	let machine: Machine;

	before(async () => {
		machine = await Machine.boot({ name: 'debian', folder });
		for (const version of ['7.0.0', '7.0.1']) machine.put(release(version).deb, `/root/${version}.deb`);
	});
	after(async () => {
		await machine?.poweroff();
		rmSync(folder, { recursive: true, force: true });
	});

	const alerts = (): Alert[] => {
		const path = join(machine.root, alertsFile);
		if (!existsSync(path)) return [];
		return readFileSync(path, 'utf8')
			.split('\n')
			.filter(Boolean)
			.map((line) => JSON.parse(line) as Alert);
	};
	const hacks = (): string[] =>
		alerts()
			.filter(({ rule }) => /binary dir/i.test(rule))
			.map(({ output_fields: fields }) => String(fields['fd.name']))
			.filter((name) => name.startsWith(mark))
			.map((name) => name.slice(mark.length));
	const running = (): Promise<unknown> =>
		machine.until('says ready', () => machine.journal('lanner').at(-1)?.includes('"ready"'));

	const mainPid = (): string => machine.run('systemctl', 'show', '-P', 'MainPID', 'lanner').trim();

	test('is installed with what it depends on; no unit starts', () => {
		machine.run('dpkg', '-i', '/root/7.0.0.deb');
		assert.equal(machine.run('dpkg', '--verify', 'lanner'), '');
		assert.match(machine.run('lanner', '--version'), /^lanner 7\.0\.0 /);
		assert.match(machine.run('getent', 'passwd', 'lanner'), /:\/var\/lib\/lanner:\/usr\/sbin\/nologin/);
		for (const unit of ['lanner', 'lanner-probe', 'lanner-evaluator', 'lanner-sink', 'lanner-console'])
			assert.equal(machine.try('systemctl', 'is-active', unit).out.trim(), 'inactive', unit);
	});

	test('doctor finds all it takes, replay shows the recording', () => {
		const findings = JSON.parse(machine.try('lanner', 'doctor', '--json').out) as {
			findings: { check: string; ok: boolean; detail: string }[];
		};
		const inForce = findings.findings.find(({ check }) => check === 'configuration')?.detail;
		assert.equal(inForce, '/etc/lanner/lanner.yaml', 'read without being named');
		assert.deepEqual(
			findings.findings.filter(({ ok }) => !ok),
			[],
		);
		const lines = machine.run('lanner', 'replay', '/usr/lib/lanner/deploy/demo/recorded-host.avro');
		assert.ok(lines.split('\n').length > 4, lines);
	});

	test('the unit sees a file written below /bin, as the user lanner, without root', async () => {
		machine.write('/etc/lanner/lanner.yaml', config);
		machine.run('systemctl', 'enable', '--now', 'lanner');
		await running();
		machine.sh(`touch ${mark}before`);
		await machine.until('an alert', () => hacks().includes('before'));
		assert.match(machine.run('cat', `/proc/${mainPid()}/status`), /^Uid:\t(?!0\t)(\d+)\t\1\t\1\t\1$/m);
		// Once it has attached, capture holds nothing any more.
		const capture = machine.sh('grep -l ^capture /proc/[0-9]*/comm').trim().split('\n')[0]!;
		const status = machine.run('cat', capture.replace('comm', 'status'));
		assert.match(status, /^CapEff:\t0+$/m);
		assert.match(status, /^NoNewPrivs:\t1$/m);
	});

	test('an upgrade keeps place, state and configuration; every file is told once', async () => {
		const places = join(machine.root, 'var/lib/lanner');
		const before = statSync(join(places, 'log')).ino;
		const old = mainPid();
		machine.sh(`for i in 1 2 3 4 5; do touch ${mark}old-$i; done`);
		machine.sh('dpkg -i --force-confdef --force-confold /root/7.0.1.deb </dev/null');
		await machine.until('another process runs', () => !['0', old].includes(mainPid()));
		await running();
		assert.match(machine.run('lanner', '--version'), /^lanner 7\.0\.1 /);
		assert.equal(statSync(join(places, 'log')).ino, before);
		assert.equal(readFileSync(join(machine.root, 'etc/lanner/lanner.yaml'), 'utf8'), config);
		machine.sh(`touch ${mark}new`);
		await machine.until('the alert of the new version', () => hacks().includes('new'));
		const wanted = ['before', 'old-1', 'old-2', 'old-3', 'old-4', 'old-5', 'new'];
		assert.deepEqual(hacks(), wanted);
		const ids = alerts().map(({ id }) => id);
		assert.equal(new Set(ids).size, ids.length, 'an alert was told twice');
	});

	test('removed, configuration and data stay, and installed again it goes on', async () => {
		machine.run('dpkg', '-r', 'lanner');
		assert.equal(machine.try('systemctl', 'is-active', 'lanner').out.trim(), 'inactive');
		assert.ok(!existsSync(join(machine.root, 'usr/lib/lanner')));
		assert.equal(readFileSync(join(machine.root, 'etc/lanner/lanner.yaml'), 'utf8'), config);
		assert.ok(readdirSync(join(machine.root, 'var/lib/lanner')).length > 0);
		const told = hacks().length;
		machine.sh('dpkg -i --force-confdef --force-confold /root/7.0.1.deb </dev/null');
		machine.run('systemctl', 'start', 'lanner');
		await running();
		machine.sh(`touch ${mark}again`);
		await machine.until('an alert', () => hacks().includes('again'));
		assert.equal(hacks().length, told + 1);
	});

	test('purged, nothing is left but the locked account', () => {
		machine.run('dpkg', '-P', 'lanner');
		const left = machine.sh(
			'find / -xdev -name "lanner*" -not -path "/proc/*" -not -path "/sys/*" -not -path "/var/log/journal/*" -not -path "/run/*"',
		);
		assert.equal(left, '');
		assert.equal(
			machine.sh('ls /etc/systemd/system/multi-user.target.wants | grep -c lanner || true').trim(),
			'0',
		);
	});
});
