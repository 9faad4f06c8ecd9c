/** Syslog messages: grammar, limits and hostile fields, for every header and form. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SyslogFormat } from '#sink/outputs/syslog/format.ts';
import { framed } from '#sink/outputs/syslog/framing.ts';
import { recentFrames } from '#sink/outputs/syslog/recent.ts';
import { rfc3164Message } from '#sink/outputs/syslog/rfc3164.ts';
import { rfc5424Message } from '#sink/outputs/syslog/rfc5424.ts';
import { queueOf } from '#sink/outputs/syslog/send-queue.ts';
import { alertOf } from '#test/support/sink.ts';

const format: SyslogFormat = {
	header: 'rfc5424',
	message: 'text',
	facility: 'local3',
	appName: 'lanner',
	hostName: null,
	msgId: 'alert',
	enterpriseNumber: 32_473,
	bom: false,
	bytesMax: 8_192,
};

/** The whole grammar of what we send (RFC 5424 §6), with parameters as groups. */
const grammar =
	/^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) \[lanner@32473 id="((?:[^"\\\]]|\\["\\\]])*)" rule="((?:[^"\\\]]|\\["\\\]])*)" priority="((?:[^"\\\]]|\\["\\\]])*)" host="((?:[^"\\\]]|\\["\\\]])*)" tags="((?:[^"\\\]]|\\["\\\]])*)"\] (.*)$/s;
const unprintable = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

function decoded(message: Buffer): string {
	return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(message);
}

const hostile = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 400 }),
	fc.string({
		unit: fc.constantFrom(
			']',
			'"',
			'\\',
			'=',
			'|',
			'\n',
			'\u2028',
			'\x1b',
			'\x85',
			'\u202e',
			'é',
			'%',
			'{{',
			'🦅',
		),
		maxLength: 1_500,
	}),
	fc.integer({ min: 0, max: 30_000 }).map((count) => '✓'.repeat(count)),
);

test('whatever the fields hold, every message keeps its grammar and its limit, in whole characters without controls', () => {
	fc.assert(
		fc.property(
			fc.record({
				output: hostile,
				rule: hostile,
				hostId: hostile,
				hostName: hostile,
				tags: fc.array(hostile, { maxLength: 3 }),
			}),
			fc.constantFrom(480, 1_452, 8_192),
			fc.constantFrom('text', 'json', 'cef'),
			(fields, bytesMax, form) => {
				const alert = alertOf(fields);
				const modern = decoded(rfc5424Message(alert, { ...format, message: form, bytesMax }));
				assert.match(modern, grammar);
				for (const header of ['rfc3164', 'local'] as const) {
					const old = decoded(rfc3164Message(alert, { ...format, header, message: form, bytesMax }));
					assert.match(old, /^<156>Nov 14 22:13:20 /);
					assert.ok(Buffer.byteLength(old) <= bytesMax, `${header} ${form}: ${Buffer.byteLength(old)}`);
					assert.doesNotMatch(old, unprintable);
				}
				assert.ok(Buffer.byteLength(modern) <= bytesMax, `${form}: ${Buffer.byteLength(modern)}`);
				assert.doesNotMatch(modern, unprintable);
			},
		),
		{ numRuns: 400 },
	);
});

test('a message fits however little room its head leaves, down to the last byte', () => {
	const alert = alertOf({ output: '\x1b=|\\'.repeat(40) });
	const head = decoded(rfc3164Message(alert, { ...format, header: 'rfc3164', message: 'cef' })).replace(
		/msg=.*/s,
		'msg=',
	);
	for (let over = 0; over < 12; over++) {
		const bytesMax = Buffer.byteLength(head) + over;
		const cut = decoded(rfc3164Message(alert, { ...format, header: 'rfc3164', message: 'cef', bytesMax }));
		assert.ok(
			Buffer.byteLength(cut) <= bytesMax,
			`${over} bytes for the text: ${Buffer.byteLength(cut)} of ${bytesMax}`,
		);
		assert.ok(cut.startsWith(head), cut);
	}
});

