import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eventFieldCatalogue as catalogue } from '#rules/fields/index.ts';
import { loadRules } from '#rules/load/index.ts';

const sample = `- required_engine_version: 0.50.0
- required_plugin_versions: [{name: a, version: 1.0.0, alternatives: [{name: b, version: 1.0.0}]}]
- list: l
  items: [a, "b c", &x d]
- list: l
  items: [*x]
  override: {items: append}
- macro: m
  condition: evt.type in (open, openat) and proc.name in (l)
- rule: r
  desc: >
    text
    more
  condition: m and not fd.name startswith anyof (/etc, "/x y") and val_like = 1
  output: "%proc.name %tolower(fd.name) %proc.aname[2]"
  priority: WARNING
  tags: [t, 2]
  exceptions:
    - {name: e, fields: [proc.name, fd.name], comps: [in, =], values: [[[a, b], c]]}
- rule: r
  enabled: false
- rule: r
  condition: and fd.num = 1
  exceptions: [{name: e, values: [[d, e]]}]
  append: true
`;

const snippets = [
	'\n',
	'- ',
	'  ',
	': ',
	'[',
	']',
	'{',
	'}',
	'"',
	"'",
	'&x ',
	'*x',
	'#',
	'|',
	'>',
	'%',
	'~',
	'!!str ',
	'---\n',
	'\t',
	'\u00e9',
	'(',
	')',
	'and ',
	'override: ',
	'append: true\n',
	'rule: r\n',
	'0',
];

/** A rules file with parts cut out, doubled or put in. */
const mutated = fc
	.array(
		fc.record({
			at: fc.nat(sample.length),
			remove: fc.nat(12),
			insert: fc.oneof(fc.constantFrom(...snippets), fc.string({ maxLength: 4 })),
		}),
		{ minLength: 1, maxLength: 6 },
	)
	.map((edits) =>
		edits.reduce(
			(text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
			sample,
		),
	);

test('loading ends on any text with a result, and every problem has a place in the file', () => {
	const content = fc.oneof({ weight: 4, arbitrary: mutated }, fc.string(), fc.uint8Array({ maxLength: 60 }));
	fc.assert(
		fc.property(fc.array(content, { minLength: 1, maxLength: 2 }), (contents) => {
			const files = contents.map((text, i) => ({ name: `${i}`, content: text }));
			const result = loadRules(files, { catalogue });
			const errors = result.diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
			assert.equal(result.ok, errors.length === 0 && result.pluginProblems.length === 0);
			for (const { file, line, column, message } of result.diagnostics) {
				assert.ok(files.some((candidate) => candidate.name === file));
				assert.ok(line >= 1 && column >= 1 && message !== '');
			}
			for (const rule of result.rules) assert.equal(typeof rule.printCondition(), 'string');
		}),
		{ numRuns: Number(process.env.LANNER_FUZZ_RUNS ?? 1000) },
	);
});

test('loading the same files again gives the same result', () => {
	fc.assert(
		fc.property(mutated, (content) => {
			const load = () => {
				const { rules, diagnostics } = loadRules([{ name: 'f', content }], { catalogue });
				return { diagnostics, rules: rules.map((rule) => [rule.name, rule.printCondition(), rule.output]) };
			};
			assert.deepEqual(load(), load());
		}),
		{ numRuns: 100 },
	);
});
