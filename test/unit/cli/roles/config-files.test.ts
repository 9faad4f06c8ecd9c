/** What each role says, before it opens anything, to a lanner.yaml whose files are not what it takes; to files that others can read or change. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { namedFiles, type Role } from '#cli/roles/config-files.ts';
import { keepsToItself } from '#cli/roles/role-needs.ts';
import { type RoleCheck, readSettings } from '#cli/roles/settings.ts';
import { lanner } from '#test/support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-config-files-'));
const at = (name: string): string => join(folder, name);

before(() => {
	const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
	for (const name of ['good', 'other'])
		execFileSync(
			'openssl',
			[
				...['req', '-x509', ...key, '-subj', '/CN=test', '-days', '2'],
				...['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)],
			],
			{ stdio: 'pipe' },
		);
	writeFileSync(at('text'), 'no certificate\n');
	writeFileSync(at('secret'), 'hunter2\n', { mode: 0o600 });
	mkdirSync(at('folder'));
	symlinkSync(at('text'), at('link'));
});
after(() => rmSync(folder, { recursive: true }));

type Said = { readonly refused: string | null; readonly doubts: readonly string[] };

/** Both without the folder of the test. */
function say(text: string, checks: readonly RoleCheck[], mode = 0o640): Said {
	const configFile = at('lanner.yaml');
	writeFileSync(configFile, text);
	chmodSync(configFile, mode);
	const lines: string[] = [];
	const stderr = { write: (line: string) => lines.push(line) > 0 };
	const short = (said: string): string => said.replaceAll(`${folder}/`, '');
	let refused: string | null = null;
	try {
		readSettings({ configFile, data: undefined, checks }, { env: {}, stderr, defaultConfigFile: null });
	} catch (error) {
		refused = short((error as Error).message);
	}
	return { refused, doubts: lines.map((line) => short((JSON.parse(line) as { doubt: string }).doubt)) };
}

const servers = 'kafka: { brokers: ["127.0.0.1:9092"] }\nredis: { addresses: ["127.0.0.1:6379"] }\n';
const kafkaTls = (tls: string): string =>
	`kafka: { brokers: ["127.0.0.1:9092"], tls: { enabled: true, ${tls} } }\n`;
const output = (options: string): string => `outputs:\n  - { name: out, ${options} }\n`;

describe('a role refuses, with the line, what it cannot work with', () => {
	const cases: readonly (readonly [what: string, Role, text: string, expected: RegExp])[] = [
		[
			'an authority that is not there',
			'evaluator',
			kafkaTls('caFile: absent.pem'),
			/:1:\d+: kafka\.tls\.caFile: cannot be read: ENOENT/,
		],
		[
			'an authority that is none',
			'sink',
			kafkaTls('caFile: text'),
			/:1:\d+: kafka\.tls\.caFile: text is no certificate/,
		],
		[
			'a key of another certificate',
			'probe',
			kafkaTls('certFile: good.pem, keyFile: other.key'),
			/kafka\.tls\.certFile: .*no certificate in PEM with its key/,
		],
		[
			'a key that is not there',
			'probe',
			kafkaTls('certFile: good.pem, keyFile: absent.key'),
			/kafka\.tls\.keyFile: cannot be read/,
		],
		[
			'an authority of the registry that is none',
			'sink',
			'kafka: { brokers: ["127.0.0.1:1"], schemaRegistry: { url: "https://r", caFile: text } }\n',
			/kafka\.schemaRegistry\.caFile: text is no/,
		],
		[
			'an authority of Redis that is none',
			'console',
			`${servers.slice(0, -2)}, tls: { enabled: true, caFile: text } }\n`,
			/:2:\d+: redis\.tls\.caFile: text is no/,
		],
		[
			'a page whose certificate is not there',
			'console',
			'console: { tls: { certFile: absent.pem, keyFile: good.key } }\n',
			/:1:\d+: console\.tls\.certFile: cannot be read/,
		],
		[
			'rules that are not there',
			'evaluator',
			'rules:\n  files: [text, absent/]\n',
			/:2:17: rules\.files\[1\]: there is no absent/,
		],
		[
			'a file output that is a folder',
			'sink',
			output('kind: file, path: folder'),
			/:2:\d+: outputs\[0\]\.path: folder is no regular file/,
		],
		[
			'a file output that is a link',
			'sink',
			output('kind: file, path: link'),
			/outputs\[0\]\.path: link is no regular file/,
		],
		[
			'a file output that is a device',
			'run',
			output('kind: file, path: /dev/null'),
			/outputs\[0\]\.path: \/dev\/null is no regular file/,
		],
		[
			'a file output into the configuration',
			'sink',
			output('kind: file, path: lanner.yaml'),
			/lanner\.yaml is this configuration/,
		],
		[
			'a file output among our own files',
			'run',
			`dataFolder: data\n${output('kind: file, path: data/log/alerts')}`,
			/:3:\d+: outputs\[0\]\.path: data\/log\/alerts lies in data\/log\/, which only lanner/,
		],
		[
			'a hostRoot that holds no host',
			'probe',
			'probe:\n  hostRoot: folder\n',
			/:2:13: probe\.hostRoot: there is no folder\/etc\/passwd: mount/,
		],
	];
	for (const [what, role, text, expected] of cases)
		test(`${role}: ${what}`, () => {
			const { refused } = say(text, [namedFiles(role)]);
			assert.match(refused ?? 'it starts', expected);
		});

	test('only the sections that a role uses count, and only outputs that are on', () => {
		const text = `${kafkaTls('caFile: good.pem, certFile: good.pem, keyFile: good.key')}redis: { addresses: ["127.0.0.1:1"], tls: { enabled: true, caFile: absent.pem } }
rules: { files: [absent] }
probe: { hostRoot: absent }
console: { tls: { certFile: absent, keyFile: absent } }
outputs:
  - { kind: file, name: off, enabled: false, path: folder }
  - { kind: stdout, name: on }
`;
		assert.deepEqual(say(text, [namedFiles('sink')]), { refused: null, doubts: [] });
		const given = { rules: ['mine.yaml'] };
		assert.doesNotMatch(say(text, [namedFiles('evaluator', given)]).refused ?? '', /rules\.files/);
		assert.match(say(text, [namedFiles('run', { console: true })]).refused ?? '', /console\.tls/);
		assert.doesNotMatch(say(text, [namedFiles('run')]).refused ?? '', /console\.tls|redis/);
	});
});

