/**
 * The probe cross-built for arm64 (probe/arm64.sh): its programs read arm64's registers, its tables have arm64's numbers and those of 32-bit ARM,
 * and it knows calls in the same families as on x86-64. It is not run on an arm64 kernel here. Needs Debian's cross compiler, and its archive once.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { captureProgram } from '#test/support/capture.ts';

const probe = join(import.meta.dirname, '../../probe');
const at = (name: string): string => join(probe, 'build/arm64', name);
const archiveAway = 3;
const built = spawnSync('sh', [join(probe, 'arm64.sh')], { encoding: 'utf8' });
const skip =
	built.status === archiveAway ? `Debian's archive is away: ${built.stderr.trim().slice(-200)}` : false;
const emulator = '/usr/bin/qemu-aarch64-static';

/** What machine an ELF file is for. */
const machineOf = (name: string): number => readFileSync(at(name)).readUInt16LE(18);
const [aarch64, bpf] = [183, 247];
/** Segment that names the program which finds libraries. */
const interpreter = 3;

/** Types of an ELF file's segments. */
function segmentsOf(name: string): number[] {
	const file = readFileSync(at(name));
	const [first, size, count] = [
		Number(file.readBigUInt64LE(32)),
		file.readUInt16LE(54),
		file.readUInt16LE(56),
	];
	return Array.from({ length: count }, (_, i) => file.readUInt32LE(first + i * size));
}

/** Neither arm64 nor 32-bit ARM has them. */
const onlyX86: readonly string[] = [
	...[
		'alarm',
		'arch_prctl',
		'create_module',
		'epoll_ctl_old',
		'epoll_wait_old',
		'get_kernel_syms',
		'get_thread_area',
	],
	...[
		'getpmsg',
		'idle',
		'ioperm',
		'iopl',
		'ipc',
		'modify_ldt',
		'oldfstat',
		'oldlstat',
		'oldolduname',
		'oldstat',
	],
	...['olduname', 'query_module', 'readdir', 'select', 'set_thread_area', 'sgetmask', 'signal', 'socketcall'],
	...['ssetmask', 'stime', 'time', 'umount', 'utime', 'vm86', 'waitpid'],
];

describe('the probe for arm64', { skip }, () => {
	let generated = '';
	before(() => {
		assert.equal(built.status, 0, `${built.stdout.slice(-2000)}${built.stderr.slice(-2000)}`);
		generated = readFileSync(at('generated.h'), 'utf8');
	});

	test('its programs are for arm64, without a library to find at run time', () => {
		for (const name of ['capture', 'launch', 'datagram']) {
			assert.equal(machineOf(name), aarch64, name);
			assert.ok(!segmentsOf(name).includes(interpreter), `${name} is not static`);
		}
	});

	test("both objects read arm64's registers", () => {
		for (const name of ['capture.bpf.o', 'typed.bpf.o']) {
			const object = readFileSync(at(name));
			assert.equal(machineOf(name), bpf, name);
			for (const text of ['tp_btf/sys_exit', 'tp_btf/sched_process_exec', 'syscallno', 'orig_x0'])
				assert.ok(object.includes(text), `${name}: no ${text}`);
			assert.ok(!object.includes('orig_ax'), `${name} has x86-64's registers`);
		}
	});

	test("its tables have arm64's numbers, and those of 32-bit ARM", () => {
		const has = (table: string, number: number, name: string): void =>
			assert.ok(generated.includes(`{TABLE_${table}, ${number}, "${name}",`), `${table} ${number} ${name}`);
		has('NATIVE', 56, 'openat');
		has('NATIVE', 221, 'execve');
		has('NATIVE', 203, 'connect');
		has('NATIVE', 452, 'fchmodat2');
		has('COMPAT', 5, 'open');
		has('COMPAT', 11, 'execve');
		has('COMPAT', 283, 'connect');
		assert.ok(!/\{TABLE_NATIVE, \d+, "open",/.test(generated), 'arm64 has no open');
	});

	test('it knows its calls in the same families as on x86-64', {
		skip: existsSync(emulator) ? false : `needs ${emulator}`,
	}, () => {
		const lines = (program: string, args: readonly string[]): Map<string, string> =>
			new Map(
				execFileSync(program, args, { encoding: 'utf8' })
					.trim()
					.split('\n')
					.map((line) => [line.split(' ')[0]!, line]),
			);
		const here = lines(captureProgram, ['--list-calls']);
		const there = lines(emulator, [at('capture'), '--list-calls']);
		const missing = [...here.keys()].filter((name) => !there.has(name));
		assert.deepEqual(missing.sort(), onlyX86);
		const different = [...there].filter(([name, line]) => here.has(name) && here.get(name) !== line);
		assert.deepEqual(different, []);
	});
});
