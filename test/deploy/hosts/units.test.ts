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
				const ended = /Main process exited|Failed to|Deactivated successfully/.test(text);
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

	for (const { without, lines, fails } of needed)
		test(`without ${without} the probe does not start, and says why`, async () => {
			const { ready, said } = await outcome(lines);
			assert.equal(ready, false, said);
			assert.match(said, fails);
		});

	test('evaluator and sink run without any capability', async () => {
		machine.write('/etc/lanner/lanner.yaml', 'rules: { files: [/etc/lanner/rules] }\n');
		for (const name of ['lanner-evaluator', 'lanner-sink']) {
			machine.try('systemctl', 'stop', 'lanner-probe', 'lanner-evaluator', 'lanner-sink');
			machine.run('systemctl', 'start', name);
			await machine.until(`${name} is ready`, () =>
				machine.journal(name).some((line) => line.includes('"ready"')),
			);
			const pid = machine.run('systemctl', 'show', '-P', 'MainPID', name).trim();
			assert.match(machine.run('cat', `/proc/${pid}/status`), /^CapBnd:\t0+$/m);
		}
	});
});
