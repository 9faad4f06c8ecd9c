/**
 * The units on a real systemd: each runs with the privileges it lists, and every one of them is needed: `needed` takes one away at a
 * time, or adds a restriction that would be wished for, and names what fails then.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Machine, machineProblem } from '#test/support/machine.ts';
import { release } from './release.ts';

const problem = machineProblem();
const unit = 'lanner-probe';
const dropIn = `/etc/systemd/system/${unit}.service.d/test.conf`;
const settleMsMax = 60_000;
/** Nothing listens there: a probe spools, the others wait. */
const config = `rules: { files: [/etc/lanner/rules] }
kafka: { brokers: ["127.0.0.1:1"] }
redis: { addresses: ["127.0.0.1:1"] }
`;

type Change = { readonly without: string; readonly lines: readonly string[]; readonly fails: RegExp };

const only = (capability: string): string[] => [
	'CapabilityBoundingSet=',
	`CapabilityBoundingSet=${capability}`,
	'AmbientCapabilities=',
	`AmbientCapabilities=${capability}`,
];

const needed: readonly Change[] = [
	{ without: 'CAP_BPF', lines: only('CAP_PERFMON'), fails: /CAP_BPF|not permitted/i },
	{ without: 'CAP_PERFMON', lines: only('CAP_BPF'), fails: /CAP_PERFMON|not permitted/i },
	{ without: 'bpf(2)', lines: ['SystemCallFilter=~bpf'], fails: /not permitted|CAP_BPF/i },
	{
		without: 'capset(2)',
		lines: ['SystemCallFilter=~capset'],
		fails: /cannot give up capabilities/,
	},
	{
		without: 'AF_UNIX',
		lines: ['RestrictAddressFamilies=~AF_UNIX'],
		fails: /EAFNOSUPPORT|address family not supported/i,
	},
	{
		without: 'memory that is written and executed',
		lines: ['MemoryDenyWriteExecute=yes'],
		fails: /status=5\/TRAP|Fatal|code=(?:killed|dumped)/,
	},
	{
		without: "the first user namespace's users",
		lines: ['PrivateUsers=yes'],
		fails: /CAP_BPF|not permitted/i,
	},
	{
		without: '/sys/kernel/btf',
		lines: ['InaccessiblePaths=/sys/kernel/btf'],
		fails: /no type information of the kernel/,
	},
	{
		without: '/proc beyond processes',
		lines: ['ProcSubset=pid'],
		fails: /\/proc\/uptime|boot_id/,
	},
	{
		without: 'libraries that may be executed',
		lines: ['ExecPaths=', 'ExecPaths=/usr/lib/lanner'],
		fails: /status=203\/EXEC|error while loading shared libraries|[Pp]ermission denied/,
	},
	{
		without: 'programs that may be executed',
		lines: ['NoExecPaths=/usr/lib/lanner', 'ExecPaths=', 'ExecPaths=/usr/lib/x86_64-linux-gnu /usr/lib64'],
		fails: /status=203\/EXEC|[Pp]ermission denied/,
	},
	{
		without: 'a place to write',
		lines: ['ReadOnlyPaths=/var/lib/lanner'],
		fails: /EROFS|read-only|cannot be used/i,
	},
];

