import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFieldCatalogue as catalogue } from '#rules/fields/index.ts';
import { type LoadOptions, type LoadResult, loadRules, reportAsFalco } from '#rules/load/index.ts';

type Extra = Omit<LoadOptions<Parameters<typeof loadRules>[1]['catalogue']>, 'catalogue'>;

function load(content: string | string[], extra: Extra = {}): LoadResult {
	const files = [content].flat().map((text, i) => ({ name: `${i}.yaml`, content: text }));
	return loadRules(files, { catalogue, ...extra });
}

function rule(name: string, condition: string, more = ''): string {
	return `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: out\n  priority: INFO\n${more}`;
}

function codes(result: LoadResult): string[] {
	return result.diagnostics.map((diagnostic) => diagnostic.code);
}

function condition(result: LoadResult, name = 'r'): string | undefined {
	return result.rules.find((candidate) => candidate.name === name)?.printCondition();
}

test('lists, macros and exceptions end up in the condition', () => {
	const result = load(`
- list: shells
  items: [bash, "my sh"]
- macro: spawned
  condition: evt.type = execve and proc.name in (shells)
${rule('r', 'spawned or evt.type = clone', '  exceptions:\n    - {name: e, fields: [proc.pname, user.uid], comps: [=, ">"], values: [[sshd, 5]]}\n')}`);
	assert.deepEqual(result.diagnostics, []);
	assert.equal(
		condition(result),
		'(((evt.type = execve and proc.name in (bash, "my sh")) or evt.type = clone) and not (proc.pname = sshd and user.uid > 5))',
	);
	assert.deepEqual(result.rules[0]?.eventTypes.names(), ['execve', 'clone']);
});

test('all problems of all items are reported at once, each with its place', () => {
	const result = load(
		`${rule('a', 'evt.type = open and nofield.x = 1 and proc.name > 3x')}${rule('b', 'evt.type = nope')}- rule: c\n  condition: evt.type = open\n${rule('d', 'proc.pid = five and fd.num = six and evt.type = open')}`,
	);
	assert.equal(result.ok, false);
	assert.deepEqual(
		result.diagnostics.map((d) => [d.code, d.line]),
		[
			['LOAD_ERR_YAML_VALIDATE', 11],
			['LOAD_ERR_COMPILE_CONDITION', 3],
			['LOAD_ERR_COMPILE_CONDITION', 8],
			['LOAD_ERR_COMPILE_CONDITION', 15],
			['LOAD_ERR_COMPILE_CONDITION', 15],
		],
	);
	assert.match(result.diagnostics[0]?.message ?? '', /rule 'c': the key 'output' is missing/);
	assert.match(result.diagnostics[2]?.message ?? '', /unknown event type nope/);
});

test('what follows from a broken macro is not reported as well', () => {
	const result = load(`- macro: m\n  condition: (evt.type = open\n${rule('r', 'm and fd.num = 1')}`);
	assert.deepEqual(codes(result), ['LOAD_ERR_COMPILE_CONDITION']);
	assert.match(result.diagnostics[0]?.message ?? '', /macro 'm'/);
});

test('a redefinition replaces the whole rule and keeps its place in the order', () => {
	const result = load(
		`${rule('r', 'evt.type = open', '  tags: [t]\n')}${rule('s', 'evt.type = close')}${rule('r', 'evt.type = bind')}`,
	);
	assert.deepEqual(
		result.rules.map(({ name, tags }) => [name, tags]),
		[
			['r', []],
			['s', []],
		],
	);
	assert.equal(condition(result), 'evt.type = bind');
});

test('overrides append and replace key by key', () => {
	const result = load([
		rule('r', 'evt.type = open', '  tags: [b]\n'),
		'- rule: r\n  condition: and fd.num = 1\n  tags: [a]\n  priority: ERROR\n  enabled: false\n  override: {condition: append, tags: append, priority: replace, enabled: replace}\n',
	]);
	assert.deepEqual(result.diagnostics, []);
	const [loaded] = result.rules;
	assert.deepEqual([loaded?.priority, loaded?.tags, loaded?.enabled], ['Error', ['a', 'b'], false]);
	assert.equal(condition(result), '(evt.type = open and fd.num = 1)');
});

test('an override that forgets a key, or names one too many, is refused and changes nothing', () => {
	const base = rule('r', 'evt.type = open');
	const forgotten = load(
		`${base}- rule: r\n  output: x\n  condition: and fd.num = 1\n  override: {condition: append}\n`,
	);
	assert.match(forgotten.diagnostics[0]?.message ?? '', /'output' has no entry under 'override'/);
	assert.equal(condition(forgotten), 'evt.type = open');
	const tooMany = load(`${base}- rule: r\n  override: {tags: append}\n`);
	assert.match(tooMany.diagnostics[0]?.message ?? '', /the item has no 'tags'/);
});

