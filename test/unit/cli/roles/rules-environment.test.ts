/** What the probe is asked to report of environments and of data that is read and written: what rules read, and nothing else. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadRulesInForce, type RulesInForce } from '#cli/roles/rules/in-force.ts';

const root = join(import.meta.dirname, '../../../..');

type Written = { readonly condition: string; readonly output?: string; readonly enabled?: boolean };

function environmentOf(...rules: readonly Written[]): readonly string[] {
	return inForce(...rules).environment;
}

function inForce(...rules: readonly Written[]): RulesInForce {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-environment-'));
	try {
		const file = join(folder, 'rules.yaml');
		const written = rules.map(({ condition, output = 'o', enabled = true }, i) => ({
			rule: `r${i}`,
			desc: 'd',
			condition: `evt.type in (execve, read) and ${condition}`,
			output,
			priority: 'INFO',
			enabled,
		}));
		writeFileSync(file, JSON.stringify(written));
		const io = { stderr: { write: () => {} }, root, env: {} };
		return loadRulesInForce({ paths: [file] }, io);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

test('variables that conditions and outputs name are asked for, each once', () => {
	const rules = [
		{ condition: 'proc.env[LD_PRELOAD] != "" and proc.aenv[HOME] = x', output: '%proc.env[PATH]' },
		{ condition: 'proc.name = x or proc.env[PATH] = y' },
	];
	assert.deepEqual(environmentOf(...rules), ['HOME', 'LD_PRELOAD', 'PATH']);
});

test('no variable is asked for when no rule reads one', () => {
	assert.deepEqual(environmentOf({ condition: 'proc.name = x' }), []);
});

for (const condition of [
	'proc.env icontains HTTP_PROXY',
	'toupper(proc.env) contains HTTP_PROXY',
	'proc.aenv contains x',
	'proc.aenv[2] contains x',
	'evt.arg.env contains x',
]) {
	test(`the whole environment is asked for by: ${condition}`, () => {
		assert.deepEqual(environmentOf({ condition: 'proc.env[PATH] = y' }, { condition }), ['*']);
	});
}

test('the whole environment is asked for by an output', () => {
	assert.deepEqual(environmentOf({ condition: 'proc.name = x', output: '%proc.env' }), ['*']);
});

for (const [what, rule] of [
	['a condition', { condition: 'evt.buffer contains x' }],
	['a parameter', { condition: 'evt.arg.data contains x' }],
	['a parameter as it is', { condition: 'evt.rawarg.data bcontains 00' }],
	['a transformer', { condition: 'len(evt.buffer) > 3' }],
	['an output', { condition: 'proc.name = x', output: '%evt.buffer' }],
] as const) {
	test(`what is read and written is asked for by ${what}`, () => {
		assert.equal(inForce({ condition: 'proc.name = y' }, rule).data, true);
	});
}

test('what is read and written is not asked for by its length, nor by rules that are off', () => {
	assert.equal(inForce({ condition: 'evt.buflen > 3', output: '%evt.type %evt.arg.size' }).data, false);
	assert.equal(inForce({ condition: 'evt.buffer contains x', enabled: false }).data, false);
});
