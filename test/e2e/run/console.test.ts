/** `lanner run --console` on this host's kernel: act, and the page's stream has the alert; the host is alive there, from the run's own store. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freePorts } from '#test/fleet/ports.ts';
import { ask, openStream } from '#test/support/console.ts';
import { LannerProcess } from '#test/support/lanner-process.ts';
import { until } from '#test/support/sink.ts';

/** The suites share two cores. */
const waitMs = 60_000;
const hack = '/bin/lanner-e2e-hack-console';

type Host = { readonly name: string; readonly state: string; readonly heard: string | null };

test('an alert of this kernel reaches a browser that looks, and nothing is served unless it is asked for', {
	timeout: 240_000,
}, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-e2e-console-'));
	const [port = 0] = await freePorts(1);
	const config = join(folder, 'lanner.yaml');
	writeFileSync(config, `console: { port: ${port} }\n`);
	const run = async (...more: string[]): Promise<[LannerProcess, string]> => {
		const rules = join(import.meta.dirname, 'rules.yaml');
		const data = join(folder, 'data');
		const args = ['run', '--rules', rules, '--json', '--data', data, '--config', config];
		const lanner = new LannerProcess([...args, ...more]);
		t.after(() => lanner.stop('SIGKILL'));
		return [lanner, await lanner.line('stderr', (line) => line.includes('"msg":"ready"'), { waitMs })];
	};
	t.after(() => {
		rmSync(folder, { recursive: true, force: true });
		rmSync(hack, { force: true });
	});
	const url = `http://127.0.0.1:${port}`;
	const [plain, said] = await run();
	assert.doesNotMatch(said, /"console"/);
	await assert.rejects(ask(url), { code: 'ECONNREFUSED' });
	assert.equal((await plain.stop()).code, 0);

	const [lanner, ready] = await run('--console');
	assert.equal(JSON.parse(ready).console, `${url}/`);
	const stream = await openStream(`${url}/api/stream?rule=Binary%20directory%20written`);
	t.after(async () => stream.close());
	execFileSync('touch', [hack]);
	await until(() => stream.events.length > 0, waitMs);
	assert.ok(JSON.parse(stream.events[0]?.data ?? '').output.endsWith(`file=${hack})`));
	const printed = await lanner.line('stdout', (line) => line.includes(hack));
	assert.equal(stream.alertIds()[0], JSON.parse(printed).id, 'the same alert as on standard output');
	const { source, hosts } = JSON.parse((await ask(`${url}/api/hosts`)).text) as {
		source: string;
		hosts: Host[];
	};
	assert.equal(source, 'store');
	assert.deepEqual(
		hosts.map(({ name, state }) => [name, state]),
		[[hostname(), 'alive']],
	);
	assert.ok(Date.now() - Date.parse(hosts[0]?.heard ?? '') < 30_000, hosts[0]?.heard ?? 'never heard');
	assert.equal((await lanner.stop()).code, 0);
	await stream.ended;
});