test('a file must be complete with those before it', () => {
	const macro = '- macro: m\n  condition: fd.num = 1\n';
	assert.deepEqual(codes(load([macro, rule('r', 'evt.type = open and m')])), ['LOAD_UNUSED_MACRO']);
	assert.deepEqual(codes(load([rule('r', 'evt.type = open and m'), macro])), ['LOAD_ERR_VALIDATE']);
});

test('exceptions appended to a rule add values to known names and whole new ones', () => {
	const base = rule('r', 'evt.type = open', '  exceptions: [{name: e, fields: proc.name}]\n');
	const result = load(
		`${base}- rule: r\n  exceptions: [{name: e, values: [a, b c]}, {name: f, fields: fd.name, comps: startswith anyof, values: [/x]}]\n  override: {exceptions: append}\n`,
	);
	assert.deepEqual(result.diagnostics, []);
	assert.equal(
		condition(result),
		'(evt.type = open and not proc.name in (a, "b c") and not fd.name startswith anyof (/x))',
	);
	const again = load(
		`${base}- rule: r\n  exceptions: [{name: e, fields: proc.name, values: [a]}]\n  override: {exceptions: append}\n`,
	);
	assert.match(again.diagnostics[0]?.message ?? '', /'fields' cannot be given again/);
});

test('skip-if-unknown-filter forgives unknown names and nothing else', () => {
	const skip = '  skip-if-unknown-filter: true\n';
	assert.deepEqual(codes(load(rule('r', 'evt.type = open and no.field = 1', skip))), ['LOAD_UNKNOWN_FILTER']);
	assert.deepEqual(codes(load(rule('r', 'evt.type = open and (', skip))), ['LOAD_ERR_COMPILE_CONDITION']);
	assert.deepEqual(codes(load(rule('r', 'evt.type = open and fd.num = x', skip))), [
		'LOAD_ERR_COMPILE_CONDITION',
	]);
});

test('a rule that says no event type draws a warning unless told not to', () => {
	assert.deepEqual(codes(load(rule('r', 'proc.name = x'))), ['LOAD_NO_EVTTYPE']);
	assert.deepEqual(codes(load(rule('r', 'proc.name = x', '  warn_evttypes: false\n'))), []);
});

test('selections are applied in order, and rules less severe than the minimum are never on', () => {
	const content = `${rule('Open file', 'evt.type = open', '  tags: [t]\n')}${rule('Write file', 'evt.type = open')}`;
	const enabled = (extra: Extra): string[] =>
		load(content, extra)
			.rules.filter((candidate) => candidate.enabled)
			.map((candidate) => candidate.name);
	assert.deepEqual(enabled({}), ['Open file', 'Write file']);
	assert.deepEqual(
		enabled({
			selections: [
				{ op: 'disable', rule: '*' },
				{ op: 'enable', rule: 'Wr*' },
			],
		}),
		['Write file'],
	);
	assert.deepEqual(enabled({ selections: [{ op: 'disable', tag: 't' }] }), ['Write file']);
	assert.deepEqual(enabled({ minimumPriority: 'Warning' }), []);
});

test('append_output adds to the outputs that it matches', () => {
	const content = `${rule('a', 'evt.type = open', '  tags: [x, y]\n')}${rule('b', 'evt.type = open')}`;
	const appendOutput = [
		{
			match: { tags: ['x'] },
			extraOutput: 'pid=%proc.pid',
			extraFields: [{ key: 'proc.name', format: null }],
		},
	];
	const result = load(content, { appendOutput });
	assert.deepEqual(
		result.rules.map((loaded) => [loaded.output, loaded.extraFields.length]),
		[
			['out pid=%proc.pid', 1],
			['out', 0],
		],
	);
	assert.deepEqual(codes(load(content, { appendOutput: [{ extraOutput: '%no.field' }] })), [
		'LOAD_ERR_COMPILE_OUTPUT',
		'LOAD_ERR_COMPILE_OUTPUT',
	]);
});

test('engine and plugin requirements are checked', () => {
	assert.equal(load('- required_engine_version: 0.63.0\n').ok, true);
	assert.deepEqual(codes(load('- required_engine_version: 99\n')), ['LOAD_ERR_VALIDATE']);
	assert.deepEqual(codes(load('- required_engine_version: 0.26\n')), ['LOAD_ERR_YAML_VALIDATE']);
	const plugin =
		'- required_plugin_versions: [{name: json, version: 0.7.0, alternatives: [{name: other, version: 1.2.0}]}]\n';
	assert.equal(load(plugin, { plugins: [{ name: 'other', version: '1.3.0' }] }).ok, true);
	assert.match(
		load(plugin, { plugins: [{ name: 'other', version: '2.0.0' }] }).pluginProblems[0] ?? '',
		/json \(>= 0.7.0\)/,
	);
});

