/** What the probe is asked to report of environments: what rules read, and nothing else. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadRulesInForce } from '#cli/roles/rules/in-force.ts';

const root = join(import.meta.dirname, '../../../..');

function environmentOf(...rules: readonly { condition: string; output?: string }[]): readonly string[] {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-environment-'));
	try {
		const file = join(folder, 'rules.yaml');
		const written = rules.map(({ condition, output = 'o' }, i) => ({
			rule: `r${i}`,
			desc: 'd',
			condition: `evt.type = execve and ${condition}`,
			output,
			priority: 'INFO',
		}));
		writeFileSync(file, JSON.stringify(written));
		const io = { stderr: { write: () => {} }, root, env: {} };
		return loadRulesInForce({ paths: [file] }, io).environment;
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
