/** A field without a value makes every comparison false, whatever the type and the operator, and `not` of it true. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from '#rules/compile/compile.ts';
import type { FieldType } from '#rules/field.ts';
import { parseCondition } from '#rules/parse/index.ts';
import { givenFields } from '#test/support/given-fields.ts';

const text = [
	...['= a', '== a', '!= a', '< 5', '<= 5', '> 5', '>= 5', 'exists', 'in (a)', 'in ()', 'intersects (a)'],
	...[
		'contains a',
		'icontains a',
		'startswith ""',
		'endswith a',
		'glob *',
		'iglob *',
		'regex ".*"',
		'pmatch (/)',
	],
	...['= anyof (a)', '!= allof (a)', 'startswith oneof (a)', 'glob anyof ("*")'],
	...['= val(f.b)', '!= val(f.b)', 'in val(f.b)', 'contains val(f.b)', '!= tolower(f.b)'],
];
const operators: Readonly<Partial<Record<FieldType, readonly string[]>>> = {
	CHARBUF: text,
	FSPATH: ['= a', '!= a', 'pmatch (/)', 'exists', 'glob *'],
	BYTEBUF: [
		'= a',
		'!= a',
		'contains a',
		'startswith a',
		'bcontains 00',
		'bstartswith 00',
		'in (a)',
		'exists',
	],
	UINT32: ['= 1', '!= 1', '< 1', '>= 0', 'in (1)', 'in ()', 'exists', '= val(f.b)', '!= val(f.b)'],
	PORT: ['= 80', '!= http', '> 1', 'exists'],
	DOUBLE: ['= 1', '!= 1', '< 5', 'exists'],
	BOOL: ['= true', '!= true', 'in (true)', 'exists'],
	IPADDR: ['= 1.2.3.4', '!= 1.2.3.4', 'in (1.2.3.4)', 'exists', '!= val(f.b)'],
	IPNET: ['= 1.0.0.0/8', '!= 1.0.0.0/8', 'exists'],
};
const transformed = [
	...['tolower(f.a) = a', 'tolower(f.a) != a', 'toupper(tolower(f.a)) exists', 'b64(f.a) != x'],
	...[
		'len(f.a) >= 0',
		'len(f.a) in ()',
		'basename(f.a) != x',
		'concat(f.a, "x") != y',
		'join(",", (f.a, "x")) != y',
	],
];

function answer(condition: string, type: FieldType): boolean {
	const catalogue = givenFields({ 'f.a': { type }, 'f.b': { type } });
	return compile(parseCondition(condition), catalogue).test({ 'f.a': null, 'f.b': null });
}

for (const [type, own] of Object.entries(operators) as [FieldType, readonly string[]][])
	test(`a missing value of type ${type} satisfies no operator`, () => {
		for (const one of own) {
			assert.equal(answer(`f.a ${one}`, type), false, one);
			assert.equal(answer(`not f.a ${one}`, type), true, `not ${one}`);
		}
	});

test('a transformer of a missing value is missing', () => {
	for (const one of transformed) assert.equal(answer(one, 'CHARBUF'), false, one);
});
