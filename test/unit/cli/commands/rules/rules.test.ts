import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { lanner } from '#test/support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-rules-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

const oneRule =
	'- {rule: Shadow, desc: d, priority: WARNING, condition: evt.type=openat and fd.name=/etc/shadow, output: "read by %proc.name", tags: [T1003]}\n';

test('the rules that come with Lanner load without an error or a warning', async () => {
	const { code, out, err } = await lanner('rules', 'check');
	assert.equal(err, '');
	assert.match(out, /0 errors, 0 warnings/);
	assert.equal(code, 0);
});

test('every rule that comes with Lanner has tests both ways, and all hold', async () => {
	const { code, out } = await lanner('rules', 'test', '--json');
	const result = JSON.parse(out) as {
		failed: number;
		coverage: { rules: number; covered: number };
		results: { passed: boolean }[];
	};
	assert.deepEqual(
		result.results.filter(({ passed }) => !passed),
		[],
	);
	assert.ok(result.coverage.rules >= 60);
	assert.equal(result.coverage.covered, result.coverage.rules);
	assert.equal(code, 0);
});

test('check tells a broken condition with file, line, source line and caret, and ends with 1', async () => {
	const path = file(
		'broken.yaml',
		'- rule: A\n  desc: d\n  priority: INFO\n  output: x\n  condition: evt.type=openat and fd.nam=/x\n',
	);
	const { code, err } = await lanner('rules', 'check', path);
	assert.match(err, /broken\.yaml:5:\d+: error .*fd\.nam/);
	assert.match(err, /5 \| {3}condition: evt\.type=openat and fd\.nam=\/x\n {5}\| +\^/);
	assert.equal(code, 1);
});

test("check --json has the shape of Falco's validation result", async () => {
	const { code, out } = await lanner(
		'rules',
		'check',
		'--json',
		file('json.yaml', '- {macro: m, condition: proc.name=x}\n'),
	);
	const [result] = (
		JSON.parse(out) as { falco_load_results: { successful: boolean; warnings: { code: string }[] }[] }
	).falco_load_results;
	assert.equal(result?.successful, true);
	assert.deepEqual(
		result?.warnings.map((warning) => warning.code),
		['LOAD_UNUSED_MACRO'],
	);
	assert.equal(code, 0);
});

test('a file that is not there ends with 3 and says which', async () => {
	const { code, err } = await lanner('rules', 'check', join(folder, 'none.yaml'));
	assert.match(err, /none\.yaml: ENOENT/);
	assert.equal(code, 3);
});

test('an unknown option ends with 2', async () => {
	assert.equal((await lanner('rules', 'list', '--no-such')).code, 2);
});

test('a failing test shows what was expected and what came, and ends with 1', async () => {
	const rules = file('one.yaml', oneRule);
	const tests = file(
		'one-tests.yaml',
		'- rule: Shadow\n  tests:\n    - {test: wrong output, given: [cat], events: [{openat: /etc/shadow}], expect: {output: read by dog}}\n    - {test: silent, given: [cat], events: [{openat: /etc/shadow}], expect: none}\n',
	);
	const { code, out } = await lanner('rules', 'test', tests, '--rules', rules);
	assert.match(out, /expected read by dog\n\s+got {6}read by cat/);
	assert.match(out, /unexpected alert of "Shadow"/);
	assert.match(out, /0 passed, 2 failed/);
	assert.equal(code, 1);
});

test('a mistake in a test file is told with its line', async () => {
	const rules = file('two.yaml', oneRule);
	const tests = file(
		'two-tests.yaml',
		'- rule: Shadow\n  tests:\n    - {test: a, given: [cat], events: [{openatt: /x}], expect: none}\n    - {test: b, given: [cat], events: [{openat: {fil: /x}}], expect: none}\n',
	);
	const { code, out } = await lanner('rules', 'test', tests, '--rules', rules);
	assert.match(out, /two-tests\.yaml:3: mistake there is no event type "openatt"/);
	assert.match(out, /two-tests\.yaml:4: mistake openat has no "fil"; known are file, flags/);
	assert.equal(code, 1);
});

