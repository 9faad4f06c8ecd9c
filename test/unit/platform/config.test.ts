import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
	ConfigError,
	type ConfigProblem,
	configReference,
	defaultConfig,
	printConfig,
	type ReadConfig,
	readConfigInFull,
} from '#platform/config/index.ts';

const files: Readonly<Record<string, string>> = { '/etc/lanner/token': 'from-a-file\n' };

function read(text: string): ReadConfig {
	return readConfigInFull({
		file: '/etc/lanner/lanner.yaml',
		text,
		env: { SECRET: 'hunter2', HOST_NAME: 'web-1', LEVEL: 'hunter3' },
		readFile: (path) => {
			if (files[path] === undefined) throw new Error(`ENOENT ${path}`);
			return files[path];
		},
	});
}

function problems(text: string): readonly ConfigProblem[] {
	try {
		read(text);
	} catch (error) {
		assert.ok(error instanceof ConfigError);
		return error.problems;
	}
	return assert.fail('the configuration was accepted');
}

test('an unknown option is refused with its place and the nearest name', () => {
	assert.deepEqual(problems('log:\n  syncMS: 5\n'), [
		{ path: 'log', line: 2, column: 3, message: 'unknown option "syncMS"; did you mean "syncMs"?' },
	]);
});

test('a wrong type and a value out of range are told with what is accepted and its unit', () => {
	const [type, range] = problems('log:\n  syncMs: soon\n  eventsAgeMaxHours: 0\n')
		.slice()
		.sort((a, b) => a.line - b.line);
	assert.equal(type?.message, '"soon" is not a whole number; accepted: 0 to 60000 milliseconds');
	assert.deepEqual([type?.line, type?.column], [2, 11]);
	assert.equal(range?.message, '0 is out of range; accepted: 1 to 87600 hours');
	assert.equal(range?.path, 'log.eventsAgeMaxHours');
});

test('all problems of a file are told at once', () => {
	const text = 'loging: {}\nlog: 5\noutputs:\n  - {kind: sysloge, name: a}\n  - {kind: file, name: b}\n';
	const found = problems(text);
	assert.deepEqual(found.map(({ line }) => line).sort(), [1, 2, 4, 5]);
	assert.ok(found.some(({ message }) => message.includes('did you mean "syslog"?')));
	assert.ok(
		found.some(({ path, message }) => path === 'outputs[1].path' && message.startsWith('is missing')),
	);
});

test('options that do not go together are refused', () => {
	const [twice, retry] = problems(
		'outputs:\n  - {kind: stdout, name: a}\n  - {kind: stdout, name: a, retryFirstMs: 500, retryMaxMs: 100}\n',
	);
	assert.match(twice?.message ?? '', /"a" is already the name of output 1/);
	assert.match(retry?.message ?? '', /500 is more than retryMaxMs \(100\)/);
	assert.equal(retry?.line, 3);
});

test('a secret is not sent over plain http to another machine', () => {
	const registry = (url: string): string =>
		`kafka: {schemaRegistry: {url: "${url}", username: u, password: p}}\n`;
	assert.match(problems(registry('http://registry.example.com'))[0]?.message ?? '', /use https:/);
	assert.equal(read(registry('http://127.0.0.1:8081')).config.kafka.schemaRegistry.password, 'p');
	assert.equal(read(registry('https://registry.example.com')).config.kafka.schemaRegistry.password, 'p');
	const token = 'mechanism: oauthbearer, clientId: c, clientSecret: s';
	const [endpoint] = problems(
		`kafka:\n  sasl: {${token}, tokenEndpoint: "http://login.example.com/token"}\n`,
	);
	assert.deepEqual([endpoint?.path, endpoint?.line], ['kafka.sasl.tokenEndpoint', 2]);
});

