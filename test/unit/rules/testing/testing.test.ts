import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverageOf } from '#rules/testing/coverage.ts';
import { parseEndpoint } from '#rules/testing/endpoint.ts';
import { fillEvent } from '#rules/testing/fill.ts';
import { modeOf, numberOf, openFlags, resultOf } from '#rules/testing/names.ts';
import { readTests, type TestCase } from '#rules/testing/read.ts';
import { batchOf, compareAlerts } from '#rules/testing/run.ts';
import { type ProcessFacts, parseWorld, splitCommand } from '#rules/testing/world.ts';
import { decodeEventBatch } from '#schemas/event-batch.ts';

function familiesOf(text: string): string[] {
	const { cases, problems } = readTests('t.yaml', text);
	assert.deepEqual(problems, []);
	return decodeEventBatch(batchOf(cases[0] as TestCase)).events.map(
		(event) => (Object.keys(event)[0] as string).split('.').at(-1) as string,
	);
}

test('a command line is split at blanks, quotes keep words together', () => {
	assert.deepEqual(splitCommand(`sh -c 'a "b" c' x\\ y "q \\" r"`), ['sh', '-c', 'a "b" c', 'x y', 'q " r']);
});

test('an empty command line is refused', () =>
	assert.throws(() => splitCommand('  '), /needs a command line/));

test('endpoints are IPv4, IPv6 or a socket path', () => {
	assert.deepEqual(parseEndpoint('192.0.2.1:80'), {
		family: 2,
		address: Buffer.from([192, 0, 2, 1]),
		port: 80,
	});
	assert.equal(
		parseEndpoint('[2001:db8::1]:443').address.toString('hex'),
		'20010db8000000000000000000000001',
	);
	assert.equal(parseEndpoint('@abstract').address[0], 0);
	for (const bad of ['192.0.2.1', '300.0.2.1:80', '192.0.2.1:99999', '[2001:db8::1::2]:1'])
		assert.throws(() => parseEndpoint(bad));
});

test('flags, errors and modes are known by name', () => {
	assert.equal(numberOf(openFlags, 'O_WRONLY|O_CREAT', 'open flag'), 0o101);
	assert.equal(resultOf('EACCES'), -13);
	assert.equal(modeOf('4755'), 0o4755);
	assert.throws(() => numberOf(openFlags, 'O_NONE_SUCH', 'open flag'), /O_NONE_SUCH.*known are O_RDONLY/);
	assert.throws(() => modeOf('rwx'), /octal/);
});

test('a field that the schema does not have is refused by name', () => {
	assert.throws(
		() => fillEvent('FileOpened', { naem: 'x' }),
		/FileOpened has no field "naem"; it has header/,
	);
});

test('a chain of processes inherits user and terminal, and each is the parent of the next', () => {
	const { chain } = parseWorld([
		{ sshd: { user: 'root' } },
		{ bash: { user: 'alice', tty: 34816 } },
		'cat /etc/shadow',
	]);
	const [bash, cat] = chain.slice(2) as [ProcessFacts, ProcessFacts];
	assert.equal(cat.fields.parentPid, bash.pid);
	assert.equal((cat.fields.credentials as { uid: number }).uid, 1000);
	assert.equal(cat.fields.tty, 34816);
	assert.equal(cat.fields.exePath, '/usr/bin/cat');
});

test('an exec is a fork of the parent and then the exec, and the program is not in the snapshot', () => {
	const families = familiesOf(
		'- {rule: r, tests: [{test: t, given: [bash, id], events: [execve], expect: none}]}',
	);
	assert.deepEqual(families, [
		'UsersReported',
		'SnapshotMarked',
		'ProcessSnapshotted',
		'ProcessSnapshotted',
		'SnapshotMarked',
		'ProcessCloned',
		'ProcessExecuted',
	]);
});

test('events of a process that is there come after a snapshot that has it', () => {
	const families = familiesOf(
		'- {rule: r, tests: [{test: t, given: {container: {name: web}, processes: [cat]}, events: [{openat: /x}], expect: none}]}',
	);
	assert.deepEqual(families, [
		'UsersReported',
		'ContainerReported',
		'SnapshotMarked',
		'ProcessSnapshotted',
		'ProcessSnapshotted',
		'SnapshotMarked',
		'FileOpened',
	]);
});

test('alerts are compared as a set, and what nobody expected is a failure', () => {
	const raised = { rule: 'A', priority: 'Warning', output: 'x', fields: { 'fd.name': '/x' } };
	assert.deepEqual(
		compareAlerts([{ rule: 'A', priority: 'WARNING', fields: { 'fd.name': '/x' } }], [raised]),
		[],
	);
	assert.equal(compareAlerts([], [raised]).length, 1);
	assert.equal(compareAlerts([{ rule: 'A' }, { rule: 'A' }], [raised]).length, 1);
	assert.match(
		compareAlerts([{ rule: 'A', fields: { 'fd.num': '3' } }], [raised])[0] as string,
		/expected 3\n\s+got {6}nothing/,
	);
});

test('coverage wants a case that alerts and one that does not, and knows every rule named', () => {
	const one = (rule: string, alerts: boolean): TestCase =>
		({ rule, expected: alerts ? [{ rule }] : [] }) as unknown as TestCase;
	const coverage = coverageOf(['A', 'B'], [one('A', true), one('A', false), one('B', true), one('C', false)]);
	assert.deepEqual(coverage, {
		rules: 2,
		covered: 1,
		withoutPositive: [],
		withoutNegative: ['B'],
		unknown: ['C'],
	});
});

test('broken YAML and alias bombs are problems with a place, not crashes', () => {
	assert.equal(readTests('t.yaml', '- rule: [').problems[0]?.file, 't.yaml');
	const bomb = `- rule: r\n  tests:\n    - test: &a [x, x, x, x, x, x, x, x, x, x]\n      given: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\n      events: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n      expect: [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\n`;
	assert.equal(readTests('t.yaml', bomb).cases.length, 0);
});

test('tests that are a mapping instead of a list are a problem that says so', () => {
	const { cases, problems } = readTests('t.yaml', '- rule: r\n  tests:\n    test: x\n');
	assert.deepEqual(
		[cases, problems.map(({ message }) => message)],
		[[], ['a suite needs "rule" (a name) and "tests" (a list)']],
	);
});
