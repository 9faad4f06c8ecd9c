/** Capture and the rules agree in which family of events each system call comes: rules read fields by that. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { events } from '#rules/events/index.ts';
import { familyOf } from '#rules/fields/event-type.ts';
import { sourceOf } from '#rules/fields/parameter-values.ts';
import { eventTypeIndex, families } from '#schemas/generated/event-names.ts';
import { captureProgram } from '#test/support/capture.ts';

const skip = existsSync(captureProgram) ? false : 'needs probe/build/capture (make -C probe)';
const listed = (): string[][] =>
	execFileSync(captureProgram, ['--list-calls'], { encoding: 'utf8' })
		.trim()
		.split('\n')
		.map((line) => line.split(' '));

test('Capture reports every system call in the family in which rules look for it', { skip }, () => {
	const calls = listed();
	assert.ok(calls.length > 350, `${calls.length} calls`);
	const different = calls
		.map(([name, family]) => [name, family, families[familyOf(eventTypeIndex.get(name!)!)]])
		.filter(([, captured, expected]) => captured !== expected);
	assert.deepEqual(different, []);
});

test('Every system call that has an event in the rule language can be captured on x86-64 or i386', {
	skip,
}, () => {
	const known = new Set(listed().map(([name]) => name));
	const missing = [...events.values()]
		.filter(
			({ kind, flags, name }) => kind === 'syscall' && !flags.includes('OLD_VERSION') && name !== 'syscall',
		)
		.map(({ name }) => name)
		.filter((name) => !known.has(name));
	assert.deepEqual(missing, []);
});

/** Calls of other machines, one that there never was, and the two of x86-64 that only the kernel's own code makes. */
const elsewhere = new Set([
	...['timerfd', 's390_pci_mmio_read', 's390_pci_mmio_write', 's390_sthyi', 's390_runtime_instr'],
	...['s390_guarded_storage', 'riscv_flush_icache', 'riscv_hwprobe', 'switch_endian', 'multiplexer'],
	...['spu_create', 'spu_run', 'sync_file_range2', 'swapcontext', 'subpage_prot', 'sys_debug_setcontext'],
	...['pciconfig_read', 'pciconfig_write', 'pciconfig_iobase', 'rtas', 'uprobe', 'uretprobe'],
]);

test('Every other system call that rules can name can be captured, also where headers are older than it', {
	skip,
}, () => {
	const known = new Set(listed().map(([name]) => name));
	const missing = [...events.values()]
		.filter(({ kind, name }) => kind === 'generic-syscall' && !known.has(name) && !elsewhere.has(name))
		.map(({ name }) => name);
	assert.deepEqual(missing, []);
});

/** Of these the probe has no value; everything else is read from the event. */
const withoutSource = [
	'init_module.img', // the image itself
	'socketpair.peer', // addresses of kernel objects
	'socketpair.source',
];

test('Parameters of system calls have a source, except those listed here', { skip }, () => {
	const missing = [...events.values()]
		.filter(({ kind, name }) => kind === 'syscall' && name !== 'syscall')
		.flatMap(({ name, parameters }) => {
			const family = familyOf(eventTypeIndex.get(name) ?? -1);
			return parameters
				.filter((parameter) => sourceOf(name, family, parameter.name) === null)
				.map((parameter) => `${name}.${parameter.name}`);
		});
	assert.deepEqual(missing.sort(), withoutSource);
});