test('a folder of tests fails when a rule is not tested both ways', async () => {
	const own = mkdtempSync(join(folder, 'set-'));
	writeFileSync(join(own, 'r.yaml'), oneRule);
	const tests = join(own, 'tests');
	(await import('node:fs')).mkdirSync(tests);
	writeFileSync(
		join(tests, 't.yaml'),
		'- rule: Shadow\n  tests:\n    - {test: reads, given: [cat], events: [{openat: /etc/shadow}], expect: alert}\n',
	);
	const { code, out } = await lanner('rules', 'test', tests);
	assert.match(out, /"Shadow" has no test that stays silent/);
	assert.equal(code, 1);
});

test('explain shows event types, captured calls, fields and, when asked, the generated code', async () => {
	const { code, out } = await lanner('rules', 'explain', 'Shadow', file('three.yaml', oneRule), '--compiled');
	assert.match(out, /event types +openat\n/);
	assert.match(out, /kernel captures +openat\n/);
	assert.match(out, /fields +.*fd\.name/);
	assert.match(out, /code for openat\n/);
	assert.equal(code, 0);
});

test('explain shows what the kernel can leave out, of a rule and of all together, and the rule that hinders it', async () => {
	const rules = [
		"- { rule: Narrow, desc: d, output: o, priority: INFO, condition: 'evt.type=openat and evt.rawres>=0 and fd.name=/etc/shadow' }",
		"- { rule: Wide, desc: d, output: o, priority: INFO, condition: 'evt.type=openat and evt.is_open_write=true and fd.name contains x' }",
	];
	const path = file('kernel.yaml', `${rules.join('\n')}\n`);
	const { out } = await lanner('rules', 'explain', 'Narrow', path);
	assert.match(out, /openat: only with the result success\n/);
	assert.match(out, /: paths with a component that begins with shad\n/);
	const together = (await lanner('rules', 'explain', '--kernel', path)).out;
	assert.match(together, /read only, on the host.*: paths with a component that begins with shad\n/);
	assert.match(together, /write only, on the host.*: all are reported \(for "Wide"\)\n/);
	const [call] = JSON.parse((await lanner('rules', 'explain', '--kernel', '--json', path)).out) as {
		eventType: string;
	}[];
	assert.equal(call?.eventType, 'openat');
});

test('explain of a rule that is not there proposes the nearest name', async () => {
	const { code, err } = await lanner('rules', 'explain', 'Shadw', file('four.yaml', oneRule));
	assert.match(err, /did you mean "Shadow"/);
	assert.equal(code, 3);
});

test('list, fields and events come as text, Markdown and JSON', async () => {
	const path = file('five.yaml', oneRule);
	assert.match((await lanner('rules', 'list', path)).out, /Shadow +Warning +yes +T1003/);
	assert.match((await lanner('rules', 'list', path, '--markdown')).out, /^\| rule \| priority/);
	assert.equal((JSON.parse((await lanner('rules', 'list', path, '--json')).out) as unknown[]).length, 1);
	assert.match((await lanner('rules', 'fields', 'fd.real')).out, /fd\.realpath +CHARBUF/);
	assert.match((await lanner('rules', 'events', 'openat')).out, /openat +file +openat +fd dirfd name flags/);
});

test('format prints one file, names what is laid out otherwise, and writes only when told to', async () => {
	const messy =
		'# about it\n- rule:  Messy\n  priority: INFO\n  output: o\n  desc: d\n  condition: evt.type=openat\n\n\n\n- list: l\n  items: [a,b]\n';
	const tidy =
		'# about it\n- rule: Messy\n  desc: d\n  condition: evt.type=openat\n  output: o\n  priority: INFO\n\n- list: l\n  items: [a, b]\n';
	const path = file('messy.yaml', messy);
	const good = file('tidy.yaml', tidy);
	assert.deepEqual(await lanner('rules', 'format', path), { code: 0, out: tidy, err: '' });
	assert.deepEqual(await lanner('rules', 'format', '--check', path, good), {
		code: 1,
		out: `${path}\n`,
		err: '',
	});
	assert.equal(readFileSync(path, 'utf8'), messy);
	assert.deepEqual(await lanner('rules', 'format', '--write', path, good), {
		code: 0,
		out: `${path}\n`,
		err: '',
	});
	assert.equal(readFileSync(path, 'utf8'), tidy);
	assert.equal((await lanner('rules', 'format', '--check', path)).code, 0);
});