test('the container plugin is part of the product', () => {
	assert.equal(load('- required_plugin_versions: [{name: container, version: 0.4.0}]\n').ok, true);
	const json = '- required_plugin_versions: [{name: json, version: 0.1.0}]\n';
	assert.equal(load([json, json]).pluginProblems.length, 1);
});

test('rules of an unknown source are left out with a warning', () => {
	const result = load(rule('r', 'no.such = field', '  source: k8s_audit\n'));
	assert.deepEqual([codes(result), result.rules.length, result.ok], [['LOAD_UNKNOWN_SOURCE'], 0, true]);
});

test('macros that would grow without bound are refused in bounded time', () => {
	const doubling = Array.from(
		{ length: 200 },
		(_, i) => `- macro: m${i}\n  condition: ${i === 0 ? 'fd.num = 1' : `m${i - 1} and m${i - 1}`}\n`,
	);
	const result = load(`${doubling.join('')}${rule('r', 'evt.type = open and m199')}`);
	assert.deepEqual(codes(result), ['LOAD_ERR_VALIDATE']);
	assert.match(result.diagnostics[0]?.message ?? '', /at most 1000000/);
	const loop = load(
		'- macro: a\n  condition: fd.num = 1\n- macro: b\n  condition: a\n- macro: a\n  condition: b\n',
	);
	assert.match(loop.diagnostics[0]?.message ?? '', /reference loop/);
});

test('problems point at the check itself, in folded and literal conditions alike', () => {
	const result = load(`- macro: m
  condition: >
    evt.type = open and
    (fd.name startswith /é x
- rule: a
  desc: d
  condition: |
    evt.type = open
    and missing and (proc.pid = five
      or fd.nam exists or proc.name="é" and fd.num=é)
  output: o
  priority: INFO
`);
	assert.deepEqual(
		result.diagnostics.map((d) => [d.code, d.line, d.column]),
		[
			['LOAD_ERR_COMPILE_CONDITION', 4, 28],
			['LOAD_ERR_VALIDATE', 9, 9],
			['LOAD_ERR_COMPILE_CONDITION', 9, 22],
			['LOAD_ERR_COMPILE_CONDITION', 10, 10],
			['LOAD_ERR_COMPILE_CONDITION', 10, 45],
		],
	);
	assert.match(result.diagnostics[4]?.message ?? '', /é is not a valid number/);
});

test('an undefined macro of two files is reported once', () => {
	const result = load([
		rule('r', 'evt.type = open and missing and no.field = 1'),
		rule('s', 'evt.type = close'),
	]);
	assert.deepEqual(codes(result), ['LOAD_ERR_VALIDATE', 'LOAD_ERR_COMPILE_CONDITION']);
});

test('the report has the shape of Falco: per file, positions from zero', () => {
	const report = reportAsFalco(
		load([rule('r', 'evt.type = open'), rule('s', 'proc.name = x and no.field = 1')]),
	);
	const [good, bad] = report.falco_load_results;
	assert.deepEqual([good?.name, good?.successful, good?.errors], ['0.yaml', true, []]);
	assert.equal(bad?.successful, false);
	const [error] = bad?.errors ?? [];
	assert.deepEqual(
		[error?.code, error?.codedesc],
		['LOAD_ERR_COMPILE_CONDITION', 'Error compiling condition'],
	);
	const last = error?.context.locations.at(-1);
	assert.deepEqual(
		[last?.item_type, last?.position.line, last?.position.column],
		['condition expression', 2, 31],
	);
});

test("Falco's JSON names the deprecated field, of the condition and of the output", () => {
	const content =
		'- {rule: r, desc: d, priority: INFO, condition: evt.type=open and evt.dir=<, output: "x %evt.latency.human"}';
	const result = load(content);
	const [file] = reportAsFalco(result).falco_load_results;
	assert.deepEqual(
		file!.warnings.map(({ code, deprecated_field }) => [code, deprecated_field]),
		['evt.dir', 'evt.latency', 'evt.latency.human'].map((field) => ['LOAD_DEPRECATED_ITEM', field]),
	);
});

for (const [condition, isTold] of [
	['evt.type = switch', true],
	['evt.type in (signaldeliver, page_fault) and proc.name = x', true],
	// The name of the system call, where its event has another one.
	['evt.type = pread64', true],
	['evt.type = pread', false],
	['evt.type in (open, switch)', false],
	['evt.type = setxattr', false],
	['not evt.type = switch', false],
	['evt.type = open and evt.type = close', false],
] as const)
	test(`a rule about events that never come says so: ${condition}`, () => {
		const result = load(rule('r', condition, '  warn_evttypes: false\n'));
		assert.ok(result.ok);
		assert.deepEqual(codes(result), isTold ? ['LOAD_EVENT_UNAVAILABLE'] : []);
	});
