/**
 * Goal: loading rules files stays quick as they grow: 10,000 rules, a megabyte of list, a hundred thousand checks. Non-goal:
 * compiling them (rules.bench.test.ts). Prints milliseconds; with `LANNER_BENCH=smoke` a tenth of the size. Fails when
 * 10,000 rules take more than 5 seconds of processor time.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFieldCatalogue as catalogue } from '#rules/fields/index.ts';
import { loadRules } from '#rules/load/index.ts';

const scale = process.env.LANNER_BENCH === 'smoke' ? 0.1 : 1;
const cpuMsMax = 5000;

function measure(what: string, content: string): number {
	const before = process.cpuUsage();
	const begin = performance.now();
	const result = loadRules([{ name: 'bench.yaml', content }], { catalogue });
	const wallMs = performance.now() - begin;
	const { user, system } = process.cpuUsage(before);
	assert.deepEqual(result.diagnostics, []);
	const cpuMs = (user + system) / 1000;
	console.log(
		`${what}: ${content.length} characters, ${wallMs.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of processor`,
	);
	return cpuMs;
}

function rule(name: string, condition: string): string {
	return `- rule: ${name}\n  desc: what ${name} is about\n  condition: ${condition}\n  output: "%proc.name wrote %fd.name (user=%user.name cmdline=%proc.cmdline)"\n  priority: WARNING\n  tags: [host, ${name}]\n`;
}

test('ten thousand rules load in under five seconds', () => {
	const count = 10_000 * scale;
	const shared =
		"- macro: open_write\n  condition: (evt.type in (open, openat, openat2) and evt.is_open_write=true and fd.typechar='f' and fd.num>=0)\n- list: shells\n  items: [bash, sh, zsh]\n";
	const rules = Array.from({ length: count }, (_, i) =>
		rule(`r${i}`, `open_write and fd.name startswith /etc/dir${i} and not proc.name in (shells, prog${i})`),
	);
	assert.ok(measure(`${count} rules`, shared + rules.join('')) < cpuMsMax);
});

test('a list of a megabyte', () => {
	const items = Array.from({ length: 80_000 * scale }, (_, i) => `item_${i}_of_many`);
	measure(
		'one list',
		`- list: l\n  items: [${items.join(', ')}]\n${rule('r', 'evt.type = open and proc.name in (l)')}`,
	);
});

test('a hundred thousand checks in one condition', () => {
	measure('one condition', rule('r', `evt.type = open${' and proc.name != x'.repeat(100_000 * scale)}`));
});