test('a key or an authorization of a webhook is not sent over plain http to another machine', () => {
	const webhook = (options: string): string => `outputs:\n  - { kind: webhook, name: w, ${options} }\n`;
	const splunk = (host: string): string =>
		webhook(`preset: splunk, key: k, url: "http://${host}/services/collector"`);
	const [key] = problems(splunk('splunk.example.com:8088'));
	assert.deepEqual([key?.path, key?.line], ['outputs[0].key', 2]);
	assert.match(key?.message ?? '', /would go over http:\/\/ as it is/);
	const header = 'headers: { authorization: Bearer x }';
	assert.equal(problems(webhook(`url: "http://example.com/", ${header}`))[0]?.path, 'outputs[0].headers');
	for (const fine of [splunk('127.0.0.1:8088'), webhook(`url: "https://example.com/", ${header}`)])
		assert.equal(read(fine).config.outputs.length, 1);
	read(webhook('url: "http://example.com/", headers: { X-Team: red }'));
});

test('credentials that would not be used are refused: who gives them believes to be logged in', () => {
	const refused: readonly (readonly [section: string, options: string, path: string])[] = [
		['kafka', 'sasl: { username: u, password: p }', 'kafka.sasl.username'],
		[
			'kafka',
			'sasl: { mechanism: scram-sha-512, username: u, password: p, tokenFile: t }',
			'kafka.sasl.tokenFile',
		],
		['kafka', 'sasl: { mechanism: oauthbearer, tokenFile: t, clientId: c }', 'kafka.sasl.clientId'],
		[
			'kafka',
			'sasl: { mechanism: oauthbearer, tokenFile: t, tokenEndpoint: "https://l/", clientId: c, clientSecret: s }',
			'kafka.sasl.tokenFile',
		],
		['kafka', 'schemaRegistry: { username: u, password: p }', 'kafka.schemaRegistry.username'],
		['kafka', 'schemaRegistry: { url: "https://r", password: p }', 'kafka.schemaRegistry.username'],
		['redis', 'username: u', 'redis.password'],
		['redis', 'sentinelPassword: p', 'redis.sentinelPassword'],
		['redis', 'mode: cluster, primaryName: p', 'redis.primaryName'],
	];
	for (const [section, options, path] of refused)
		assert.equal(problems(`${section}: { ${options} }\n`)[0]?.path, path, options);
});

test('a token is not sent to brokers in the open, a prefix is one that Kafka takes', () => {
	const login = 'sasl: { mechanism: oauthbearer, tokenFile: t }';
	assert.match(problems(`kafka: { brokers: ["k:9092"], ${login} }\n`)[0]?.message ?? '', /token as it is/);
	read(`kafka: { brokers: ["127.0.0.1:9092"], ${login} }\n`);
	assert.equal(problems('kafka: { prefix: "a b" }\n')[0]?.path, 'kafka.prefix');
	assert.equal(read('kafka: { prefix: team-1. }\n').config.kafka.prefix, 'team-1.');
});

test('two file outputs do not share a file, unless one is off', () => {
	const two = (more: string): string =>
		`outputs:\n  - { kind: file, name: a, path: x }\n  - { kind: file, name: b, path: ./x${more} }\n`;
	const [shared] = problems(two(''));
	assert.deepEqual([shared?.path, shared?.line], ['outputs[1].path', 3]);
	read(two(', enabled: false'));
});

test('a doubt has its place and does not hinder', () => {
	const { doubts } = read('redis:\n  addresses: ["r:6379"]\n  password: "${env:SECRET}"\n');
	assert.match(doubts.join(), /^\/etc\/lanner\/lanner\.yaml:3:13: redis\.password: is sent as it is/);
	assert.deepEqual(read('redis: { addresses: ["r:6379"] }\n').doubts, []);
});

test('text that is no YAML and a key given twice are told with their line', () => {
	assert.equal(problems('log: {\n')[0]?.message.startsWith('is not valid YAML'), true);
	assert.equal(problems('host: {}\nhost: {}\n')[0]?.line, 2);
});

test('what the environment or a file brings in is used, and never printed, in whatever option', () => {
	const given = read(
		// biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax.
		'host: {name: "${env:HOST_NAME}"}\noutputs:\n  - {kind: program, name: p, program: /bin/x, args: [--token, "${file:token}"]}\n  - {kind: webhook, name: w, url: "http://x/visible-token"}\n',
	);
	assert.equal(given.config.host.name, 'web-1');
	const [program] = given.config.outputs;
	assert.deepEqual(program?.kind === 'program' ? program.args : null, ['--token', 'from-a-file']);
	const printed = printConfig(given);
	assert.doesNotMatch(printed, /web-1|from-a-file|visible-token/);
	assert.match(printed, /program: \/bin\/x/);
});

