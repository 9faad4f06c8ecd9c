/**
 * What the probe leaves out in the kernel changes no alert: for random rules and random lives of a host, no rule matches an event that is left
 * out, asked by the naive evaluator as well; and without those events the state is the same.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Expression, TransformerArgument } from '#rules/ast.ts';
import { compileRuleSet } from '#rules/compile/rule-set.ts';
import { eventRuleSetOptions } from '#rules/event-rules.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { encodeKernelFilter } from '#rules/push-down/encode.ts';
import { kernelFilter, namedTypes } from '#rules/push-down/kernel-filter.ts';
import { EventSubject } from '#rules/subject.ts';
import type { BatchEvent } from '#schemas/event-batch.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { conditionOf, loadConditions } from '#test/support/conditions.ts';
import {
	batch,
	fdChanged,
	fileOpened,
	pathChanged,
	processExecuted,
	socketConnected,
} from '#test/support/events.ts';
import type { GivenField, GivenValues } from '#test/support/given-fields.ts';
import { describeHost, hostEvent } from '#test/support/host-events.ts';
import { FilterModel } from '#test/support/kernel-filter.ts';
import { oracle } from '#test/support/oracle.ts';

const directory = '/srv/etc';
const component = fc.constantFrom(
	'etc',
	'shadow',
	'shad',
	'srv',
	'.ssh',
	'id_rsa',
	'x.php',
	'mem',
	'proc',
	'a',
	'..',
	'.',
	'',
);
const name = fc
	.tuple(fc.boolean(), fc.array(component, { minLength: 1, maxLength: 4 }))
	.map(([absolute, parts]) => `${absolute ? '/' : ''}${parts.join('/')}`);

/** As capture's paths.c: absolute, without `..`, `.` and empty components. */
function lexical(text: string): string {
	const parts: string[] = [];
	for (const part of (text.startsWith('/') ? text : `${directory}/${text}`).split('/')) {
		if (part === '..') parts.pop();
		else if (part !== '' && part !== '.') parts.push(part);
	}
	return `/${parts.join('/')}`;
}

/** Those who make the calls: known from the beginning, one of them in a container, apart from the processes of the host's other life. */
const callers = [11, 12, 13].map((pid) => ({ pid, start: 1 }));
const owner = fc.constantFrom(...callers);
const introductions = callers.map((who) =>
	processExecuted({
		...who,
		process: { ...who, comm: 'sh', exePath: '/bin/sh', containerId: who.pid === 12 ? 'c1'.repeat(32) : '' },
	} as never),
);
const result = fc.constantFrom(-133, -115, -13, -2, -1, 0, 1, 3, 62, 63, 900);

/** A symbolic link leads from any name to any path. */
const opens = fc
	.record({
		who: owner,
		result,
		given: name,
		leadsTo: fc.option(name),
		evt: fc.constantFrom('openat', 'open', 'creat', 'openat2'),
		access: fc.integer({ min: 0, max: 3 }),
		created: fc.boolean(),
	})
	.map(({ who, result, given, leadsTo, evt, access, created }) => {
		const failed = result < 0;
		const asked = lexical(given);
		const path = failed || leadsTo === null ? asked : lexical(leadsTo);
		return fileOpened({
			...who,
			evt,
			result,
			path,
			name: given,
			...(given.startsWith('/') && path !== asked ? { askedPath: asked } : {}),
			flags: evt === 'creat' ? 0o1101 : access,
			created: created && !failed,
			fileMode: 0o100644,
		} as never);
	});
const changes = fc
	.record({
		who: owner,
		result,
		given: name,
		to: name,
		evt: fc.constantFrom('unlink', 'mkdir', 'rename', 'chmod', 'symlink'),
	})
	.map(({ who, result, given, to, evt }) =>
		pathChanged({
			...who,
			evt,
			result,
			path: evt === 'symlink' ? given : lexical(given),
			name: given,
			...(evt === 'rename' || evt === 'symlink' ? { newName: to, newPath: lexical(to) } : {}),
		} as never),
	);
const others = fc
	.record({ who: owner, result, connects: fc.boolean() })
	.map(({ who, result, connects }) =>
		connects
			? socketConnected({ ...who, evt: 'connect', result, fd: { number: 3 } } as never)
			: fdChanged({ ...who, evt: 'dup2', result, fd: { number: 3 } } as never),
	);

