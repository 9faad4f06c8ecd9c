import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeSource, fileBytesMax, parseSource, SourceError, type SourceNode } from '#rules/load/source.ts';
import { finish } from '#rules/steps.ts';

function plain(node: SourceNode | undefined): unknown {
	switch (node?.kind) {
		case 'scalar':
			return node.text;
		case 'sequence':
			return node.items.map(plain);
		case 'mapping':
			return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
		default:
			return null;
	}
}

function read(text: string): unknown {
	return plain(finish(parseSource(decodeSource(text)))[0]);
}

test('scalars are the text as written', () => {
	assert.deepEqual(read('[1, 2.50, 0x10, true, no, "q", ~, null, "null"]'), [
		'1',
		'2.50',
		'0x10',
		'true',
		'no',
		'q',
		null,
		null,
		'null',
	]);
});

test('the first of duplicate keys wins and << is an ordinary key', () => {
	assert.deepEqual(read('a: 1\na: 2\n'), { a: '1' });
	assert.deepEqual(read('- &x {k: v}\n- <<: *x\n'), [{ k: 'v' }, { '<<': { k: 'v' } }]);
});

test('a byte order mark and CRLF are accepted, tabs for indentation are not', () => {
	assert.deepEqual(read('\ufeff- a: x\r\n  b: y\r\n'), [{ a: 'x', b: 'y' }]);
	assert.throws(() => read('a:\n\tb: 1\n'), SourceError);
});

test('an alias stands for the anchor last set before it', () => {
	assert.deepEqual(read('- &a x\n- *a\n- &a y\n- *a\n'), ['x', 'x', 'y', 'y']);
	assert.throws(() => read('- *a\n'), /no anchor/);
	assert.throws(() => read('- &a [*a]\n'), /inside its own anchor/);
});

test('a bomb of aliases stays as small as it is written', () => {
	const lines = Array.from(
		{ length: 60 },
		(_, i) => `- &b${i} [${i === 0 ? 'x, x' : `*b${i - 1}, *b${i - 1}`}]`,
	);
	assert.equal(finish(parseSource(lines.join('\n')))[0]?.kind, 'sequence');
	const many = `- &a x\n${'- *a\n'.repeat(50_000)}`;
	const [document] = finish(parseSource(many));
	assert.ok(document?.kind === 'sequence' && document.items.length === 50_001);
});

test('deep nesting is refused before it is built', () => {
	for (const text of [
		'['.repeat(1_000_000),
		'- '.repeat(100_000),
		'{a: '.repeat(100_000),
		'? '.repeat(100_000),
	]) {
		assert.throws(() => finish(parseSource(text)), /nested deeper/);
	}
	const stairs = Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
	assert.throws(() => finish(parseSource(stairs)), /nested deeper/);
	assert.doesNotThrow(() => finish(parseSource(`- output: "${'['.repeat(1000)}"`)));
});

test('what is no text is refused', () => {
	assert.throws(() => decodeSource(Uint8Array.of(0xff, 0xfe, 0x41)), /UTF-8/);
	assert.throws(() => decodeSource('a\x00b'), /control character 0x00/);
	assert.throws(() => decodeSource('x'.repeat(fileBytesMax + 1)), /at most/);
});

test('a file long enough to be parsed in pieces gives the same items and places', () => {
	const item = (i: number): string =>
		`- rule: r${i}\n  desc: |\n    text ${i}\n\n    - not an item\n  tags: [a, "b\n    c"]\n`;
	const text = `# comment\n\n${Array.from({ length: 4000 }, (_, i) => item(i)).join('')}`;
	const [document] = finish(parseSource(text));
	assert.ok(document?.kind === 'sequence');
	assert.equal(document.items.length, 4000);
	for (const [i, node] of document.items.entries()) {
		assert.deepEqual(plain(node), {
			rule: `r${i}`,
			desc: `text ${i}\n\n- not an item\n`,
			tags: ['a', 'b c'],
		});
		assert.ok(text.startsWith(`rule: r${i}\n`, node.start));
	}
});

test('an anchor used in another piece, and an error late in a long file, are found', () => {
	const filler = '- filler: some text that makes the file long\n'.repeat(4000);
	const [document] = finish(parseSource(`- list: &far [a]\n${filler}- list: *far\n`));
	assert.ok(document?.kind === 'sequence');
	assert.deepEqual(plain(document.items.at(-1)), { list: ['a'] });
	assert.throws(
		() => finish(parseSource(`${filler}- "a": b: c\n`)),
		(error) => error instanceof SourceError && error.offset >= filler.length,
	);
});

for (const text of ['- a: "x y', "- a: 'x y", '- a: "x y\n', '- a: "x\n    y'])
	test(`a quoted text that the end of the file closes keeps all of it: ${JSON.stringify(text)}`, () => {
		const [document] = finish(parseSource(text));
		assert.ok(document?.kind === 'sequence');
		assert.deepEqual(plain(document.items[0]!), { a: 'x y' });
	});
