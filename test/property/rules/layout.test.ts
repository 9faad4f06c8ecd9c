/** `rules format`: for any file, the result says the same, is stable, and keeps every comment. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { eventFieldCatalogue as catalogue } from '#rules/fields/index.ts';
import { formatRules } from '#rules/layout/index.ts';
import { loadRules } from '#rules/load/index.ts';

const root = join(import.meta.dirname, '../../..');

/** What the rules of a file are, without where they stand. */
function meaningOf(content: string): unknown {
	const { ok, rules, macros, lists, diagnostics } = loadRules([{ name: 'f', content }], { catalogue });
	return {
		ok,
		rules: rules.map(({ line: _, printCondition, condition: _tree, eventTypes, ...rest }) => ({
			...rest,
			exceptions: rest.exceptions.map(({ origin: _origin, ...exception }) => exception),
			condition: printCondition(),
			eventTypes: eventTypes.names(),
		})),
		macros: macros.map(({ name, used }) => [name, used]),
		lists,
		problems: diagnostics.map(({ code, message }) => `${code} ${message}`).sort(),
	};
}

function commentsOf(text: string): string[] {
	return [...text.matchAll(/#c\d+#/g)].map(([comment]) => comment).sort();
}

let comments = 0;
const comment = fc.constant(null).map(() => `#c${comments++}#`);
const gap = fc.oneof(
	{ weight: 6, arbitrary: fc.constant('') },
	fc.constant('\n'),
	comment.map((text) => `INDENT${text}\n`),
	comment.map((text) => `\n\nINDENT${text}\n`),
);
const value = (short: string, block: string): fc.Arbitrary<string> =>
	fc.oneof(
		fc.constant(` ${short}`),
		fc.constant(`    ${short}  `),
		fc.constant(` "${short}" # trailing`),
		fc.constant(` >\nINDENT  ${block}\nINDENT    ${block}\n\nINDENT  ${block}`),
		fc.constant(` |-\nINDENT      ${block}\nINDENT      # text, not a comment`),
		fc.constant(` ${short}\nINDENT  ${block}`),
	);

const keys = fc
	.record({
		desc: value('what it is', 'more words'),
		condition: fc.oneof(
			fc.constant(' evt.type=open'),
			fc.constant(' >\nINDENT  evt.type = open\nINDENT    and fd.name = "/x y"'),
			fc.constant('   evt.type = open\nINDENT    and not proc.name in (l)'),
		),
		output: value('said %fd.name', 'and %proc.name'),
		priority: fc.constantFrom(' INFO', '  warning  ', ' "Error"'),
		tags: fc.constantFrom(' [a,b ,c]', ' [a, "b c"]', '\nINDENT  - x\nINDENT  - y', '\nINDENT- z'),
		exceptions: fc.constant(
			'\nINDENT  - name: e\nINDENT    fields: [proc.name]\nINDENT    #c999999#\nINDENT    values: [[a]]',
		),
	})
	.chain((all) => fc.shuffledSubarray(Object.entries(all), { minLength: 4 }));

const ruleItem = fc
	.record({
		name: fc.nat(99),
		keys,
		gaps: fc.array(gap, { minLength: 8, maxLength: 8 }),
		first: fc.boolean(),
	})
	.map(({ name, keys: entries, gaps, first }) => {
		const lines = entries.map(([key, text]) => `${key}:${text}\n`);
		const all = first ? [`rule: r${name}\n`, ...lines] : [...lines, `rule:   r${name}\n`];
		return all.map((line, i) => (i === 0 ? line : `${gaps[i]}INDENT${line}`)).join('');
	});
const listItem = fc.constantFrom(
	'list: l\nINDENTitems: [a,b]\n',
	'list: l\nINDENTitems:\nINDENT  - a\nINDENT  - b\n',
);
const file = fc
	.record({
		items: fc.array(fc.oneof({ weight: 4, arbitrary: ruleItem }, listItem), { minLength: 1, maxLength: 5 }),
		gaps: fc.array(gap, { minLength: 6, maxLength: 6 }),
		margin: fc.constantFrom(0, 1, 2),
		dash: fc.constantFrom(1, 2, 3),
	})
	.map(({ items, gaps, margin, dash }) => {
		const start = ' '.repeat(margin);
		return items
			.map((item, i) => `${gaps[i]?.replaceAll('INDENT', start)}${start}-${' '.repeat(dash)}${item}`)
			.join('')
			.replaceAll('INDENT', ' '.repeat(margin + 1 + dash));
	});

test('a formatted file says the same, keeps every comment, and is formatted', () => {
	fc.assert(
		fc.property(file, (text) => {
			const formatted = formatRules(text);
			assert.deepEqual(meaningOf(formatted), meaningOf(text));
			assert.deepEqual(commentsOf(formatted), commentsOf(text));
			assert.equal(formatRules(formatted), formatted);
			assert.doesNotMatch(formatted, /\n\n\n- |^ +- (?:rule|list):/m);
		}),
		{ numRuns: 400, includeErrorInReport: true },
	);
});

test('our rules files are formatted', () => {
	const folder = join(root, 'deploy/rules');
	for (const name of readdirSync(folder).filter((one) => one.endsWith('.yaml'))) {
		const text = readFileSync(join(folder, name), 'utf8');
		assert.equal(formatRules(text), text, `run: ./lanner rules format --write deploy/rules/${name}`);
	}
});

const official = join(root, '../shared/peer/falco-rules');

test('the official rules files mean the same after formatting', {
	skip: existsSync(official) ? false : 'the official rules are not beside the repository',
}, () => {
	for (const name of readdirSync(official).filter((one) => one.endsWith('.yaml'))) {
		const text = readFileSync(join(official, name), 'utf8');
		const formatted = formatRules(text);
		assert.deepEqual(meaningOf(formatted), meaningOf(text));
		assert.equal(formatRules(formatted), formatted);
	}
});

test('an item with a key given twice is left as it is: the first one counts', () => {
	const item =
		'- rule: r\n  priority: INFO\n  enabled: false\n  output: o\n  enabled: true\n  condition: evt.type=open\n  desc: d\n';
	assert.equal(formatRules(`${item}\n\n${item}`), `${item}\n${item}`);
});

test('items without keys, without lines of their own, and other documents are left as they are', () => {
	for (const text of ['', '- {}\n', '- ~\n', '---\n- rule: r\n---\n- rule: s\n', 'rule: r\n', '# nothing\n'])
		assert.equal(formatRules(text), text);
});

test('stray carriage returns do not keep a file from settling', () => {
	const formatted = formatRules(
		'\n# a comment\r# b\r\n- rule: r\r\n  desc: d  \r\n# c\r \n- rule: s\n  desc: e\n',
	);
	assert.equal(formatRules(formatted), formatted);
});

test('one byte order mark is left out, more are refused: each reading would take one', () => {
	assert.equal(formatRules('\ufeff- rule: r\n'), '- rule: r\n');
	assert.throws(() => formatRules('\ufeff\ufeff- rule: r\n'), /byte order mark/);
});
