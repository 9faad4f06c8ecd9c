import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFilter } from '#cli/roles/console.ts';
import { scan } from '#console/alerts/scan.ts';
import { BadRequestError, selectionOf } from '#console/alerts/selection.ts';
import { AlertWindow } from '#console/alerts/window.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { alertOf } from '#test/support/sink.ts';

function selects(query: Record<string, string>, given: Partial<Alert> = {}): boolean {
	return selectionOf(new URLSearchParams(query), compileFilter)(alertOf(given));
}

test('text is looked for in what a person sees, without regard to case', () => {
	const outputFields = [
		{ name: 'proc.cmdline', value: { string: 'nc -e "Sh"' } },
		{ name: 'proc.aname', value: { array: [{ string: 'sshd' }, null] } },
		{ name: 'fd.num', value: null },
	];
	for (const text of ['SHADOW', 'web1', '"sh"', 'sshd', '0123456789ABCDEF'])
		assert.ok(selects({ text }, { outputFields }), text);
	for (const text of ['null', 'proc.cmdline', 'bash']) assert.ok(!selects({ text }, { outputFields }), text);
});

test('priority is a least one; rule, host and tag are exact; all must hold', () => {
	assert.ok(selects({ priority: 'warning' }));
	assert.ok(selects({ priority: 'Notice' }));
	assert.ok(!selects({ priority: 'Error' }));
	assert.ok(selects({ rule: 'Shadow read', host: 'web1', tag: 'b' }));
	assert.ok(selects({ host: 'host-1' }));
	assert.ok(!selects({ rule: 'Shadow' }));
	assert.ok(!selects({ rule: 'Shadow read', tag: 'c' }));
	assert.ok(selects({ text: '', priority: '', rule: '', filter: '' }));
});

test('a condition in the language of rules selects as the `when` of an output does', () => {
	assert.ok(selects({ filter: 'alert.severity <= 4 and host.name = web1 and alert.tags intersects (a)' }));
	assert.ok(!selects({ filter: 'alert.rule startswith "Kernel"' }));
});

test('what cannot be understood is refused with what to do', () => {
	const problem = (query: Record<string, string>): string => {
		try {
			selects(query);
		} catch (error) {
			assert.ok(error instanceof BadRequestError);
			return error.message;
		}
		return assert.fail('it was accepted');
	};
	assert.match(problem({ priority: 'urgent' }), /none of Emergency, .* Debug$/);
	assert.match(problem({ filter: 'alert.severity <=' }), /^filter: .* at byte \d+/);
	assert.match(problem({ filter: 'proc.name = cat' }), /^filter: .*fields: alert\.id, /);
	assert.match(problem({ text: 'x'.repeat(1_001) }), /^text has 1001 characters; at most 1000/);
});

test('a scan goes backwards, ends at its limit, says whether there is more, and lets others work', async () => {
	const window = new AlertWindow({ alertsMax: 10_000, bytesMax: 1 << 30 });
	for (let i = 0; i < 2_000; i++)
		window.add({ alert: alertOf({ id: String(i), pid: i }), json: '{}', appendedMs: i });
	const slow = ({ pid }: Alert): boolean => {
		for (const end = performance.now() + 0.02; performance.now() < end; );
		return pid % 2 === 0;
	};
	let turns = 0;
	const timer = setInterval(() => turns++, 1);
	const found = await scan(window, { satisfies: slow, limit: 3, before: 1_001, sinceMs: 0 });
	assert.deepEqual([found.entries.map(({ number }) => number), found.more], [[1000, 998, 996], true]);
	const late = await scan(window, { satisfies: slow, limit: 1_000, before: 5_000, sinceMs: 1_990 });
	assert.deepEqual([late.entries.length, late.more], [5, false]);
	const all = await scan(window, { satisfies: slow, limit: 1_000, before: 5_000, sinceMs: 0 });
	clearInterval(timer);
	assert.deepEqual([all.entries.length, all.more], [1_000, false]);
	assert.ok(turns > 0, 'timers ran meanwhile');
});