test('structured data carries id, rule, host and tags exactly, delimiters escaped', () => {
	const alert = alertOf({ rule: 'a]"\\b', hostId: 'h=1|2', tags: ['x', 'y]'] });
	const parts = grammar.exec(decoded(rfc5424Message(alert, format)));
	const plain = parts?.slice(7, 12).map((value) => value.replace(/\\(["\\\]])/g, '$1'));
	assert.deepEqual(plain, [alert.id, 'a]"\\b', 'Warning', 'h=1|2', 'x,y]']);
	// local3 is 19, Warning is 4.
	assert.equal(parts?.[1], '156');
});

test('what was cut ends in an ellipsis; JSON that was cut is still JSON and says so', () => {
	const alert = alertOf({ output: 'é'.repeat(600_000) });
	assert.ok(decoded(rfc5424Message(alert, format)).endsWith('é…'));
	const json = decoded(rfc5424Message(alert, { ...format, message: 'json' })).replace(/^[^{]*/, '');
	const read = JSON.parse(json) as { truncated: boolean; id: string; output: string };
	assert.deepEqual([read.truncated, read.id, read.output.endsWith('…')], [true, alert.id, true]);
});

test('CEF escapes its header and its extension', () => {
	const alert = alertOf({
		rule: 'a|b\\c',
		ruleDigest: 'd1',
		output: 'x=1 msg=forged\\ |z',
		containerId: 'c=1',
	});
	const cef = decoded(rfc3164Message(alert, { ...format, header: 'rfc3164', message: 'cef' })).replace(
		/^.*?CEF/,
		'CEF',
	);
	assert.ok(cef.startsWith('CEF:0|Lanner|Lanner|1|d1|a\\|b\\\\c|5|rt=1700000000123 externalId='), cef);
	assert.ok(cef.endsWith('cs2Label=container cs2=c\\=1 msg=x\\=1 msg\\=forged\\\\ |z'), cef);
});

test('the priorities of rules are the severities of syslog; an unknown one is a notice', () => {
	const severityOf = (priority: string): number =>
		Number(
			/^<(\d+)>/.exec(rfc5424Message(alertOf({ priority }), { ...format, facility: 'kern' }).toString())?.[1],
		);
	const names = [
		'Emergency',
		'Alert',
		'Critical',
		'Error',
		'Warning',
		'Notice',
		'Informational',
		'Debug',
		'New',
	];
	assert.deepEqual(names.map(severityOf), [0, 1, 2, 3, 4, 5, 6, 7, 5]);
});

test('name, message id, host, number and byte order mark are those of the options', () => {
	const options = {
		...format,
		appName: 'app',
		msgId: 'm1',
		hostName: 'relay',
		enterpriseNumber: 7,
		bom: true,
	};
	const text = decoded(rfc5424Message(alertOf(), options));
	assert.match(text, /Z relay app 42 m1 \[lanner@7 id=.*\] \ufeffShadow read/);
});

test('frames: a count of bytes, or a line feed', () => {
	assert.equal(framed(Buffer.from('é'), 'octet-counting').toString(), '2 é');
	assert.equal(framed(Buffer.from('é'), 'newline').toString(), 'é\n');
});

test('the send queue is read from the line of the connection', () => {
	const line = (ports: string, queue: string): string =>
		`   1: 0100007F:${ports.split(' ')[0]} 0100007F:${ports.split(' ')[1]} 01 ${queue}:00000000 01:00000014 00000000 0 0 1\n`;
	const table = `  sl  local_address\n${line('1F90 C350', '00000000')}${line('C350 1F90', '0000012C')}`;
	assert.deepEqual(
		[queueOf(table, 0xc350, 0x1f90), queueOf(table, 0x1f90, 0xc350), queueOf(table, 1, 2)],
		[300, 0, null],
	);
});

test('what was written lately is repeated after a loss, no older and no longer than the bounds', () => {
	const recent = recentFrames({ ageMs: 100, bytesMax: 5 });
	recent.add([Buffer.from('aa')], 0);
	recent.add([Buffer.from('bb')], 50);
	assert.deepEqual(recent.pending(120).map(String), ['bb']);
	recent.add([Buffer.from('cc'), Buffer.from('dd')], 130);
	assert.deepEqual(recent.pending(140).map(String), ['cc', 'dd']);
});