describe('the units', { skip: problem ?? false, timeout: 900_000 }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-units-'));
	let machine: Machine;

	before(async () => {
		machine = await Machine.boot({ name: 'units', folder });
		machine.run('dpkg', '-i', machine.put(release('7.0.0').deb, '/root/lanner.deb'));
		machine.write('/etc/lanner/lanner.yaml', config);
	});
	after(async () => {
		await machine?.poweroff();
		rmSync(folder, { recursive: true, force: true });
	});

	/** Starts the probe with further lines in its unit; what it said until it was ready or had failed. */
	async function outcome(lines: readonly string[]): Promise<{ ready: boolean; said: string }> {
		machine.try('systemctl', 'stop', unit);
		machine.try('systemctl', 'reset-failed', unit);
		machine.write(dropIn, `[Service]\nRestart=no\n${lines.join('\n')}\n`);
		machine.run('systemctl', 'daemon-reload');
		const cursor = /-- cursor: (\S+)/.exec(machine.run('journalctl', '-n', '0', '--show-cursor'))?.[1];
		assert.ok(cursor !== undefined, 'the journal has a cursor');
		machine.try('systemctl', 'start', '--no-block', unit);
		const said = await machine.until(
			'is ready or has failed',
			() => {
				const text = machine.run('journalctl', '-u', unit, '-o', 'cat', `--after-cursor=${cursor}`);
				// What systemd itself says of the unit.
				const ended = /^lanner-probe\.service: |^Failed to start/m.test(text);
				return (text.includes('"ready"') || ended) && text;
			},
			settleMsMax,
		);
		return { ready: said.includes('"ready"'), said };
	}

	test('the probe runs with what its unit grants', async () => {
		const { ready, said } = await outcome([]);
		assert.ok(ready, said);
		const pid = machine.run('systemctl', 'show', '-P', 'MainPID', unit).trim();
		const status = machine.run('cat', `/proc/${pid}/status`);
		assert.match(status, /^CapBnd:\t000000c000000000$/m);
		assert.match(status, /^NoNewPrivs:\t1$/m);
		assert.match(status, /^Seccomp:\t2$/m);
	});

	const statusOf = (pid: string): string => machine.run('cat', `/proc/${pid}/status`);
	const mainPid = (): string => machine.run('systemctl', 'show', '-P', 'MainPID', unit).trim();
	/** The pid of a process of the unit, by the end of its program's path; null = there is none. */
	const pidOf = (program: string): string | null => {
		const main = mainPid();
		const group = machine.run('systemctl', 'show', '-P', 'ControlGroup', unit).trim();
		const pids = machine.sh(
			`cat /sys/fs/cgroup/systemd${group}/cgroup.procs /sys/fs/cgroup${group}/cgroup.procs 2>/dev/null || true`,
		);
		const found = pids
			.trim()
			.split('\n')
			.find(
				(pid) =>
					pid !== main && machine.try('cat', `/proc/${pid}/cmdline`).out.split('\0')[0]?.endsWith(program),
			);
		return found ?? null;
	};
	const setsOf = (pid: string): string[] =>
		[...statusOf(pid).matchAll(/^Cap(?:Inh|Prm|Eff|Amb):\t(\S+)$/gm)].map(([, value]) => value!);
	const none = Array<string>(4).fill('0000000000000000');

	test('the agent has no capability in any set; only its starter keeps the two', async () => {
		const { ready, said } = await outcome([]);
		assert.ok(ready, said);
		assert.match(machine.run('readlink', `/proc/${mainPid()}/exe`), /\/node$/m);
		assert.deepEqual(setsOf(mainPid()), none);
		assert.deepEqual(setsOf(pidOf('/launch')!), Array<string>(4).fill('000000c000000000'));
		assert.deepEqual(setsOf(pidOf('/capture')!), none);
	});

	test('a capture that is killed is started again by an agent that is still without capabilities', async () => {
		const { ready, said } = await outcome([]);
		assert.ok(ready, said);
		const [agent, first] = [mainPid(), pidOf('/capture')!];
		machine.run('kill', '-9', first);
		const second = await machine.until('another capture', () => {
			const pid = pidOf('/capture');
			return pid !== null && pid !== first && pid;
		});
		await machine.until('it has attached', () => setsOf(second).join() === none.join());
		assert.equal(mainPid(), agent);
		assert.deepEqual(setsOf(agent), none);
	});

	test('a starter that is killed ends the unit with its reason, and systemd starts it again', async () => {
		const { ready, said } = await outcome(['Restart=on-failure', 'RestartSec=1']);
		assert.ok(ready, said);
		const [agent, starter] = [mainPid(), pidOf('/launch')!];
		machine.run('kill', '-9', starter);
		await machine.until('another agent with a capture', () => {
			const pid = mainPid();
			return pid !== agent && pid !== '0' && pidOf('/capture') !== null;
		});
		assert.ok(
			machine.journal(unit).some((line) => line.includes('the process that starts capture has ended')),
		);
	});

	for (const { without, lines, fails } of needed)
		test(`without ${without} the probe does not start, and says why`, async () => {
			const { ready, said } = await outcome(lines);
			assert.equal(ready, false, said);
			assert.match(said, fails);
		});

	test('without AF_INET the probe works, and reaches no broker', async () => {
		const { ready, said } = await outcome(['RestrictAddressFamilies=', 'RestrictAddressFamilies=AF_UNIX']);
		assert.ok(ready, said);
		await machine.until('says why', () =>
			machine.journal(unit).some((line) => /EAFNOSUPPORT 127\.0\.0\.1:1/.test(line)),
		);
	});

	const others = ['lanner-evaluator', 'lanner-sink', 'lanner-console'];

	test('the other roles run without any capability, and cannot have one', async () => {
		for (const name of others) {
			machine.try('systemctl', 'stop', unit, ...others);
			machine.run('systemctl', 'start', name);
			await machine.until(`${name} works`, () =>
				machine.journal(name).some((line) => /"ready"|waiting for it|Connection error/.test(line)),
			);
			const pid = machine.run('systemctl', 'show', '-P', 'MainPID', name).trim();
			assert.deepEqual(setsOf(pid), none, name);
			assert.match(statusOf(pid), /^CapBnd:\t0+$/m);
			assert.match(statusOf(pid), /^NoNewPrivs:\t1$/m);
			assert.match(statusOf(pid), /^Seccomp:\t2$/m);
		}
	});

	test('a unit of a fleet does not start without servers, and names the line', async () => {
		machine.write('/etc/lanner/lanner.yaml', 'rules: { files: [/etc/lanner/rules] }\n');
		for (const name of [unit, ...others]) {
			machine.try('systemctl', 'stop', name);
			machine.run('systemctl', 'start', name);
			await machine.until(`${name} has ended`, () =>
				machine.journal(name).some((line) => /lanner\.yaml:1:1: kafka\.brokers: is empty/.test(line)),
			);
		}
		machine.try('systemctl', 'stop', unit, ...others);
	});
});
