/** What the section `rules` of lanner.yaml does to the rules of a role, at its start and when the files change. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { rulesConfigured } from '#cli/roles/rules/configured.ts';
import { loadRulesInForce, type RulesInForce } from '#cli/roles/rules/in-force.ts';
import { LiveRules } from '#cli/roles/rules/reload.ts';
import { Replay } from '#evaluator/replay.ts';
import { ConfigError, type RulesConfig, readConfig } from '#platform/config/index.ts';
import { Metrics } from '#platform/metrics.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { batch, fileOpened } from '#test/support/events.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-rules-configured-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'r.yaml');
const io = { stderr: { write: () => {} }, root: folder, env: {} };

function rule(name: string, priority: string, tags: string, enabled = true): string {
	return `- {rule: ${name}, desc: d, condition: evt.type=openat, output: "opened %fd.name", priority: ${priority}, tags: [${tags}], enabled: ${enabled}}\n`;
}
writeFileSync(
	file,
	rule('Shell one', 'WARNING', 'shell') +
		rule('Shell two', 'INFO', 'shell, noisy') +
		rule('Other', 'ERROR', 'noisy') +
		rule('Off', 'ERROR', 'extra', false),
);

function configOf(yaml: string): RulesConfig {
	return readConfig({ file: '/etc/l.yaml', text: `rules: {${yaml}}\n`, env: {}, readFile: () => '' }).rules;
}

function load(yaml: string): RulesInForce {
	return loadRulesInForce(rulesConfigured(configOf(yaml), [file]), io);
}

function names({ ruleSet }: RulesInForce): string[] {
	return ruleSet.rules.map(({ name }) => name);
}

function alerts({ ruleSet }: RulesInForce): string[] {
	const found: Alert[] = [];
	new Replay(ruleSet).evaluate(batch([fileOpened({ path: '/x', name: '/x', result: 3 } as never)]), found);
	return found.map(({ rule: name, output }) => `${name}: ${output}`);
}

test('the first rule alerts, or with matching: all every one that matches, in order of definition', () => {
	assert.deepEqual(alerts(load('')), ['Shell one: opened /x']);
	assert.deepEqual(
		alerts(load('matching: all')).map((one) => one.split(':')[0]),
		['Shell one', 'Shell two', 'Other'],
	);
});

test('rules are selected by name and tag, the later entry counts', () => {
	assert.deepEqual(names(load('')), ['Shell one', 'Shell two', 'Other']);
	assert.deepEqual(names(load('select: [disable rule Shell*]')), ['Other']);
	assert.deepEqual(names(load('select: [disable rule *, enable tag noisy]')), ['Shell two', 'Other']);
	assert.deepEqual(names(load('select: [enable tag extra, disable tag shell]')), ['Other', 'Off']);
});

test('rules less severe than the minimum are off, whatever is selected', () => {
	assert.deepEqual(names(load('minimumPriority: Error')), ['Other']);
	assert.deepEqual(names(load('minimumPriority: Warning, select: [enable rule *]')), [
		'Shell one',
		'Other',
		'Off',
	]);
});

test('text and fields are added to the output of every rule', () => {
	assert.deepEqual(alerts(load('appendOutput: "type=%evt.type"')), ['Shell one: opened /x type=openat']);
	assert.throws(() => load('appendOutput: "%no.such"'), /the rules cannot be used/);
});

test('container and pod are added where asked for, before other additions', () => {
	const [alert] = alerts(load('suggestedOutput: true, appendOutput: end'));
	assert.equal(
		alert,
		'Shell one: opened /x container_id=host container_name=host container_image_repository= container_image_tag= k8s_pod_name=<NA> k8s_ns_name=<NA> end',
	);
});

test('a selection that is not written as one is refused with its place', () => {
	for (const wrong of ['disable', 'disable Shell', 'Disable rule x', 'disable rule '])
		assert.throws(
			() => configOf(`select: [enable rule x, "${wrong}"]`),
			(error) => error instanceof ConfigError && /rules\.select\.1|rules\.select\[1\]/.test(error.message),
			wrong,
		);
});

test('files on the command line take the place of the configured ones', () => {
	const config = configOf('files: [/a.yaml]');
	assert.deepEqual(rulesConfigured(config, []).paths, ['/a.yaml']);
	assert.deepEqual(rulesConfigured(config, [file]).paths, [file]);
});

test('a reload keeps what is configured', async () => {
	const options = rulesConfigured(configOf('matching: all, select: [disable tag noisy]'), [file]);
	const logger = { info: () => {}, warn: () => {}, error: () => {} };
	const initial = loadRulesInForce(options, io);
	const live = new LiveRules(initial, {
		...options,
		root: folder,
		logger,
		metrics: new Metrics(),
		now: () => 0,
	});
	assert.equal(await live.reload({ force: true }), 'loaded');
	assert.notEqual(live.current, initial);
	assert.deepEqual(alerts(live.current), ['Shell one: opened /x']);
	writeFileSync(
		file,
		rule('Shell one', 'WARNING', 'a') + rule('Two', 'INFO', 'b') + rule('Three', 'INFO', 'noisy'),
	);
	assert.equal(await live.reload(), 'loaded');
	assert.deepEqual(alerts(live.current), ['Shell one: opened /x', 'Two: opened /x']);
});
