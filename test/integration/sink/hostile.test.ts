/**
 * Alerts as a watched process would like them, through every output, with and without a template: at the receiver each is one message, in order,
 * in valid UTF-8, and nothing in it is forged. The records have gone through the log's bytes, so that invalid UTF-8 is really in them.
 */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readConfig } from '#platform/config/index.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { createOutput } from '#sink/outputs/index.ts';
import { alertOf, collectingLogger, hostileText, until } from '#test/support/sink.ts';
import { startReceiver } from '#test/support/webhook.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-hostile-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const forged = `${hostileText}"} {{id}} %alert.id \${env:HOME} CEF:0|x|y= msg=z\n{"id":"forged"}\n<13>1 - - - - - - forged`;
const marker = 'INVALID_UTF8';

/** In each text that a process can choose. */
function hostile(id: string, text: string): Alert {
	return alertOf({
		...{ id, output: text, rule: text, hostName: text, hostId: text, containerId: text, tags: [text] },
		outputFields: [{ name: 'proc.name', value: { string: text } }],
	});
}

/** As a reader of the log gets it. */
function throughBytes(alert: Alert): Alert {
	const bytes = Buffer.from(alertCodec.encode(alert));
	for (let at = bytes.indexOf(marker); at !== -1; at = bytes.indexOf(marker, at + 1))
		bytes.set([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf8, 0x0a, 0xc0, 0x80, 0xfe, 0x22], at);
	return alertCodec.decode(bytes);
}

const alerts = [
	hostile('hostile-1', forged),
	hostile('hostile-2', `${marker}${forged}${marker}`),
	hostile('hostile-3', `${forged}\ud800`),
	alertOf({ id: 'hostile-4', output: forged.repeat(6_000) }),
].map(throughBytes);
const ids = alerts.map(({ id }) => id);

/** What the receiver got, one entry a message. */
type Received = () => Buffer[];
type Setup = { readonly options: string; readonly received: Received; readonly close?: () => void };

const lines = (bytes: Buffer): Buffer[] => {
	const found: Buffer[] = [];
	for (let from = 0, at = bytes.indexOf(10); at !== -1; from = at + 1, at = bytes.indexOf(10, from))
		found.push(bytes.subarray(from, at));
	return found;
};
const linesOf = (path: string): Buffer[] => {
	try {
		return lines(readFileSync(path));
	} catch {
		// Not written yet.
		return [];
	}
};

let number = 0;
const freshPath = (): string => join(folder, `${number++}`);

function program(path: string): string {
	const script = freshPath();
	writeFileSync(script, `#!/bin/sh\nexec cat >> ${path}\n`);
	chmodSync(script, 0o700);
	return script;
}

async function udp(message: string): Promise<Setup> {
	const received: Buffer[] = [];
	const socket = createSocket('udp4').on('message', (each) => void received.push(each));
	await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
	return {
		options: `kind: syslog, transport: udp, port: ${socket.address().port}, message: ${message}`,
		received: () => received,
		close: () => socket.close(),
	};
}

async function tcp(message: string, format: string): Promise<Setup> {
	const chunks: Buffer[] = [];
	const server = createServer((socket) => socket.on('data', (chunk) => void chunks.push(chunk as Buffer)));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		options: `kind: syslog, transport: tcp, framing: newline, format: ${format}, port: ${(server.address() as AddressInfo).port}, message: ${message}`,
		received: () => lines(Buffer.concat(chunks)),
		close: () => server.close(),
	};
}

async function webhook(more: string): Promise<Setup> {
	const receiver = await startReceiver((response) => response.writeHead(204).end());
	return {
		options: `kind: webhook, url: "${receiver.url}", ${more}`,
		received: () => receiver.seen.map(({ body }) => Buffer.from(body)),
		close: () => void receiver.close(),
	};
}

function file(format: string): Setup {
	const path = freshPath();
	return { options: `kind: file, path: ${path}, format: ${format}`, received: () => linesOf(path) };
}

