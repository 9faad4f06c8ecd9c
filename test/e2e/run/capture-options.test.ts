/** What lanner.yaml says of capture reaches it: the arguments of the process that runs. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { capturesOf, LannerProcess } from '#test/support/lanner-process.ts';

const rules = join(import.meta.dirname, 'rules.yaml');

/** `--name value` of the running capture. */
function optionsOf(pid: number): ReadonlyMap<string, string> {
	const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
	return new Map(words.flatMap((word, i) => (word.startsWith('--') ? [[word, words[i + 1] ?? '']] : [])));
}

async function optionsWith(probe: string): Promise<ReadonlyMap<string, string>> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-options-'));
	const config = join(folder, 'lanner.yaml');
	writeFileSync(config, `probe: ${probe}\n`);
	const lanner = new LannerProcess([
		...['run', '--rules', rules, '--config', config, '--data', join(folder, 'data')],
	]);
	try {
		await lanner.ready();
		return optionsOf(capturesOf(lanner.child.pid!)[0]!);
	} finally {
		await lanner.stop('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	}
}

test('names are compared by kprobes and containers are not limited, when nothing is said', async () => {
	const options = await optionsWith('{}');
	assert.equal(options.get('--compare-names'), 'kprobes');
	assert.equal(options.get('--rate-events'), '0');
});

test('probe.compareNames and probe.containerEventsPerS reach capture', async () => {
	const options = await optionsWith('{ compareNames: off, containerEventsPerS: 5000 }');
	assert.equal(options.get('--compare-names'), 'off');
	assert.equal(options.get('--rate-events'), '5000');
});
