/** The JSON Schema for editors, asked by an independent validator (ajv); and the schema check that Falco reports. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { eventFieldCatalogue as catalogue } from '#rules/fields/index.ts';
import { editorSchema, loadRules, reportAsFalco } from '#rules/load/index.ts';

const root = join(import.meta.dirname, '../../../..');
const validate = new Ajv({ allErrors: false, allowUnionTypes: true }).compile(editorSchema());

function accepts(yaml: string): boolean {
	return validate(parse(yaml, { uniqueKeys: false, logLevel: 'silent' }));
}

function filesOf(folder: string): string[] {
	return readdirSync(folder)
		.filter((name) => name.endsWith('.yaml'))
		.map((name) => join(folder, name));
}

const rule = '- rule: r\n  desc: d\n  condition: evt.type = open\n  output: o\n  priority: INFO\n';

test('the file for editors is what the code makes', () => {
	const file = readFileSync(join(root, 'deploy/rules/rules.schema.json'), 'utf8');
	assert.deepEqual(
		JSON.parse(file),
		JSON.parse(JSON.stringify(editorSchema())),
		'run: ./lanner rules schema > deploy/rules/rules.schema.json; npm run format',
	);
});

test('our rules files are valid', () => {
	for (const file of filesOf(join(root, 'deploy/rules')))
		assert.ok(accepts(readFileSync(file, 'utf8')), `${file}: ${JSON.stringify(validate.errors)}`);
});

const official = join(root, '../shared/peer/falco-rules');

test('the official rules files are valid', {
	skip: existsSync(official) ? false : 'the official rules are not beside the repository',
}, () => {
	for (const file of filesOf(official))
		assert.ok(accepts(readFileSync(file, 'utf8')), `${file}: ${JSON.stringify(validate.errors)}`);
});

test('everything that a rule can be is valid', () => {
	for (const yaml of [
		'',
		rule,
		`${rule}  enabled: no\n  tags: [T1, 2]\n  warn_evttypes: False\n  exceptions: [{name: e, fields: [a], values: [[b]]}]\n`,
		rule.replace('INFO', 'Informational'),
		rule.replace('INFO', 'warning'),
		'- rule: r\n  enabled: false\n',
		'- rule: r\n  condition: and x = 1\n  append: true\n',
		'- rule: r\n  tags: [a]\n  override: {tags: append}\n',
		'- macro: m\n  condition: evt.type = open\n',
		'- list: l\n  items: [80, true, ssh]\n',
		'- list: l\n  items: [x]\n  override: {items: replace}\n',
		'- required_engine_version: 0.50.0\n- required_engine_version: 26\n',
		'- required_plugin_versions: [{name: json, version: 0.7.0, alternatives: [{name: j, version: 1.0.0}]}]\n',
	])
		assert.ok(accepts(yaml), `${yaml}: ${JSON.stringify(validate.errors)}`);
});

test('typical mistakes are not', () => {
	for (const yaml of [
		'rule: r\n',
		'- foo: bar\n',
		rule.replace('desc', 'description'),
		rule.replace('  output: o\n', ''),
		rule.replace('INFO', 'HIGH'),
		rule.replace('condition: evt.type = open', 'condition: [evt.type = open]'),
		`${rule}  tags: T1\n`,
		`${rule}  enabled: maybe\n`,
		`${rule}  exceptions: {name: e}\n`,
		`${rule}  exceptions: [{fields: [a]}]\n`,
		'- rule: r\n',
		'- rule: r\n  tags: [a]\n  override: {tags: add}\n',
		'- rule: r\n  source: syscall\n  override: {source: append}\n',
		'- macro: m\n  condition: x\n  output: o\n',
		'- macro: m\n',
		'- list: l\n  item: [a]\n',
		'- list: l\n  items: a\n',
		'- required_plugin_versions: [{name: json}]\n',
	])
		assert.ok(!accepts(yaml), yaml);
});

test('rules check --json says what the schema says, and never fails for it', () => {
	const report = (content: string) => {
		const result = loadRules([{ name: 'f', content }], { catalogue });
		return { ok: result.ok, ...reportAsFalco(result).falco_load_results[0]! };
	};
	const good = report(rule);
	assert.deepEqual([good.schema_valid, good.schema_warnings, good.successful], [true, [], true]);
	const lower = report(rule.replace('INFO', 'info'));
	assert.deepEqual(
		[lower.schema_valid, lower.schema_warnings, lower.successful],
		[false, ['failed for <root>[0][priority]: Failed to match against any enum values.'], true],
	);
	const empty = report('');
	assert.deepEqual([empty.schema_valid, empty.schema_warnings], [false, []]);
});