function programOutput(mode: string): Setup {
	const path = freshPath();
	return {
		options: `kind: program, program: ${program(path)}, mode: ${mode}`,
		received: () => linesOf(path),
	};
}

const written = { text: '' };
const setups: Readonly<Record<string, { isJson: boolean; start: () => Promise<Setup> | Setup }>> = {
	'stdout text': {
		isJson: false,
		start: () => {
			written.text = '';
			return { options: 'kind: stdout, format: text', received: () => lines(Buffer.from(written.text)) };
		},
	},
	'file text': { isJson: false, start: () => file('text') },
	'file JSON': { isJson: true, start: () => file('json') },
	'syslog udp text': { isJson: false, start: () => udp('text') },
	'syslog udp JSON': { isJson: false, start: () => udp('json') },
	'syslog udp CEF': { isJson: false, start: () => udp('cef') },
	'syslog lines text': { isJson: false, start: () => tcp('text', 'rfc5424') },
	'syslog lines CEF, old header': { isJson: false, start: () => tcp('cef', 'rfc3164') },
	'webhook JSON': { isJson: true, start: () => webhook('preset: json') },
	'webhook body': {
		isJson: true,
		start: () => webhook(`preset: json, body: '{"id": "{{id}}", "text": "{{output}} {{rule}}"}'`),
	},
	'webhook CloudEvents': { isJson: true, start: () => webhook('preset: cloudevents') },
	'program that keeps running': { isJson: true, start: () => programOutput('stream') },
	'program for each alert': { isJson: true, start: () => programOutput('once') },
};

for (const template of [null, '%alert.id %alert.output %alert.rule %host.name %proc.name %alert.tags'])
	describe(template === null ? 'without a template' : 'with a template', { timeout: 120_000 }, () => {
		for (const [name, { isJson, start }] of Object.entries(setups))
			test(name, async () => {
				const { options, received, close } = await start();
				const { outputs } = readConfig({
					file: 'lanner.yaml',
					text: `outputs: [{ name: x, ${options}${template === null ? '' : `, template: "${template}"`} }]`,
					...{ env: {}, readFile: () => '' },
				});
				const output = createOutput(outputs[0]!, {
					stdout: {
						write: (text, callback) => {
							written.text += text;
							callback();
						},
					},
					...{ env: { PATH: process.env.PATH }, now: Date.now, logger: collectingLogger().logger },
					datagramProgram: '',
				});
				for (const alert of alerts) {
					const [result] = await output.deliver([alert], new AbortController().signal);
					assert.equal(result?.kind, 'delivered', JSON.stringify(result)?.slice(0, 300));
				}
				await output.close();
				await until(() => received().length >= ids.length, 20_000);
				close?.();
				const messages = received();
				assert.equal(messages.length, ids.length);
				for (const [i, message] of messages.entries())
					assertWhole(message, { id: ids[i] ?? '', isJson, name, template });
			});
	});

type Expected = {
	readonly id: string;
	readonly isJson: boolean;
	readonly name: string;
	readonly template: string | null;
};

function assertWhole(message: Buffer, { id, isJson, name, template }: Expected): void {
	const text = new TextDecoder('utf-8', { fatal: true }).decode(message);
	// DEL and C1 stand in JSON as they are, in a string.
	assert.ok(
		!(isJson ? /[\x00-\x1f]/ : /[\x00-\x1f\x7f]/).test(text),
		`control characters: ${text.slice(0, 300)}`,
	);
	if (isJson) {
		const read = JSON.parse(text) as { id: string };
		assert.equal(read.id, id);
		return;
	}
	assert.ok(
		!/[\x80-\x9f\u2028\u202e]/.test(text),
		`C1, line separators, direction marks: ${text.slice(0, 300)}`,
	);
	// Falco's line has no place for an id.
	const hasId = template !== null || name.startsWith('syslog');
	if (hasId) assert.ok(text.includes(id), text.slice(0, 300));
	if (name.startsWith('syslog')) assert.match(text, /^<84>/);
}
