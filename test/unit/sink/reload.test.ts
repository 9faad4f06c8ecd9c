/** Outputs that are added, changed and removed while the sink runs: no alert is lost, none is sent twice, each place in the log stays. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { type OutputConfig, readConfig } from '#platform/config/index.ts';
import { Metrics } from '#platform/metrics.ts';
import { Sink } from '#sink/sink.ts';
import { appendAlerts, collectingLogger, type LogFixture, logFixture, until } from '#test/support/sink.ts';

describe('outputs while the sink runs', { timeout: 30_000 }, () => {
	let fixture: LogFixture;
	beforeEach(async () => {
		fixture = await logFixture();
	});
	afterEach(() => fixture.cleanUp());

	/** `a: template: "x"` → an output `a` that writes to the file `a`. */
	const outputs = (...given: readonly string[]): readonly OutputConfig[] =>
		readConfig({
			file: 'lanner.yaml',
			text: `outputs:\n${given
				.map((one) => {
					const [name, more = ''] = one.split('|');
					return `  - { name: ${name}, kind: file, path: ${join(fixture.folder, name ?? '')}${more} }\n`;
				})
				.join('')}`,
			env: {},
			readFile: () => '',
		}).outputs;
	const idsIn = (name: string): string[] => {
		try {
			return readFileSync(join(fixture.folder, name), 'utf8')
				.split('\n')
				.slice(0, -1)
				.map((line) => (line.startsWith('{') ? (JSON.parse(line) as { id: string }).id : line));
		} catch {
			// Not written yet.
			return [];
		}
	};
	const start = (...given: readonly string[]) => {
		const end = new AbortController();
		const metrics = new Metrics();
		const sink = new Sink({
			...{ log: fixture.log, outputs: outputs(...given), logger: collectingLogger().logger, metrics },
			...{ random: Math.random, now: Date.now, env: {}, datagramProgram: '', stdout: process.stdout },
		});
		const running = sink.run(end.signal);
		return {
			...{ sink, metrics },
			async end() {
				end.abort();
				await running;
			},
		};
	};
	const append = (...ids: string[]): Promise<void> => appendAlerts(fixture.log, ...ids.map((id) => ({ id })));

	test('added, changed, removed and back again: each output has every alert of its time once', async () => {
		const { sink, end } = start('a', 'b');
		await append('1', '2');
		await until(() => idsIn('a').length === 2 && idsIn('b').length === 2);
		assert.deepEqual(await sink.apply(outputs('a', 'b|, format: text, template: "%alert.id!"', 'c')), {
			...{ added: ['c'], removed: [], changed: ['b'] },
		});
		await append('3');
		await until(() => [idsIn('a').length, idsIn('b').length, idsIn('c').length].join() === '3,3,3');
		const { removed } = await sink.apply(outputs('a', 'b|, enabled: false'));
		assert.deepEqual([...removed].sort(), ['b', 'c']);
		await append('4');
		await until(() => idsIn('a').length === 4);
		assert.deepEqual(sink.names, ['a']);
		await sink.apply(outputs('a', 'b', 'c'));
		await until(() => idsIn('b').length === 4 && idsIn('c').length === 4);
		await end();
		assert.deepEqual(['a', 'b', 'c'].map(idsIn), [
			['1', '2', '3', '4'],
			['1', '2', '3!', '4'],
			['1', '2', '3', '4'],
		]);
	});

	test('a change during a stream of alerts loses and repeats none; an output that is the same is not touched', async () => {
		const { sink, metrics, end } = start('a', 'same');
		const ids = Array.from({ length: 2_000 }, (_, i) => `${i}`);
		const changing = (async () => {
			for (let i = 0; i < 10; i++) {
				await sink.apply(outputs(`a|, attemptsMax: ${i + 1}`, 'same'));
				assert.equal(metrics.get('lanner_sink_partitions', { output: 'same' }), 1);
			}
		})();
		for (const id of ids) await append(id);
		await changing;
		await end();
		assert.deepEqual(idsIn('a'), ids);
		assert.deepEqual(idsIn('same'), ids);
	});

	test('an output whose call does not end is left after a while, and its successor goes on at its place', async () => {
		const { sink, end } = start('a');
		await append('1');
		await until(() => idsIn('a').length === 1);
		const program = join(fixture.folder, 'deaf');
		const stuck = `[{ name: a, kind: program, program: /bin/sleep, args: ["60"], writeTimeoutMs: 60000 }]`;
		const { outputs: deaf } = readConfig({
			file: program,
			text: `outputs: ${stuck}`,
			env: {},
			readFile: () => '',
		});
		await sink.apply(deaf);
		await appendAlerts(fixture.log, { id: '2', output: 'x'.repeat(1_000_000) });
		await until(() => sink.names.includes('a'));
		await new Promise((resolve) => setTimeout(resolve, 500));
		const from = performance.now();
		await sink.apply(outputs('a'));
		assert.ok(performance.now() - from < 12_000);
		await until(() => idsIn('a').length === 2);
		await end();
		assert.deepEqual(idsIn('a'), ['1', '2']);
	});
});
