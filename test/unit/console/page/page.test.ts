/** What becomes of an alert in the page: exact, whole, and never markup. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { alertToJson } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { pageFolder } from '#test/support/console.ts';
import { ElementDouble, installDocument, pageModule } from '#test/support/page.ts';
import { alertOf, hostileText } from '#test/support/sink.ts';

installDocument();

const markup = '<img src=x onerror=alert(1)><script>alert(1)</script>"\'><a href="javascript:alert(1)">';
const hostile = `${markup}${hostileText}`;

const asRead = (alert: Alert, parse: (text: string) => object) => {
	const text = alertToJson(alert);
	return { text, ...parse(text) };
};

test('hostile text stays text: in the detail no element, attribute or link comes of it', async () => {
	const { parse } = await pageModule('json.mjs');
	const { showDetail } = await pageModule('detail.mjs');
	const names = ['proc.name', 'proc.cmdline', 'proc.pname', 'proc.aname[2]', markup];
	const show = (given: Partial<Alert>): ElementDouble => {
		const panel = new ElementDouble('article');
		showDetail(panel, asRead(alertOf(given), parse), { onClose() {}, onFilter() {} });
		return panel;
	};
	const fields = (value: string) => names.map((name) => ({ name, value: { string: value } }));
	const given = (value: string): Partial<Alert> => ({
		...{ id: value, rule: value, priority: value, hostName: value, hostId: value, containerId: value },
		...{ output: value, tags: [value, 'T1059.004'], eventType: value, amends: { string: value } },
		outputFields: fields(value),
	});
	const [harmless, attacked] = [show(given('x')), show(given(hostile))];
	const shape = (panel: ElementDouble): string[] => panel.all().map(({ name }) => name);
	assert.deepEqual(shape(attacked), shape(harmless), 'the same elements, whatever the text is');
	assert.ok(attacked.textContent.includes('<img src=x onerror=alert(1)>'));
	const links = attacked
		.all()
		.flatMap(({ attributes }) => attributes.get('href') ?? attributes.get('src') ?? []);
	assert.equal(links.length, 2);
	for (const link of links) assert.match(link, /^(?:https:\/\/attack\.mitre\.org\/|#\/alerts\?open=%)/);
	for (const { attributes } of attacked.all())
		for (const name of attributes.keys())
			assert.match(name, /^(?:class|title|type|href|target|rel|datetime|tabindex|(?:aria|data)-[a-z]+)$/);
	// Escapes are shown; what they stand for would move or hide text.
	assert.doesNotMatch(attacked.textContent.replaceAll('\n', ''), /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
});

test('in the views of hosts and rules hostile names are text as well', async (t) => {
	const { showHosts } = await pageModule('hosts-view.mjs');
	const { showRules } = await pageModule('rules-view.mjs');
	const answers = (value: string): Readonly<Record<string, object>> => ({
		'/api/hosts': {
			...{ source: 'store', problem: value },
			hosts: [
				{
					...{ id: value, name: value, state: 'silent', heard: '2026-01-31T12:00:00Z', incomplete: true },
					...{ incompleteReason: value, lost: { [value]: 3 }, tampered: 1, sharedWith: value, alerts: 2 },
				},
			],
		},
		'/api/rules': {
			rules: [{ rule: value, priority: value, tags: [value], alerts: 2, hosts: 1, lastTime: value }],
		},
	});
	const about = { alerts: 2, oldest: '2026-01-31T12:00:00Z' };
	const show = async (view: (section: ElementDouble, given: object) => Promise<void>, value: string) => {
		t.mock.method(
			globalThis,
			'fetch',
			async (path: string) => new Response(JSON.stringify(answers(value)[path])),
		);
		const section = new ElementDouble('section');
		await view(section, about);
		return section;
	};
	for (const view of [showHosts, showRules]) {
		const [harmless, attacked] = [await show(view, 'x'), await show(view, hostile)];
		assert.deepEqual(
			attacked.all().map(({ name }) => name),
			harmless.all().map(({ name }) => name),
		);
		assert.ok(attacked.textContent.includes('<script>alert(1)</script>'));
		for (const { attributes } of attacked.all())
			assert.match(attributes.get('href') ?? '#/', /^#\/(?:alerts\?[a-z]+=|$)/);
	}
});

test('the page has no way to make markup of text, and no script or style of its own in HTML', () => {
	const forbidden =
		/innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|srcdoc|setHTML|\beval\(|new Function|javascript:|\.style\b/;
	for (const name of readdirSync(pageFolder)) {
		const text = readFileSync(join(pageFolder, name), 'utf8');
		assert.doesNotMatch(text, forbidden, name);
		if (!name.endsWith('.html')) continue;
		assert.doesNotMatch(text, /\son[a-z]+=|\sstyle=|<style|<script(?![^>]*\ssrc="\/page\/)/i, name);
		for (const [, address = ''] of text.matchAll(/(?:src|href|action)="([^"]*)"/g))
			assert.match(address, /^(?:\/|#)/, `${name} loads ${address}, which needs a network`);
	}
});

test('elements refuse listeners, styles and links that lead elsewhere', async () => {
	const { element } = await pageModule('dom.mjs');
	assert.throws(() => element('p', { onclick: 'x' }), /no attribute of ours/);
	assert.throws(() => element('p', { style: 'x' }), /no attribute of ours/);
	for (const href of [
		'javascript:alert(1)',
		'https://evil.example.com/',
		'data:text/html,x',
		'//evil.example.com/',
	])
		assert.throws(() => element('a', { href }), /leads elsewhere/, href);
	assert.equal(
		element('a', { href: '#/hosts', hidden: true, title: null }, 'x').attributes.get('hidden'),
		'',
	);
});

test('numbers beyond 2^53 are neither rounded in what is shown nor in the JSON', async () => {
	const { parse, indent, split } = await pageModule('json.mjs');
	const long = 1_795_779_000_123_456_789n;
	const alert = alertOf({
		output: 'a "quoted": 12345678901234567890 {[,]} \\',
		outputFields: [
			{ name: 'evt.rawtime', value: { long } },
			{ name: 'fd.num', value: { long: 3 } },
			{ name: 'x', value: { double: 1.5e30 } },
		],
	});
	const text = alertToJson(alert);
	const read = parse(text);
	assert.equal(read.output_fields['evt.rawtime'], '1795779000123456789');
	assert.deepEqual([read.output_fields['fd.num'], read.output_fields.x], [3, 1.5e30]);
	assert.ok(read.output.endsWith('a "quoted": 12345678901234567890 {[,]} \\'));
	const laid = indent(text);
	assert.match(laid, /^ {4}"evt\.rawtime": 1795779000123456789,$/m);
	assert.equal(
		laid.replace(/^ +/gm, '').replaceAll('\n', '').replaceAll('": ', '":'),
		text.replaceAll('": ', '":'),
	);
	assert.equal(indent('{"a":[],"b":{}}'), '{\n  "a": [],\n  "b": {}\n}');
	assert.deepEqual(split(`"alerts":[${text},\n${text}]}`), [text, text]);
});

test('tags of ATT&CK lead to where they are described', async () => {
	const { mitreLink } = await pageModule('mitre.mjs');
	assert.equal(mitreLink('T1059'), 'https://attack.mitre.org/techniques/T1059/');
	assert.equal(mitreLink('T1562.001'), 'https://attack.mitre.org/techniques/T1562/001/');
	assert.equal(mitreLink('mitre_credential_access'), 'https://attack.mitre.org/tactics/TA0006/');
	for (const tag of ['network', 'T1', 'T1059/../x', 'mitre_constructor', 'mitre_', 'xT1059'])
		assert.equal(mitreLink(tag), null, tag);
});

test('the ancestors of a process are told from the fields, oldest first', async () => {
	const { ancestry } = await pageModule('ancestry.mjs');
	const fields = {
		'proc.name': 'cat',
		'proc.cmdline': 'cat /etc/shadow',
		'proc.pid': 7,
		'proc.pname': 'bash',
		'proc.aname[2]': 'sshd',
		'proc.aname.3': 'systemd',
		'proc.acmdline[1]': 'bash -i',
		'proc.apid[2]': null,
		'fd.name': '/etc/shadow',
	};
	assert.deepEqual(ancestry(fields), [
		{ generation: 3, name: 'systemd' },
		{ generation: 2, name: 'sshd' },
		{ generation: 1, name: 'bash', command: 'bash -i' },
		{ generation: 0, name: 'cat', command: 'cat /etc/shadow', pid: '7' },
	]);
	assert.deepEqual(ancestry({ 'fd.name': 'x' }), []);
});

test('times are told for people', async () => {
	const { ago, shortTime, visible } = await pageModule('text.mjs');
	const now = new Date(2026, 0, 31, 12, 0, 0);
	assert.match(shortTime(new Date(2026, 0, 31, 8, 5, 9).toISOString(), now), /^08.05.09$/);
	assert.match(shortTime(new Date(2026, 0, 30, 8, 5, 9).toISOString(), now), /30/);
	assert.equal(shortTime('<b>', now), '<b>');
	const at = (seconds: number) => ago(new Date(now.getTime() - seconds * 1000).toISOString(), now.getTime());
	assert.deepEqual(
		[at(5), at(600), at(7200), at(259_200), at(-60)],
		['5 s ago', '10 min ago', '2 h ago', '3 days ago', 'in the future'],
	);
	assert.equal(visible('a\u202egnp\n\u0007'), 'a\\u202egnp\\n\\u0007');
});
