/** The systemd units: well-formed, alike where they must be, and no more exposed than their README says. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const folder = join(import.meta.dirname, '../../../deploy/systemd');
const names = readdirSync(folder).filter((name) => name.endsWith('.service'));
const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const skip = analyze ? false : 'systemd-analyze is missing (Debian package systemd)';

function linesOf(name: string): string[] {
	return readFileSync(join(folder, name), 'utf8').split('\n');
}

test('there is a unit for each role of a host, and one for all in one', () => {
	assert.deepEqual(names.sort(), [
		'lanner-console.service',
		'lanner-evaluator.service',
		'lanner-probe.service',
		'lanner-sink.service',
		'lanner.service',
	]);
});

test('systemd finds no fault in the units', { skip }, (t) => {
	const copies = mkdtempSync(join(tmpdir(), 'lanner-units-'));
	t.after(() => rmSync(copies, { recursive: true }));
	// The program is installed later: any that exists stands for it.
	for (const name of names)
		writeFileSync(
			join(copies, name),
			readFileSync(join(folder, name), 'utf8').replaceAll(
				/\/usr\/lib\/lanner\/(?:node|probe\/build\/launch)/g,
				process.execPath,
			),
		);
	const { status, stderr } = spawnSync(
		'systemd-analyze',
		['verify', '--man=no', ...names.map((name) => join(copies, name))],
		{ encoding: 'utf8' },
	);
	const ours = stderr.split('\n').filter((line) => line.includes('lanner'));
	assert.deepEqual([status, ours], [0, []]);
});

test('no unit is more exposed than the README says', { skip }, () => {
	const readme = readFileSync(join(folder, 'README.md'), 'utf8');
	for (const name of names) {
		const said = new RegExp(`\\| \`${name}\` \\| ([0-9.]+) \\|`).exec(readme)?.[1];
		assert.ok(said !== undefined, `README.md gives no score for ${name}`);
		const shown = execFileSync(
			'systemd-analyze',
			['security', '--offline=true', '--no-pager', join(folder, name)],
			{
				encoding: 'utf8',
			},
		);
		const score = /exposure level for \S+ ([0-9.]+)/.exec(shown)?.[1];
		assert.equal(score, said, name);
	}
});

test('a unit of a fleet refuses to work by itself, and has no folder that its role does not write to', () => {
	const given = names.map((name) => {
		const lines = linesOf(name);
		const folders = lines.filter((line) => /^(?:State|Logs)Directory=/.test(line));
		return [
			name,
			lines.some((line) => line.includes(' --fleet ')),
			folders.map((line) => line.split('=')[0]),
		];
	});
	assert.deepEqual(given, [
		['lanner-console.service', true, []],
		['lanner-evaluator.service', true, []],
		['lanner-probe.service', true, ['StateDirectory']],
		['lanner-sink.service', true, ['StateDirectory', 'LogsDirectory']],
		['lanner.service', false, ['StateDirectory', 'LogsDirectory']],
	]);
});

test('only units with a probe have capabilities, and these two only', () => {
	const given = names.map((name) => [
		name,
		linesOf(name).filter((line) => /^(?:CapabilityBoundingSet|AmbientCapabilities)=/.test(line)),
	]);
	const two = ['CapabilityBoundingSet=CAP_BPF CAP_PERFMON', 'AmbientCapabilities=CAP_BPF CAP_PERFMON'];
	assert.deepEqual(Object.fromEntries(given), {
		'lanner.service': two,
		'lanner-probe.service': two,
		'lanner-evaluator.service': ['CapabilityBoundingSet='],
		'lanner-sink.service': ['CapabilityBoundingSet='],
		'lanner-console.service': ['CapabilityBoundingSet='],
	});
});
