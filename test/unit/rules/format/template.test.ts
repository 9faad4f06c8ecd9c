import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Plan } from '#rules/compile/ir.ts';
import { parseTemplate, TemplateError } from '#rules/format/template.ts';
import { encodeUtf8, Text } from '#schemas/text.ts';
import { type GivenValues, givenFields } from '#test/support/given-fields.ts';

const catalogue = givenFields({
	'proc.name': { type: 'CHARBUF' },
	'proc.pname': { type: 'CHARBUF' },
	'proc.aname': { type: 'CHARBUF', anyOf: true, argument: 'optional' },
	'proc.args': { type: 'CHARBUF', isList: true },
	'evt.num': { type: 'UINT64' },
	'evt.flags': { type: 'INT32', print: 'HEX' },
	'evt.ns': { type: 'UINT32', print: '10_PADDED_DEC' },
	'evt.buffer': { type: 'BYTEBUF' },
	'fd.sip': { type: 'IPADDR' },
});
const parse = (source: string) => parseTemplate<GivenValues>(encodeUtf8(source), catalogue, new Plan());

function text(source: string, values: GivenValues): string {
	const template = parse(source);
	return template.text(template.capture(values)).value;
}

test('the longest field is taken and the rest is text', () => {
	const values = { 'proc.name': new Text('sh'), 'proc.aname[2]': new Text('init') };
	assert.equal(
		text('*a %proc.name. %proc.named %proc.name[2] %proc.aname[2]!', values),
		'a sh. shd sh[2] init!',
	);
});

test('a width cuts or pads, in characters', () => {
	const name = new Text(encodeUtf8('éab'));
	assert.equal(text('*%2proc.name|%5proc.name|%6proc.pname|', { 'proc.name': name }), 'éa|éab  |<NA>  |');
});

test('bytes that are no UTF-8 are repaired, control characters are left to the sink', () => {
	assert.equal(text('*%proc.name', { 'proc.name': new Text('a\xff\n\x1b[1m') }), 'a\ufffd\n\x1b[1m');
	assert.equal(text('*%evt.buffer', { 'evt.buffer': new Text('a\xff\n') }), 'a..');
});

test('numbers are printed by the format of their field', () => {
	const values = { 'evt.num': 18446744073709551615n, 'evt.flags': -1, 'evt.ns': 42 };
	assert.equal(text('*%evt.num %evt.flags %evt.ns', values), '18446744073709551615 FFFFFFFF 000000042');
	const template = parse('*%evt.num %evt.flags %evt.ns');
	const { value } = template.json(template.capture(values));
	assert.deepEqual(
		[...value],
		[
			['evt.num', 18446744073709551615n],
			['evt.flags', 'FFFFFFFF'],
			['evt.ns', '000000042'],
		],
	);
});

test('lists are in parentheses and arrays, several ancestors in one line', () => {
	const values = {
		'proc.args': [new Text('-a'), new Text('b c')],
		'proc.aname': [new Text('sh'), new Text('init')],
	};
	assert.equal(text('*%proc.args %proc.aname', values), '(-a,b c) sh init');
	const template = parse('*%proc.args %proc.aname');
	const { value } = template.json(template.capture(values));
	assert.deepEqual(Object.fromEntries(value), { 'proc.args': ['-a', 'b c'], 'proc.aname': 'sh init' });
});

test('without the star the text ends at the first missing value and is incomplete', () => {
	const template = parse('a %proc.name b %proc.pname c');
	const captured = template.capture({ 'proc.name': new Text('sh') });
	assert.deepEqual(template.text(captured), { value: 'a sh b ', complete: false });
});

test('a transformer prints its result and contributes the field inside it', () => {
	const template = parse('*%toupper(proc.name)');
	const captured = template.capture({ 'proc.name': new Text('sh') });
	assert.equal(template.text(captured).value, 'SH');
	assert.deepEqual([...template.json(captured).value], [['proc.name', 'sh']]);
});

test('addresses are in the usual notation', () => {
	assert.equal(text('*%fd.sip', { 'fd.sip': new Text('\x7f\0\0\x01') }), '127.0.0.1');
});

test('a percent sign that begins no field is refused with its place', () => {
	for (const source of ['*100% sure', '*%%', '*%', '*%5', '*%nope.x', '', '*']) {
		assert.throws(() => parse(source), TemplateError, source);
	}
	assert.throws(
		() => parse('*abc %nope'),
		(error) => error instanceof TemplateError && error.offset === 5,
	);
});
