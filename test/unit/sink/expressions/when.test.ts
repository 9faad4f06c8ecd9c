/** The `when` of an output: what each field reads, and what is said of a wrong expression. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigError, readConfig } from '#platform/config/index.ts';
import { checkExpressions } from '#sink/expressions/check.ts';
import { alertCatalogue } from '#sink/expressions/fields.ts';
import { compileWhen, whenProblem } from '#sink/expressions/when.ts';
import { alertOf } from '#test/support/sink.ts';

const alert = alertOf({
	containerId: '',
	outputFields: [
		{ name: 'proc.name', value: { string: 'cat' } },
		{ name: 'fd.port', value: { long: 22 } },
		{ name: 'proc.tty', value: null },
	],
});

describe('when', () => {
	const cases: readonly [string, boolean][] = [
		['alert.id = 0123456789abcdef0123456789abcdef', true],
		['alert.rule startswith Shadow', true],
		['alert.rule = "Shadow write"', false],
		['alert.priority in (Warning, Error)', true],
		['alert.severity <= 4', true],
		['alert.severity < 4', false],
		['alert.source = syscall', true],
		['alert.time startswith 2023-11-14T22:13:20.123', true],
		['alert.tags intersects (b, c)', true],
		['alert.tags intersects (c)', false],
		['alert.output contains "user=root"', true],
		['alert.incomplete = false', true],
		['alert.field[proc.name] = cat', true],
		['alert.field[fd.port] = 22', true],
		['alert.field[proc.tty] exists', false],
		['alert.field[no.such] exists', false],
		['evt.type = openat', true],
		['host.id = host-1 and host.name = web1', true],
		['container.id exists', false],
		['proc.pid = 42', true],
		['not (host.name = web1 or host.name = web2)', false],
	];
	for (const [expression, expected] of cases)
		test(expression, () => {
			assert.equal(whenProblem(expression), null);
			assert.equal(compileWhen(expression)(alert), expected);
		});

	test('every field stands in a case above', () => {
		const used = cases.map(([expression]) => expression).join(' ');
		for (const { name } of alertCatalogue.all()) assert.ok(used.includes(name), name);
	});

	test('a wrong one is told with its line in the file and its place in the expression', () => {
		const read = (when: string) =>
			readConfig({
				file: 'lanner.yaml',
				text: `outputs:\n  - name: a\n    kind: stdout\n    when: ${JSON.stringify(when)}\n`,
				env: {},
				readFile: () => '',
				check: checkExpressions,
			});
		assert.equal(read('host.name = a').outputs[0]?.when, 'host.name = a');
		const problems = ['host.nme = a', 'host.name = ', 'alert.severity = high', 'alert.field = a'].map(
			(when) => {
				try {
					read(when);
				} catch (error) {
					assert.ok(error instanceof ConfigError);
					return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`).join();
				}
				return 'none';
			},
		);
		for (const problem of problems) assert.match(problem, /^4:11 .*at byte \d+/);
		assert.match(problems[0]!, /host\.nme.*fields: alert\.id/);
	});
});