const leaf = fc.constantFrom(
	...[
		'evt.type in (openat, open, creat, openat2)',
		'evt.type = openat',
		'evt.type != unlink',
		'evt.type in (rename, unlink, mkdir)',
	],
	...[
		'evt.type in (connect, dup2)',
		'evt.rawres >= 0',
		'evt.rawres = 0',
		'evt.rawres in (0, 1, 2)',
		'evt.rawres > 62',
		'evt.rawres != -2',
	],
	...[
		'evt.res = SUCCESS',
		'evt.res in (EACCES, EPERM)',
		'evt.res = EINPROGRESS',
		'evt.res startswith E',
		'evt.failed = true',
		'fd.num >= 0',
		'fd.num = -1',
	],
	...[
		'evt.is_open_read = true',
		'evt.is_open_write = true',
		'evt.is_open_write = false',
		'evt.is_open_create = true',
	],
	...['container.id != host', 'container.id = host', 'proc.name = sh', 'proc.exepath startswith /bin'],
	...[
		'fd.name = /etc/shadow',
		'fd.name startswith /etc/sha',
		'fd.name startswith /srv/',
		'fd.name in (/etc/shadow, /a)',
		'fd.realpath contains /.ssh/',
	],
	...[
		'fd.name endswith /mem',
		'fd.name endswith .php',
		'fd.filename = shadow',
		'fd.filename startswith id_r',
		'fd.filename startswith sh',
	],
	...[
		'fd.name contains etc',
		'fd.name glob /proc/*/mem',
		'fd.name glob "*/id_?sa"',
		'fd.name icontains ETC',
		'fd.nameraw startswith etc/',
		'fd.nameraw contains ../',
	],
	...[
		'fs.path.name startswith /etc',
		'fs.path.target = /etc/shadow',
		'fs.path.source endswith /.ssh',
		'fs.path.nameraw = a',
		'fs.path.name exists',
	],
);
const condition = conditionOf(leaf);
const named = fc.constantFrom(
	...[
		'evt.type in (openat, open, creat, openat2)',
		'evt.type = openat',
		'evt.type in (rename, unlink, mkdir, chmod, symlink)',
	],
	...['evt.type in (connect, dup2)', 'evt.type in (openat, rename, dup2, connect)'],
);
/** Rules that want several things of events they name: one that may match everything leaves nothing to be left out. */
const rule = fc.tuple(named, leaf, leaf, condition).map((parts) => parts.join(' and '));

function fieldsOf(
	node: Expression | TransformerArgument,
): { readonly field: string; readonly arg?: string }[] {
	switch (node.node) {
		case 'and':
		case 'or':
			return node.children.flatMap(fieldsOf);
		case 'not':
			return fieldsOf(node.child);
		case 'unary':
			return fieldsOf(node.left);
		case 'binary':
			return [...fieldsOf(node.left), ...(node.right.node === 'list' ? [] : fieldsOf(node.right))];
		case 'field':
			return [node];
		default:
			return [];
	}
}

/** By the naive evaluator, over the values that the catalogue's own readers give. */
function matchesNaively(condition: Expression, subject: EventSubject, eventType: number): boolean {
	const values: Record<string, GivenValues[string]> = {};
	const fields: Record<string, GivenField> = {};
	for (const { field } of fieldsOf(condition)) {
		const definition = eventFieldCatalogue.find(field)!;
		values[field] = definition.bind(null, eventType)?.(subject) ?? null;
		fields[field] = { type: definition.type, anyOf: definition.anyOf ?? false };
	}
	return oracle(condition, fields, values);
}

function hostOf(
	events: readonly BatchEvent[],
	each: (reader: EventReader, host: HostState, at: number) => void,
): HostState {
	const host = new HostState('host-1');
	const reader = new EventReader();
	reader.open(batch(events, { firstSequence: 1 }));
	host.enterBatch(reader.batch);
	for (let at = 0; reader.next(); at++) {
		host.apply(reader);
		each(reader, host, at);
		host.settle(reader);
	}
	return host;
}

/** How many events are left out. */
function compare(conditions: readonly string[], events: readonly BatchEvent[]): number {
	const rules = loadConditions(conditions);
	const ruleSet = compileRuleSet(rules, eventFieldCatalogue, { ...eventRuleSetOptions, ruleMatching: 'all' });
	const model = new FilterModel(encodeKernelFilter(kernelFilter(rules, namedTypes(rules))));
	const kept: BatchEvent[] = [];
	hostOf(events, (reader, host, at) => {
		const { type } = reader.header;
		const subject = new EventSubject(host, reader);
		subject.enter(reader);
		const onHost = host.current !== null && host.current.container === null;
		if (!model.leavesOut(reader, { onHost, directory })) {
			kept.push(events[at]!);
			return;
		}
		assert.equal(ruleSet.match(subject, type, []), 0, `event ${at} is left out and matches`);
		for (const { condition, name } of rules)
			assert.ok(
				!matchesNaively(condition, subject, type),
				`event ${at} is left out and matches ${name}, asked naively`,
			);
	});
	const known = (host: HostState): unknown => JSON.stringify(describeKnown(host));
	assert.equal(
		known(hostOf(kept, () => {})),
		known(hostOf(events, () => {})),
		'the state is another without them',
	);
	return events.length - kept.length;
}

/** Without how many events there were. */
function describeKnown(host: HostState): unknown {
	return JSON.parse(JSON.stringify(describeHost(host)), (key, value) =>
		/[sS]equence$|^heard/.test(key) ? 0 : value,
	);
}

/**
 * Without snapshots (what they do not mention has ended, and the callers are in none), and without opens of processes that nobody knows: that
 * such a process was met at all is in the state, with and without rules.
 */
const otherLife = hostEvent.filter(
	(event) => !/SnapshotMarked$|FileOpened$/.test(Object.keys(event as object)[0]!),
);

test('no rule matches what is left out, and the state needs none of it', () => {
	let leftOut = 0;
	const life = fc.array(
		fc.oneof(
			{ weight: 1, arbitrary: otherLife },
			{ weight: 4, arbitrary: opens },
			{ weight: 2, arbitrary: changes },
			{ weight: 1, arbitrary: others },
		),
		{ minLength: 40, maxLength: 80, size: 'max' },
	);
	fc.assert(
		fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), life, (conditions, events) => {
			leftOut += compare(conditions, [...introductions, ...events]);
		}),
		{ numRuns: 150, endOnFailure: true },
	);
	assert.ok(leftOut > 600, `only ${leftOut} events were left out: the test says nothing`);
});
