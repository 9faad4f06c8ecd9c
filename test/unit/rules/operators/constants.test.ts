import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConstantError } from '#rules/operators/constant-error.ts';
import { inNetwork, parseIpConstant, parseNetConstant } from '#rules/operators/net.ts';
import { parseNumber } from '#rules/operators/numbers.ts';
import { compilePathPrefixes } from '#rules/operators/path-prefix.ts';
import { compileRegex, isSimpleRegex } from '#rules/operators/regex.ts';
import { hexBytes } from '#rules/operators/text-tests.ts';
import { encodeUtf8 } from '#schemas/text.ts';

test('numbers are decimal integers and wrap to the width of the field', () => {
	assert.equal(parseNumber('4294967301', 'INT32'), 5);
	assert.equal(parseNumber('-1', 'UINT8'), 255);
	assert.equal(parseNumber('-1', 'UINT64'), 18446744073709551615n);
	assert.equal(parseNumber(' +05', 'INT64'), 5);
	for (const text of ['0x5', '5.0', '1e1', '5 ', '', 'x'])
		assert.throws(() => parseNumber(text, 'INT64'), ConstantError);
});

test('ports may be names of services', () => {
	assert.equal(parseNumber('https', 'PORT'), 443);
	assert.throws(() => parseNumber('HTTPS', 'PORT'), ConstantError);
	assert.throws(() => parseNumber('4294967301', 'PORT'), ConstantError);
});

test('networks hold the addresses of their family only', () => {
	const net = parseNetConstant('10.1.0.0/12');
	assert.ok(inNetwork(parseIpConstant('10.15.255.255'), net));
	assert.ok(!inNetwork(parseIpConstant('10.16.0.0'), net));
	assert.ok(!inNetwork(parseIpConstant('::1'), parseNetConstant('0.0.0.0/0')));
	assert.ok(inNetwork(parseIpConstant('fe80::1'), parseNetConstant('fe80::/10')));
	assert.ok(!inNetwork(parseIpConstant('fec0::1'), parseNetConstant('fe80::/10')));
});

test('malformed addresses and networks are refused', () => {
	for (const text of ['10.0.0', '10.0.0.256', '010.0.0.1', ':::', '::g', '1:2:3:4:5:6:7:8:9', ' ::1']) {
		assert.throws(() => parseIpConstant(text), ConstantError, text);
	}
	for (const text of [
		'10.0.0.1',
		'10.0.0.0/33',
		'10.0.0.0/',
		'10.0.0.0/-1',
		'::/0',
		'::1/129',
		'10.0.0.0/8/8',
	]) {
		assert.throws(() => parseNetConstant(text), ConstantError, text);
	}
});

test('path patterns match whole components from the start, slashes do not matter', () => {
	const below = compilePathPrefixes(['/etc', '/home/*/.ssh', 'usr/lib/']);
	for (const path of ['/etc', '/etc/passwd', 'etc', '//etc///x', '/home/u/.ssh/id', '/usr/lib'])
		assert.ok(below(path), path);
	for (const path of ['/etcx', '/home/.ssh/id', '/usr', '', '/home/u/x/.ssh']) assert.ok(!below(path), path);
	assert.ok(compilePathPrefixes(['/'])(''));
});

test('a regex matches the whole string, in characters, and has POSIX syntax only', () => {
	assert.ok(compileRegex(encodeUtf8('.é'))(encodeUtf8('éé')));
	assert.ok(!compileRegex('a')('ab'));
	assert.ok(compileRegex('a**')('aaa'));
	assert.ok(compileRegex('(ab|a)+*c')('ababc'));
	assert.ok(compileRegex('a{2}{2}')('aaaa'));
	assert.ok(compileRegex('a\\.b')('a.b'));
	assert.ok(compileRegex('a\n^b')('a\nb'));
	for (const pattern of ['\\d', '\\w+', '\\bx', '(?i)x', '(?:x)', '*a', '(', '[z-a]', '\\1']) {
		assert.throws(() => compileRegex(pattern), ConstantError, pattern);
	}
});

test('a regex made to backtrack stays fast', () => {
	const matches = compileRegex('(a|aa)+$');
	const start = performance.now();
	assert.ok(!matches(`${'a'.repeat(2000)}b`));
	assert.ok(performance.now() - start < 2000);
});

test('a regex that = or contains could replace is told', () => {
	assert.ok(isSimpleRegex('.*bash.*'));
	assert.ok(!isSimpleRegex('ba.sh'));
});

test('byte sequences are hex digits of either case, an even number', () => {
	assert.equal(hexBytes('CAfe'), '\xca\xfe');
	assert.throws(() => hexBytes('abc'), ConstantError);
	assert.throws(() => hexBytes('zz'), ConstantError);
});