test('format leaves a file that is no YAML as it is, says why and ends with 1', async () => {
	const path = file('broken-layout.yaml', '- rule: [\n');
	const { code, err } = await lanner('rules', 'format', '--write', path);
	assert.equal(code, 1);
	assert.match(err, /broken-layout\.yaml: .*left as it is/);
	assert.equal((await lanner('rules', 'format')).code, 2);
});

test('--coverage tells which conditions were never true or never false in the tests, with lists put in', async () => {
	const rules = file(
		'covered.yaml',
		'- {list: shadows, items: [/etc/shadow, /etc/gshadow]}\n- {macro: opened, condition: (evt.type=openat or evt.type=openat2)}\n- {rule: Shadow, desc: d, priority: INFO, output: o, condition: opened and fd.name in (shadows) and not proc.name=login}\n',
	);
	const tests = file(
		'covered-tests.yaml',
		'- rule: Shadow\n  tests:\n    - {test: reads, given: [cat], events: [{openat: /etc/shadow}], expect: alert}\n    - {test: others, given: [cat], events: [{openat: /etc/x}], expect: none}\n',
	);
	const plain = await lanner('rules', 'test', tests, '--rules', rules);
	assert.doesNotMatch(plain.out, /outcomes/);
	const { code, out } = await lanner('rules', 'test', tests, '--rules', rules, '--coverage');
	assert.match(out, /^Shadow: 10 of 12 outcomes of its conditions seen$/m);
	assert.match(out, /^ {2}never true {3}evt\.type = openat2$/m);
	assert.match(out, /^ {2}never true {3}proc\.name = login$/m);
	assert.match(out, /^conditions: 10 of 12 outcomes seen \(83\.3 %\), all of them for 0 of 1 rules$/m);
	assert.equal(code, 0);
	const json = JSON.parse(
		(await lanner('rules', 'test', tests, '--rules', rules, '--coverage', '--json')).out,
	);
	assert.deepEqual(json.conditions.rules[0].uncovered, [
		{ condition: 'evt.type = openat2', kind: 'comparison', never: 'true', within: false },
		{ condition: 'proc.name = login', kind: 'comparison', never: 'true', within: false },
	]);
	assert.deepEqual([json.conditions.outcomes, json.conditions.seen, json.conditions.percent], [12, 10, 83.3]);
});

test('--coverage tells a condition of a list in its expanded form', async () => {
	const rules = file(
		'list.yaml',
		'- {list: shadows, items: [/etc/shadow, /etc/gshadow]}\n- {rule: L, desc: d, priority: INFO, output: o, condition: evt.type=openat and fd.name in (shadows)}\n',
	);
	const tests = file(
		'list-tests.yaml',
		'- rule: L\n  tests:\n    - {test: a, given: [cat], events: [{openat: /etc/shadow}], expect: alert}\n',
	);
	const { out } = await lanner('rules', 'test', tests, '--rules', rules, '--rule', 'L', '--coverage');
	assert.match(out, /never false {2}fd\.name in \(\/etc\/shadow, \/etc\/gshadow\)/);
});

test('of a long line only what is around the place is shown, with the caret under it', async () => {
	const filler = Array.from({ length: 5000 }, (_, i) => `proc.name=p${i}`).join(' or ');
	const rule = (condition: string) =>
		`- {rule: L, desc: d, priority: INFO, output: o, condition: evt.type=open and (${condition})}\n`;
	const path = file('long.yaml', rule(`${filler} or fd.nam=x or ${filler}`));
	const { code, err } = await lanner('rules', 'check', path);
	assert.equal(code, 1);
	const [, source, caret] = err.split('\n').filter((line) => !line.startsWith('  in '));
	assert.ok(source!.length < 250, `${source!.length} characters`);
	assert.match(source!, /\| ….* fd\.nam=x .*…$/);
	assert.equal(caret!.indexOf('^'), source!.indexOf('fd.nam=x'));
});

