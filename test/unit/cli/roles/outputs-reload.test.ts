/** lanner.yaml while a role runs: what is taken over, what is refused, and what is said of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { LiveOutputs } from '#cli/roles/outputs/reload.ts';
import { configSources } from '#cli/roles/settings.ts';
import { type OutputConfig, readConfig } from '#platform/config/index.ts';
import { Metrics } from '#platform/metrics.ts';
import { collectingLogger, type LogLine, until } from '#test/support/sink.ts';

describe('outputs of a file that changes', { timeout: 30_000 }, () => {
	let folder: string;
	let file: string;
	const end = new AbortController();
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'lanner-outputs-reload-'));
		file = join(folder, 'lanner.yaml');
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	const write = (text: string): void => writeFileSync(file, text);
	const hook = (url: string): string => `outputs:\n  - { name: hook, kind: webhook, url: "${url}" }\n`;

	function live(applyFails = false): {
		outputs: LiveOutputs;
		applied: (readonly OutputConfig[])[];
		metrics: Metrics;
		lines: LogLine[];
	} {
		const metrics = new Metrics();
		const { logger, lines } = collectingLogger();
		const applied: (readonly OutputConfig[])[] = [];
		const outputs = new LiveOutputs(
			{
				...{ config: readConfig(configSources(file, { env: {} })), configFile: file, json: false },
				apply: async (wanted) => {
					if (applyFails) throw new Error('cannot be made');
					applied.push(wanted);
					return { added: [], removed: [], changed: [] };
				},
				...{ logger, metrics, quietMs: 20, pollMs: 200 },
			},
			{ env: {} },
		);
		return { outputs, applied, metrics, lines };
	}
	const urlsOf = (outputs: readonly OutputConfig[] | undefined): string[] =>
		(outputs ?? []).flatMap((output) => (output.kind === 'webhook' ? [output.url] : []));

	test('a changed output is applied; the same contents are not', async () => {
		write(hook('http://a/'));
		const { outputs, applied, metrics } = live();
		assert.equal(await outputs.reload(), 'unchanged');
		write(hook('http://b/'));
		assert.equal(await outputs.reload(), 'loaded');
		assert.equal(await outputs.reload(), 'unchanged');
		assert.deepEqual(applied.map(urlsOf), [['http://b/']]);
		assert.equal(metrics.get('lanner_outputs_in_force'), 2);
	});

	test('a broken file leaves the old ones in force, loudly, with each line, until it is mended', async () => {
		write(hook('http://a/'));
		const { outputs, applied, metrics, lines } = live();
		write(
			'outputs:\n  - { name: hook, kind: webhok, url: "http://b/" }\n  - { name: x, kind: file, pth: y }\n',
		);
		assert.equal(await outputs.reload(), 'refused');
		const { level, fields } = lines.at(-1) as LogLine & { fields: { problems: string[] } };
		assert.equal(level, 'error');
		assert.match(fields.problems.join('\n'), /^2:\d+: .*webhok.*did you mean "webhook"/);
		assert.match(fields.problems.join('\n'), /3:\d+: .*pth/);
		assert.equal(metrics.get('lanner_outputs_last_reload_successful'), 0);
		rmSync(file);
		assert.equal(await outputs.reload(), 'refused');
		write(hook('http://a/'));
		assert.equal(await outputs.reload(), 'unchanged');
		assert.equal(metrics.get('lanner_outputs_last_reload_successful'), 1);
		assert.deepEqual(applied, []);
		assert.equal(metrics.get('lanner_outputs_reloads_total', { result: 'refused' }), 2);
	});

	test('a wrong expression is refused as well; so are outputs that cannot be made', async () => {
		write(hook('http://a/'));
		const { outputs } = live();
		write('outputs:\n  - { name: a, kind: stdout, when: "no.field = 1" }\n');
		assert.equal(await outputs.reload(), 'refused');
		write(hook('http://a/'));
		const failing = live(true);
		write(hook('http://b/'));
		assert.equal(await failing.outputs.reload(), 'refused');
	});

	test('what else was changed is named, once, and waits for the next start', async () => {
		write(hook('http://a/'));
		const { outputs, lines } = live();
		write(`${hook('http://a/')}logging: { level: debug }\n`);
		assert.equal(await outputs.reload(), 'unchanged');
		assert.equal(await outputs.reload(), 'unchanged');
		assert.deepEqual(
			lines.map(({ level, fields }) => [level, (fields as { sections?: string[] }).sections]),
			[['warn', ['logging']]],
		);
	});

	test('the file and the secrets it brings in are watched, also when they are replaced', async () => {
		writeFileSync(join(folder, 'url'), 'http://a/');
		// biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax.
		write(hook('${file:url}'));
		const { outputs, applied } = live();
		outputs.watch(end.signal);
		writeFileSync(join(folder, 'new'), 'http://b/');
		renameSync(join(folder, 'new'), join(folder, 'url'));
		await until(() => applied.length === 1);
		write(hook('http://c/'));
		await until(() => applied.length === 2);
		end.abort();
		assert.deepEqual(applied.map(urlsOf), [['http://b/'], ['http://c/']]);
	});
});
