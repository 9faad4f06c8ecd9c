/**
 * Rule sets that remember answers with processes and paths answer like rule sets that ask every event anew, whatever happens
 * to the processes, containers and accounts in between.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileRuleSet, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventRuleSetOptions } from '#rules/event-rules.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { EventSubject } from '#rules/subject.ts';
import type { BatchEvent } from '#schemas/event-batch.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { conditionOf, loadConditions } from '#test/support/conditions.ts';
import {
	batch,
	containerReported,
	fileOpened,
	pathChanged,
	processExecuted,
	usersReported,
} from '#test/support/events.ts';
import { hostEvent } from '#test/support/host-events.ts';

const path = fc.constantFrom('/etc/passwd', '/etc/shadow', '/tmp/x', '/tmp/y/x', '/bin/sh', 'é');
const asks = fc
	.record({
		owner: fc.record({ pid: fc.integer({ min: 1, max: 3 }), start: fc.integer({ min: 1, max: 2 }) }),
		opened: path,
		asked: fc.option(path),
		directory: fc.boolean(),
		failed: fc.boolean(),
		write: fc.boolean(),
		unlinks: fc.boolean(),
	})
	.map(({ owner, opened, asked, directory, failed, write, unlinks }) =>
		unlinks
			? pathChanged({ ...owner, evt: 'unlink', path: opened, name: opened, result: failed ? -2 : 0 })
			: fileOpened({
					...owner,
					path: opened,
					name: opened,
					...(asked === null ? {} : { askedPath: asked }),
					fileMode: directory ? 0o040755 : 0o100644,
					flags: write ? 2 : 1,
					result: failed ? -2 : 3,
				} as never),
	);

const leaf = fc.constantFrom(
	...['proc.name = sh', 'proc.pname in (bash, nginx)', 'proc.aname = sh', 'proc.aname[2] = bash'],
	...['proc.exepath startswith /bin', 'proc.cmdline contains -c', 'user.name = bash', 'user.uid = 1'],
	...['container.id != host', 'container.privileged = true', 'container.name = nginx', 'proc.cwd = /tmp/'],
	...['thread.cap_effective exists', 'proc.sname = sh', 'proc.duration > 0', 'proc.pname exists'],
	...['fd.name = /etc/shadow', 'fd.name startswith /tmp', 'fd.filename = x', 'fd.filename in (sh, passwd)'],
	...['fd.directory = /etc', 'fd.directory endswith tmp', 'fd.realpath = /bin/sh', 'fd.name exists'],
	...['fs.path.name = /tmp/x', 'toupper(fd.name) = /TMP/X', 'basename(fd.name) = x', 'fd.nameraw = /tmp/x'],
	...['fd.num >= 0', 'evt.is_open_write = true', 'evt.is_open_read = true', 'evt.res = SUCCESS'],
	...[
		'fd.name glob /tmp/*y',
		'fd.name pmatch (/tmp/*/z)',
		'fd.name pmatch (/etc, /bin/sh)',
		'fd.name contains ss',
	],
	...['evt.arg.name = /bin/sh', 'fd.typechar = f', 'fd.name = proc.exepath', 'evt.type in (openat, unlink)'],
);
const condition = conditionOf(leaf);

/**
 * Few rules that each want several things: answers are only believed when they rule out every rule, and one rule that may always match
 * would hide what is wrong with them.
 */
const narrow = fc.tuple(leaf, condition).map(([a, b]) => `${a} and ${b}`);

function ruleSets(conditions: readonly string[]): {
	plain: RuleSet<EventSubject>;
	remembering: RuleSet<EventSubject>;
} {
	const rules = loadConditions(conditions);
	const compiled = (options: Partial<typeof eventRuleSetOptions>) =>
		compileRuleSet(rules, eventFieldCatalogue, { eventTypes, ...options, ruleMatching: 'all' });
	return { plain: compiled({}), remembering: compiled(eventRuleSetOptions) };
}

/** Number of matches of each event, the same for both, each on the same host, so that they see the very same texts and processes. */
function compare(conditions: readonly string[], events: readonly BatchEvent[]): number[] {
	const counts: number[] = [];
	const { plain, remembering } = ruleSets(conditions);
	const host = new HostState('host-1');
	const reader = new EventReader();
	const subject = new EventSubject(host, reader);
	reader.open(batch(events, { firstSequence: 1 }));
	host.enterBatch(reader.batch);
	for (let at = 0; reader.next(); at++) {
		host.apply(reader);
		subject.enter(reader);
		const [expected, found] = [plain, remembering].map((set) => {
			const out: number[] = [];
			const count = set.match(subject, reader.header.type, out);
			return out.slice(0, count);
		});
		assert.deepEqual(found, expected, `event ${at}, ${eventTypes[reader.header.type]}`);
		counts.push(expected!.length);
		host.settle(reader);
	}
	return counts;
}

const life = fc.array(fc.oneof({ weight: 1, arbitrary: hostEvent }, { weight: 2, arbitrary: asks }), {
	minLength: 60,
	maxLength: 120,
	size: 'max',
});
const rulesOf = (of: fc.Arbitrary<string>) => fc.array(of, { minLength: 4, maxLength: 6, size: 'max' });

test('remembered answers are those of every event asked anew', () => {
	fc.assert(
		fc.property(rulesOf(narrow), life, (conditions, events) => void compare(conditions, events)),
		{ numRuns: 100, endOnFailure: true },
	);
});

/** So few and so many rules that only the classes of their paths stand before them: no rule of theirs may match every path. */
for (const [name, count, numRuns] of [
	['few', 3, 200],
	['many', 250, 10],
] as const) {
	test(`classes of paths rule out no rule that matches: ${name} rules`, () => {
		const ofPath = fc.constantFrom('/etc/shadow', '/tmp/x', '/tmp/y/x').map((one) => `fd.name = ${one}`);
		const rule = fc.tuple(ofPath, leaf, leaf).map(([a, b, c]) => `(${a} and ${b}) or (${a} and not (${c}))`);
		const rules = fc.array(rule, { minLength: count, maxLength: count, size: 'max' });
		fc.assert(
			fc.property(rules, life, (conditions, events) => void compare(conditions, events)),
			{ numRuns, endOnFailure: true },
		);
	});
}

/** A process in a container opens, something is reported, it opens again. */
const who = { pid: 1, start: 1 };
const id = 'c1'.repeat(32);
const open = fileOpened({
	...who,
	path: '/etc/passwd',
	name: '/etc/passwd',
	fileMode: 0o100644,
	flags: 1,
	result: 3,
});
const process = {
	...who,
	comm: 'sh',
	exePath: '/bin/sh',
	args: ['sh'],
	containerId: id,
	credentials: { euid: 1 },
};
const reports: readonly (readonly [string, BatchEvent])[] = [
	[
		'container.name = nginx',
		containerReported({ state: 'RUNNING', container: { id, name: 'nginx' } } as never),
	],
	['user.name = bash', usersReported({ users: [{ uid: 1, name: 'bash' }], groups: [] })],
];
for (const [wanted, report] of reports) {
	test(`a report makes what was remembered of processes void: ${wanted}`, () => {
		const conditions = ['proc.name', 'fd.name', 'fd.filename', 'user.name'].map((name) => `${name} = no`);
		const events = [processExecuted({ ...who, process } as never), open, report, open];
		const matches = compare([...conditions, `evt.type = openat and ${wanted}`], events);
		assert.deepEqual(matches, [0, 0, 0, 1]);
	});
}
