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