test('a refused value that was brought in is not shown', () => {
	// biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax.
	const [problem] = problems('logging: {level: "${env:LEVEL}"}\n');
	assert.match(problem?.message ?? '', /^the value \(not shown\) is none of the choices/);
});

test('a variable that is not set and a file that cannot be read are problems', () => {
	// biome-ignore lint/suspicious/noTemplateCurlyInString: the configuration's own syntax.
	const found = problems('host: {name: "${env:NONE}", id: "${file:none}"}\n').map(({ message }) => message);
	assert.match(found.join('\n'), /the environment has no NONE/);
	assert.match(found.join('\n'), /ENOENT \/etc\/lanner\/none/);
});

test('a relative path counts from the folder of the file', () => {
	const { config } = read('dataFolder: data\nrules: {files: [mine.yaml, /abs.yaml]}\n');
	assert.equal(config.dataFolder, '/etc/lanner/data');
	assert.deepEqual(config.rules.files, ['/etc/lanner/mine.yaml', '/abs.yaml']);
});

test('the configuration is frozen', () => {
	assert.throws(() => Object.assign(defaultConfig().log, { syncMs: 1 }), TypeError);
});

const example = new URL('../../../deploy/lanner.yaml', import.meta.url);

test('deploy/lanner.yaml is valid and shows the defaults', () => {
	const { config } = read(readFileSync(example, 'utf8'));
	const { outputs, ...rest } = config;
	const { outputs: defaultOutputs, ...defaults } = defaultConfig();
	assert.deepEqual(rest, defaults);
	assert.deepEqual(
		outputs.filter(({ enabled }) => enabled),
		defaultOutputs,
	);
	const bare = outputs.map((output) => {
		const required = ['kind', 'name', 'enabled', 'path', 'url', 'program'];
		return Object.fromEntries(Object.entries(output).filter(([key]) => required.includes(key)));
	});
	assert.deepEqual(read(JSON.stringify({ outputs: bare })).config.outputs, outputs);
});

test('deploy/lanner.yaml names every option of the reference', () => {
	const text = readFileSync(example, 'utf8');
	const names = [...configReference().matchAll(/^\| `([^`]+)`/gm)].map(
		([, path]) => path?.split('.').at(-1) ?? '',
	);
	assert.ok(names.length > 30);
	const absent = names.filter((name) => !name.includes('[') && !new RegExp(`\\b${name}:`).test(text));
	assert.deepEqual(absent, []);
});

test('a console that would show alerts to anybody, or cannot be served, is refused with the line', () => {
	const found = problems('console:\n  host: 0.0.0.0\n');
	assert.deepEqual([found[0]?.path, found[0]?.line, found.length], ['console.host', 2, 1]);
	assert.match(found[0]?.message ?? '', /is 0\.0\.0\.0, where others would see the alerts: give a token/);
	for (const host of ['192.0.2.1', '"::"', 'lanner.example.com', '127.0.0.1.example.com'])
		assert.equal(problems(`console: { host: ${host} }\n`)[0]?.path, 'console.host', host);
	for (const host of ['127.0.0.1', '127.8.9.1', '"::1"', 'localhost']) read(`console: { host: ${host} }\n`);
	const open = (token: string): string => `console: { host: 0.0.0.0, token: ${token} }\n`;
	assert.equal(read(open('0123456789abcdef')).config.console.token, '0123456789abcdef');
	const short = problems(open('0123456789abcde'));
	assert.match(short[0]?.message ?? '', /^has 15 characters; at least 16/);
	assert.ok(!JSON.stringify(short).includes('0123456789abcde'), 'the token is not told');
	const several = problems(
		'ops: { sinkPort: 9480 }\nconsole:\n  tls: { certFile: a.pem }\n  hostNames: [ok.example.com, "http://x"]\n',
	);
	assert.deepEqual(several.map(({ path }) => path).sort(), [
		'console.hostNames[1]',
		'console.port',
		'console.tls.keyFile',
	]);
	assert.match(printConfig(read(open('0123456789abcdef'))), /token: \(secret, not shown\)/);
});
