/** Each output against a real counterpart: file, UDP receiver, HTTP server, program. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { DeliveryResult, Output } from '#sink/output.ts';
import { createProgramOutput } from '#sink/outputs/program.ts';
import { createStdoutOutput } from '#sink/outputs/stdout.ts';
import { alertOf, hostileText, until } from '#test/support/sink.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-outputs-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const never = new AbortController().signal;
const hostile = alertOf({
	output: hostileText,
	rule: hostileText,
	hostName: hostileText,
	tags: [hostileText],
});

async function kinds(output: Output, count = 1): Promise<DeliveryResult[]> {
	return [
		...(await output.deliver(
			Array.from({ length: count }, () => hostile),
			never,
		)),
	];
}

/** No byte that ends a line, moves a cursor or turns the direction of writing. */
function assertHarmless(text: string): void {
	assert.doesNotMatch(text, /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/);
}

describe('standard output', () => {
	test('a hostile alert stays one harmless line; colours only where asked', async () => {
		let written = '';
		const stream = {
			write: (text: string, callback: () => void) => {
				written += text;
				callback();
			},
		};
		await kinds(createStdoutOutput({ stream, format: 'text', colour: 'auto' }));
		assert.equal(written.split('\n').length, 2);
		assertHarmless(written.slice(0, -1));
	});
});

function script(name: string, text: string): string {
	const path = join(folder, name);
	writeFileSync(path, `#!/bin/sh\n${text}\n`);
	chmodSync(path, 0o700);
	return path;
}

describe('program output', { timeout: 30_000 }, () => {
	const make = (program: string, writeTimeoutMs = 5_000): Output =>
		createProgramOutput({ program, args: [], writeTimeoutMs, env: { PATH: process.env.PATH, SECRET: 'x' } });

	test('it gets JSON lines, and no environment but PATH, LANG and TZ', async () => {
		const seen = join(folder, 'seen');
		const output = make(script('taker', `echo "\${SECRET-none}" > ${seen}; cat >> ${seen}`));
		assert.equal((await kinds(output, 2)).length, 2);
		await output.close();
		const [secret, ...lines] = readFileSync(seen, 'utf8').trimEnd().split('\n');
		assert.equal(secret, 'none');
		assert.deepEqual(
			lines.map((line) => (JSON.parse(line) as { id: string }).id),
			[hostile.id, hostile.id],
		);
	});

	test('one that dies is started again by the next delivery', async () => {
		const seen = join(folder, 'restarts');
		const output = make(script('dying', `head -n 1 >> ${seen}`));
		const count = (): number => {
			try {
				return readFileSync(seen, 'utf8').split('\n').length - 1;
			} catch {
				return 0;
			}
		};
		await kinds(output);
		await until(() => count() === 1);
		const deadline = Date.now() + 5_000;
		while (count() < 2 && Date.now() < deadline) {
			await kinds(output);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		assert.ok(count() >= 2);
		await output.close();
	});

	test('one that does not read is killed in time and the delivery is a retry', async () => {
		const output = make(script('deaf', 'sleep 60'), 200);
		const big = alertOf({ output: 'x'.repeat(4_000_000) });
		const [result] = await output.deliver([big], never);
		assert.equal(result?.kind, 'retry');
		assert.match(result?.kind === 'retry' ? result.reason : '', /did not read its standard input for 200 ms/);
		await output.close();
	});

	test('a program that is not there is a retry that names it', async () => {
		const [result] = await kinds(make('/nonexistent/prog'));
		assert.equal(result?.kind === 'retry' && result.code, 'output-enoent');
	});
});
