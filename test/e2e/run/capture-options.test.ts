/** What lanner.yaml and the rules in force say of capture reaches it. */
import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs';
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

test('what is read and written is copied while a rule names it, without a restart or a gap', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-data-'));
	const [file, rulesFile] = [join(folder, 'secret'), join(folder, 'rules.yaml')];
	const write = (condition: string): void => {
		const rule = { rule: 'Secret read', desc: 'd', condition, output: '%evt.args', priority: 'INFO' };
		writeFileSync(rulesFile, JSON.stringify([rule]));
	};
	writeFileSync(file, 'the first secret');
	write(`evt.type = pread and fd.name = ${file} and evt.rawres = 3`);
	const lanner = new LannerProcess(['run', '--rules', rulesFile, '--json', '--data', join(folder, 'data')]);
	try {
		await lanner.ready();
		const captures = capturesOf(lanner.child.pid!);
		assert.ok(!optionsOf(captures[0]!).has('--data'));
		const fd = openSync(file, 'r');
		readSync(fd, Buffer.alloc(3), 0, 3, 0);
		await lanner.line('stdout', (line) => line.includes('data=NULL'));
		write(`evt.type = pread and fd.name = ${file} and evt.buffer contains secret`);
		await lanner.line('stderr', (line) => line.includes('write is reported'));
		await lanner.line('stderr', (line) => line.includes('changed rules are in force'));
		readSync(fd, Buffer.alloc(9), 0, 9, 0);
		readSync(fd, Buffer.alloc(9), 0, 9, 7);
		closeSync(fd);
		await lanner.line('stdout', (line) => line.includes('data=st secret'));
		assert.equal(lanner.stdout.length, 2, 'one alert each, and none of Lanner itself');
		assert.deepEqual(capturesOf(lanner.child.pid!), captures);
	} finally {
		await lanner.stop('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	}
});
