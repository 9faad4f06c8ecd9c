/** Templates: what each field reads, that values never become templates, and what is said of a wrong one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, readConfig } from '#platform/config/index.ts';
import { checkExpressions } from '#sink/expressions/check.ts';
import { compileText, fieldProblem, templateProblem } from '#sink/expressions/text.ts';
import { alertOf } from '#test/support/sink.ts';

const alert = alertOf({
	containerId: 'c0ffee',
	outputFields: [
		{ name: 'proc.name', value: { string: '%alert.id {{id}} %proc.pname' } },
		{ name: 'proc.aname[2]', value: { string: 'sshd' } },
		{ name: 'evt.arg.flags', value: { string: 'O_RDONLY' } },
		{ name: 'fd.port', value: { long: 22 } },
		{ name: 'proc.tty', value: null },
		{ name: 'proc.aexe', value: { array: [{ string: '/a' }, { string: '/b' }] } },
	],
});

describe('template', () => {
	for (const [template, expected] of [
		['%alert.priority on %host.name: %alert.rule.', 'Warning on web1: Shadow read.'],
		[
			'%alert.id %alert.severity %alert.time',
			'0123456789abcdef0123456789abcdef 4 2023-11-14T22:13:20.123456789Z',
		],
		['%alert.tags|%alert.incomplete|%alert.source', '(a,b)|false|syscall'],
		['%evt.time %evt.type %proc.pid %container.id', '22:13:20.123456789 openat 42 c0ffee'],
		['%proc.name', '%alert.id {{id}} %proc.pname'],
		['%proc.aname[2] %evt.arg.flags %evt.arg[flags] %fd.port', 'sshd O_RDONLY O_RDONLY 22'],
		['[%proc.tty] [%user.name]', '[<NA>] [<NA>]'],
		['%proc.aexe', '/a,/b'],
		['%toupper(alert.rule) %6host.name| é🦅', 'SHADOW READ web1  | é🦅'],
		['%alert.field[proc.name]', '%alert.id {{id}} %proc.pname'],
		['%alert.output', 'Shadow read (user=root)'],
	] as const)
		test(template, () => {
			assert.equal(templateProblem(template), null);
			assert.equal(compileText(template)(alert), expected);
		});

	test('a wrong one, and a wrong field of a group, are told with their line and what is accepted', () => {
		const problemsOf = (option: string): readonly string[] => {
			try {
				readConfig({
					file: 'lanner.yaml',
					text: `outputs:\n  - name: a\n    kind: stdout\n    ${option}\n`,
					env: {},
					readFile: () => '',
					check: checkExpressions,
				});
				return [];
			} catch (error) {
				assert.ok(error instanceof ConfigError);
				return error.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`);
			}
		};
		assert.deepEqual(problemsOf('template: "%alert.rule"'), []);
		assert.match(
			problemsOf('template: "100 %no.field"')[0] ?? '',
			/^4 outputs\[0\]\.template: .*%no\.field is no field.*, at byte 5; accepted: fields of the rule language .*alert\.rule/,
		);
		assert.match(problemsOf('template: "50%"')[0] ?? '', /cannot end with %.*at byte 3/);
		assert.deepEqual(problemsOf('groupBy: [alert.rule, "proc.aname[2]"]'), []);
		assert.match(
			problemsOf('groupBy: [alert.rule, host.nmae]')[0] ?? '',
			/^4 outputs\[0\]\.groupBy\[1\]: "host\.nmae" is no field; accepted: /,
		);
		for (const name of ['alert.rule.', 'alert.rule x', '%alert.rule', 'toupper(alert.rule)', ''])
			assert.notEqual(fieldProblem(name), null, name);
	});
});