describe('what may still come, or is unwise, is told with its line and not refused', () => {
	test('a folder that is not mounted, a program that is not installed', () => {
		assert.match(
			say(output('kind: file, path: absent/alerts'), [namedFiles('sink')]).doubts[0] ?? '',
			/^lanner\.yaml:2:\d+: outputs\[0\]\.path: there is no folder absent; alerts of this output wait/,
		);
		for (const program of ['absent', 'text'])
			assert.match(
				say(output(`kind: program, program: ${program}`), [namedFiles('sink')]).doubts[0] ?? '',
				/outputs\[0\]\.program: \w+ cannot be run/,
			);
	});

	test('servers of a fleet, where lanner run keeps all on the host', () => {
		const { refused, doubts } = say(servers, [keepsToItself]);
		assert.equal(refused, null);
		assert.match(
			doubts.join('\n'),
			/:1:\d+: kafka\.brokers: is not used[\s\S]*:2:\d+: redis\.addresses: is not used/,
		);
	});

	test('a password of Redis in the open, but not on this machine or with TLS', () => {
		const redis = (address: string, more = ''): string =>
			`redis: { addresses: ["${address}"], password: "$\{file:secret}"${more} }\n`;
		assert.match(
			say(redis('redis.example.com:6379'), []).doubts[0] ?? '',
			/redis\.password: is sent as it is/,
		);
		assert.deepEqual(say(redis('127.0.0.1:6379'), []).doubts, []);
		assert.deepEqual(say(redis('redis.example.com:6379', ', tls: { enabled: true }'), []).doubts, []);
	});
});

describe('permissions', () => {
	const secret = (value: string): string =>
		`kafka: { sasl: { mechanism: scram-sha-512, username: u, password: "${value}" } }\n`;

	test('a configuration that everybody may change is refused', () => {
		assert.match(
			say('', [], 0o646).refused ?? '',
			/lanner\.yaml:1:1: everybody may change this file \(mode 0646\)/,
		);
		assert.equal(say('', [], 0o664).refused, null);
	});

	test('a secret that everybody may read is told, never shown', () => {
		const { refused, doubts } = say(secret('hunter2hunter2'), [], 0o644);
		assert.equal(refused, null);
		assert.match(
			doubts[0] ?? '',
			/^lanner\.yaml:1:\d+: kafka\.sasl\.password: this secret stands in a file .*\(mode 0644\)/,
		);
		assert.doesNotMatch(doubts.join(), /hunter2/);
		assert.deepEqual(say(secret('hunter2hunter2'), [], 0o640).doubts, []);
	});

	test('so is a file that a secret comes from', (t) => {
		t.after(() => chmodSync(at('secret'), 0o600));
		const text = secret('${file:secret}');
		assert.deepEqual(say(text, [], 0o644).doubts, []);
		chmodSync(at('secret'), 0o604);
		assert.match(
			say(text, []).doubts[0] ?? '',
			/:1:\d+: kafka\.sasl\.password: everybody may read secret \(mode 0604\): chmod/,
		);
		chmodSync(at('secret'), 0o602);
		assert.match(say(text, []).doubts[0] ?? '', /everybody may change secret/);
	});

	test('lanner config check tells both', async () => {
		writeFileSync(at('checked.yaml'), secret('hunter2hunter2'), { mode: 0o644 });
		const told = await lanner('config', 'check', at('checked.yaml'));
		assert.equal(told.code, 0);
		assert.match(told.err, /checked\.yaml:1:\d+: kafka\.sasl\.password: this secret stands/);
		chmodSync(at('checked.yaml'), 0o666);
		assert.equal((await lanner('config', 'check', at('checked.yaml'))).code, 1);
	});
});
