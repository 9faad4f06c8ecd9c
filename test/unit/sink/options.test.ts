/**
 * The options of outputs, all of them: each is in the README with its default, in a test, and refused with its line and what is accepted when it
 * is wrong; options that do not go together are refused too.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ConfigError, type ConfigProblem, readConfig } from '#platform/config/index.ts';
import type { Option, Shape } from '#platform/config/option.ts';
import { outputsSection } from '#platform/config/outputs.ts';
import { isOption } from '#platform/config/read.ts';

const root = join(import.meta.dirname, '../../..');
const required: Readonly<Record<string, string>> = {
	file: 'path: /x',
	webhook: 'url: "http://x/"',
	program: 'program: /bin/x',
};

function problems(text: string): readonly ConfigProblem[] {
	try {
		readConfig({ file: 'lanner.yaml', text, env: {}, readFile: () => '' });
	} catch (error) {
		assert.ok(error instanceof ConfigError);
		return error.problems;
	}
	return [];
}

type Found = { readonly path: readonly string[]; readonly option: Option<unknown> };

function optionsOf(shape: Shape, path: readonly string[] = []): Found[] {
	return Object.entries(shape).flatMap(([key, item]) => {
		const at = [...path, key];
		if (isOption(item)) return [{ path: at, option: item }];
		assert.notEqual(item.node, 'list');
		return optionsOf(item as Shape, at);
	});
}

function textsIn(folder: string): string {
	return readdirSync(folder, { withFileTypes: true, recursive: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.name !== 'options.test.ts')
		.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
		.join('\n');
}

const readme = readFileSync(join(root, 'services/sink/README.md'), 'utf8');
const tests = ['unit/sink', 'integration/sink', 'bench/sink']
	.map((part) => textsIn(join(root, 'test', part)))
	.join('\n');
const kinds = Object.entries(outputsSection.variants).map(([kind, shape]) => ({
	kind,
	shape: shape as Shape,
}));

for (const { kind, shape } of [{ kind: 'file', shape: outputsSection.common as Shape }, ...kinds])
	describe(shape === outputsSection.common ? 'every output' : kind, () => {
		for (const { path, option } of optionsOf(shape)) {
			const name = path.join('.');
			const leaf = path.at(-1) ?? '';
			test(`${name}: a wrong value is refused with its line and what is accepted`, () => {
				const wrong = path.reduceRight<string>(
					(inner, key) => `{ ${key}: ${inner} }`,
					'{ no: { such: [{ value: 1 }] } }',
				);
				const bare = `  - kind: ${kind}\n    name: x\n    ${required[kind] ?? 'enabled: true'}\n`;
				const text = `outputs:\n${bare.replace(`${required[kind]}\n`, leaf === required[kind]?.split(':')[0] ? 'enabled: true\n' : `${required[kind]}\n`).replace('name: x', leaf === 'name' ? 'enabled: true' : 'name: x')}    ${wrong.slice(2, -2)}\n`;
				const found = problems(text).find((problem) => problem.path === `outputs[0].${name}`);
				const line = text.split('\n').findIndex((each) => each.includes('no: {')) + 1;
				assert.ok(found !== undefined, JSON.stringify(problems(text)));
				assert.equal(found.line, line);
				assert.ok(found.message.includes(`accepted: ${option.accepts}`), found.message);
			});

			test(`${name}: in the README, and in a test of what it does`, () => {
				assert.ok(
					new RegExp(`\`(?:[\\w.]*\\.)?${leaf}\\b`).test(readme),
					`services/sink/README.md does not name ${leaf}`,
				);
				assert.ok(new RegExp(`\\b${leaf}\\b`).test(tests), `no test of test/**/sink names ${leaf}`);
			});
		}
	});

describe('options that do not go together', () => {
	for (const [given, path, message] of [
		['kind: stdout, format: json, colour: always', 'colour', /"always" goes only with format text/],
		['kind: stdout, groupPeriodS: 5', 'groupPeriodS', /5 has no meaning without groupBy/],
		['kind: stdout, ratePeriodS: 5', 'ratePeriodS', /5 has no meaning without rateAlerts/],
		[`kind: stdout, groupBy: [${'a, '.repeat(9)}]`, 'groupBy', /has 9 fields; accepted: up to 8/],
		[`kind: stdout, groupBy: [${'a'.repeat(129)}]`, 'groupBy[0]', /has 129 characters; accepted: up to 128/],
		[
			'kind: stdout, retryFirstMs: 5000, retryMaxMs: 1000',
			'retryFirstMs',
			/5000 is more than retryMaxMs \(1000\)/,
		],
		['kind: file, path: /x, keepHours: 5', 'keepHours', /no meaning without rotateBytes or rotateHours/],
		['kind: file, path: /x, keepFiles: 5', 'keepFiles', /no meaning without rotateBytes or rotateHours/],
		['kind: syslog, port: 514', 'port', /514 has no meaning with transport local; only with udp, tcp or tls/],
		['kind: syslog, host: 192.0.2.1', 'host', /no meaning with transport local/],
		['kind: syslog, transport: udp, socket: /x', 'socket', /no meaning with transport udp; only with local/],
		['kind: syslog, transport: udp, framing: newline', 'framing', /no meaning with transport udp/],
		['kind: syslog, msgId: x', 'msgId', /goes only with format rfc5424/],
		[
			'kind: syslog, transport: tcp, format: rfc3164, enterpriseNumber: 5',
			'enterpriseNumber',
			/only with format rfc5424/,
		],
		['kind: syslog, bom: true', 'bom', /goes only with format rfc5424 and message text/],
		['kind: syslog, transport: tcp, bom: true, message: json', 'bom', /goes only with format rfc5424/],
		['kind: syslog, messageBytesMax: 100', 'messageBytesMax', /too short .*accepted: 0, or 480 to 65000/],
		['kind: syslog, hostName: "a b"', 'hostName', /is no host name; accepted: /],
		['kind: syslog, transport: tcp, tls: { caFile: /x }', 'tls.caFile', /transport is tls/],
		['kind: syslog, transport: tls, tls: { certFile: /x }', 'tls.keyFile', /./],
		['kind: webhook, url: "http://x/", tls: { caFile: /x }', 'tls.caFile', /url is https/],
		['kind: webhook, url: "http://u:p@x/"', 'url', /holds a user name or password/],
		['kind: webhook, url: "http://x/", preset: pagerduty', 'key', /is null; preset pagerduty needs it/],
		['kind: webhook, url: "http://x/", key: k', 'key', /no meaning with preset json/],
		[
			'kind: webhook, url: "http://x/", preset: elasticsearch',
			'index',
			/is null; preset elasticsearch needs it/,
		],
		['kind: webhook, url: "http://x/", index: i', 'index', /no meaning with preset json/],
		['kind: webhook, url: "http://x/", preset: slack, body: "{}"', 'body', /no meaning with preset slack/],
		['kind: webhook, url: "http://x/", body: "{"', 'body', /is not JSON; accepted: JSON with \{\{field\}\}/],
		[
			'kind: webhook, url: "http://x/", preset: loki, batch: { form: ndjson }',
			'batch.form',
			/no meaning with preset loki/,
		],
		[
			'kind: webhook, url: "http://x/", preset: slack, batch: { alertsMax: 2 }',
			'batch.alertsMax',
			/one alert a request; accepted: 1/,
		],
		[
			'kind: webhook, url: "http://x/", batch: { alertsMax: 200 }',
			'batch.alertsMax',
			/200 is more than inFlightAlertsMax \(100\)/,
		],
		['kind: webhook, url: "http://x/", proxy: x', 'proxy', /is no address; accepted: http/],
		[
			'kind: program, program: /x, environment: ["A=1"]',
			'environment[0]',
			/"A=1" is not the name of a variable/,
		],
		[
			'kind: program, program: /x, runTimeoutMs: 500',
			'runTimeoutMs',
			/no meaning with mode stream; only with once/,
		],
		[
			'kind: program, program: /x, mode: once, writeTimeoutMs: 500',
			'writeTimeoutMs',
			/no meaning with mode once; only with stream/,
		],
	] as const)
		test(given.slice(0, 90), () => {
			const found = problems(`outputs:\n\n  - { name: x, ${given} }\n`);
			assert.deepEqual(
				found.map((problem) => [problem.line, problem.path]),
				[[3, `outputs[0].${path}`]],
				JSON.stringify(found),
			);
			assert.match(found[0]?.message ?? '', message);
		});

	test('what goes together is taken', () => {
		for (const given of [
			'kind: stdout, groupBy: [alert.rule], groupPeriodS: 5, rateAlerts: 1, ratePeriodS: 5',
			'kind: file, path: /x, rotateHours: 1, keepFiles: 5, keepHours: 5',
			'kind: syslog, transport: tls, port: 1, host: h, msgId: x, tls: { caFile: /x, certFile: /x, keyFile: /x }',
			'kind: syslog, format: rfc5424, bom: true, socket: /x',
			'kind: webhook, url: "https://x/", batch: { alertsMax: 200 }, inFlightAlertsMax: 200, tls: { caFile: /x }',
			'kind: program, program: /x, mode: once, runTimeoutMs: 500, environment: [A]',
		])
			assert.deepEqual(problems(`outputs: [{ name: x, ${given} }]`), [], given);
	});
});
