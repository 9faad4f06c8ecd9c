/** `lanner sink test` through real outputs: what arrives, what is said, and that no secret is. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { lanner } from '#test/support/cli.ts';
import { startReceiver } from '#test/support/webhook.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-sink-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function configOf(outputs: string): string {
	const file = join(folder, 'lanner.yaml');
	writeFileSync(file, `outputs:\n${outputs}`);
	return file;
}

describe('lanner sink test', { timeout: 30_000 }, () => {
	const answers = [
		{ status: 204, result: 'delivered', code: 0, errorCode: undefined },
		{ status: 503, result: 'retry', code: 1, errorCode: 'output-http-503' },
		{ status: 401, result: 'blocked', code: 1, errorCode: 'output-http-401' },
		{ status: 422, result: 'refused', code: 1, errorCode: 'output-http-422' },
	] as const;
	for (const { status, result, code, errorCode } of answers) {
		test(`an answer ${status} is told as ${result} with exit code ${code}, and no secret with it`, async () => {
			const receiver = await startReceiver((response) => response.writeHead(status).end());
			try {
				const config = configOf(
					`  - { kind: webhook, name: hook, enabled: false, minimumPriority: Emergency, when: alert.rule = x, url: "${receiver.url}" }\n`,
				);
				const json = await lanner('sink', 'test', '--output', 'hook', '--config', config, '--json');
				const { target, alertId, tookMs, ...told } = JSON.parse(json.out) as Record<string, unknown>;
				assert.deepEqual(
					{ exit: json.code, result: told.result, code: told.code, target },
					{ exit: code, result, code: errorCode, target: `webhook http://127.0.0.1:${receiver.port}` },
				);
				assert.ok(typeof tookMs === 'number' && tookMs >= 0);
				const text = await lanner('sink', 'test', '--output', 'hook', '--config', config);
				assert.equal(text.code, code);
				assert.match(text.out, new RegExp(`^hook: ${result} in \\d+ ms to webhook http://127\\.0\\.0\\.1:`));
				assert.doesNotMatch(json.out + text.out + text.err, /s3cret/);
				const sent = receiver.seen.map(
					({ body }) => JSON.parse(body) as { id: string; rule: string; tags: string[] },
				);
				assert.equal(sent.length, 2);
				assert.equal(sent[0]?.id, alertId);
				assert.notEqual(sent[0]?.id, sent[1]?.id);
				assert.deepEqual([sent[0]?.rule, sent[0]?.tags], ['Lanner test alert', ['lanner', 'test']]);
			} finally {
				await receiver.close();
			}
		});
	}

	test('a file gets one line; a program that is not there, and a receiver that is not, are retries that name it', async () => {
		const path = join(folder, 'alerts.json');
		const config = configOf(
			`  - { kind: file, name: file, path: "${path}" }
  - { kind: program, name: program, program: /nonexistent/prog, args: [--token=s3cret] }
  - { kind: syslog, name: syslog, transport: tcp, host: 127.0.0.1, port: 1 }
`,
		);
		const said = async (name: string) => lanner('sink', 'test', '--output', name, '--config', config);
		assert.equal((await said('file')).code, 0);
		assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { rule: string }).rule, 'Lanner test alert');
		const program = await said('program');
		assert.equal(program.code, 1);
		assert.match(program.out, /^program: retry in \d+ ms to program \/nonexistent\/prog: output-enoent: /);
		assert.doesNotMatch(program.out, /s3cret/);
		assert.match(
			(await said('syslog')).out,
			/^syslog: retry in \d+ ms to syslog tcp 127\.0\.0\.1:1: output-econnrefused: /,
		);
	});

	test('standard output is an output as well; a name that is not there is told with those that are', async () => {
		const { code, out } = await lanner('sink', 'test', '--output', 'stdout');
		assert.equal(code, 0);
		assert.match(
			out,
			/TEST of lanner, nothing happened[^\n]*\nstdout: delivered in \d+ ms to standard output /,
		);
		const wrong = await lanner('sink', 'test', '--output', 'pager');
		assert.equal(wrong.code, 3);
		assert.match(wrong.err, /there is no output pager\n.*outputs of the configuration: stdout/);
		assert.equal((await lanner('sink', 'test')).code, 2);
	});
});