test('what is wrong with a rule is told once, however many files follow', async () => {
	const first = file(
		'told1.yaml',
		'- {macro: m, condition: evt.type=open}\n- {rule: T, desc: d, priority: INFO, output: o, condition: m and evt.dir=<}\n',
	);
	const second = file('told2.yaml', '- {macro: m, condition: evt.type=close}\n');
	const { code, err } = await lanner('rules', 'check', first, second);
	assert.equal(err.match(/evt\.dir is deprecated/g)?.length, 1, err);
	assert.equal(code, 0);
});

test('what a test expects of an output may have characters beyond ASCII', async () => {
	const rules = file('utf8.yaml', oneRule);
	const tests = file(
		'utf8-tests.yaml',
		'- rule: Shadow\n  tests:\n    - {test: a, given: ["日本語é"], events: [{openat: /etc/shadow}], expect: {output: read by 日本語é, fields: {proc.name: 日本語é}}}\n',
	);
	const { out } = await lanner('rules', 'test', tests, '--rules', rules);
	assert.equal(out, '1 passed, 0 failed\n');
});

const byValues = `
- rule: Shadow
  tests:
    - {test: alerts, values: {evt.type: openat, fd.name: /etc/shadow, proc.name: "é"}, expect: {output: "read by é", fields: {proc.name: "é"}}}
    - {test: another file, values: {evt.type: openat, fd.name: /etc/x}, expect: none}
    - {test: another type, values: {evt.type: unlink, fd.name: /etc/shadow}, expect: none}
    - {test: a missing value is no match, values: {evt.type: openat}, expect: none}
    - {test: and prints as NA, values: {evt.type: openat, fd.name: /etc/shadow}, expect: {output: read by <NA>}}
`;

test('a test can give values of fields instead of events', async () => {
	const rules = file('values.yaml', oneRule);
	const { code, out } = await lanner('rules', 'test', file('values-tests.yaml', byValues), '--rules', rules);
	assert.equal(out, '5 passed, 0 failed\n');
	assert.equal(code, 0);
	const wrong = file(
		'values-wrong.yaml',
		'- rule: Shadow\n  tests:\n    - {test: a, values: {evt.type: openat, fd.name: /etc/shadow}, expect: none}\n    - {test: b, values: {fd.nam: x}, expect: none}\n    - {test: c, values: {fd.num: x}, expect: none}\n    - {test: d, values: {fd.num: 3}, events: [{openat: /x}], expect: none}\n',
	);
	const failed = await lanner('rules', 'test', wrong, '--rules', rules);
	assert.match(failed.out, /unexpected alert of "Shadow": read by <NA>/);
	assert.match(failed.out, /values-wrong\.yaml:4: mistake fd\.nam is no field/);
	assert.match(failed.out, /values-wrong\.yaml:5: mistake fd\.num: "x" is no INT64/);
	assert.match(failed.out, /values-wrong\.yaml:6: mistake a test has either "values" or "events"/);
	assert.equal(failed.code, 1);
});

test('--coverage counts what tests with values and tests with events saw together', async () => {
	const rules = file('together.yaml', oneRule);
	const suite = (tests: string) => `- rule: Shadow\n  tests:\n${tests}`;
	const seen = async (name: string, tests: string): Promise<string> =>
		(await lanner('rules', 'test', file(name, suite(tests)), '--rules', rules, '--coverage')).out;
	const events = '    - {test: a, given: [cat], events: [{openat: /etc/shadow}], expect: alert}\n';
	const values = '    - {test: b, values: {evt.type: openat, fd.name: /x}, expect: none}\n';
	assert.match(await seen('e.yaml', events), /5 of 6 outcomes/);
	assert.match(await seen('v.yaml', values), /3 of 6 outcomes/);
	assert.match(await seen('ev.yaml', events + values), /6 of 6 outcomes/);
});
