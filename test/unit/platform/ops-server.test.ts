import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from '#platform/metrics.ts';
import { collectProcessMetrics } from '#platform/ops/process-metrics.ts';
import { startOpsServer } from '#platform/ops/server.ts';

async function serve(t: { after(end: () => Promise<void>): void }, missing: () => string[] = () => []) {
	const metrics = new Metrics();
	const server = await startOpsServer({ host: '127.0.0.1', port: 0, metrics, missing });
	t.after(() => server.close());
	const ask = async (path: string, method = 'GET') => {
		const response = await fetch(`http://127.0.0.1:${server.port}${path}`, { method });
		const type = response.headers.get('content-type');
		return { status: response.status, type, text: await response.text() };
	};
	return { metrics, server, ask };
}

test('metrics are served as Prometheus reads them, with what is known of the process', async (t) => {
	const { metrics, ask } = await serve(t);
	collectProcessMetrics(metrics, '1.2.3');
	const { status, type, text } = await ask('/metrics?anything');
	assert.deepEqual([status, type], [200, 'text/plain; version=0.0.4; charset=utf-8']);
	assert.match(text, /^lanner_build_info\{version="1\.2\.3"\} 1$/m);
	assert.match(text, /^process_resident_memory_bytes [1-9]\d+$/m);
	const cpu = Number(/^process_cpu_seconds_total (.+)$/m.exec(text)?.[1]);
	assert.ok(cpu > 0 && cpu < 1e6, `${cpu}`);
	// Every line is a comment or a sample of the exposition format.
	for (const line of text.trimEnd().split('\n'))
		assert.match(
			line,
			/^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{(?:[a-z_]+="[^"\n]*",?)+\})? [-+.e\dNa]+)$/,
		);
});

test('readiness says what is missing, and liveness does not depend on it', async (t) => {
	let missing = ['evaluator: no partition is assigned'];
	const { ask } = await serve(t, () => missing);
	assert.equal((await ask('/healthz')).status, 200);
	assert.deepEqual(await ask('/readyz'), {
		status: 503,
		type: 'text/plain; charset=utf-8',
		text: 'not ready\nevaluator: no partition is assigned\n',
	});
	missing = [];
	assert.equal((await ask('/readyz')).status, 200);
});

test('nothing else is answered', async (t) => {
	const { ask } = await serve(t);
	assert.equal((await ask('/')).status, 404);
	assert.equal((await ask('/metrics', 'POST')).status, 405);
	assert.deepEqual(await ask('/healthz', 'HEAD'), {
		status: 200,
		type: 'text/plain; charset=utf-8',
		text: '',
	});
});

test('an address that is taken is an error', async (t) => {
	const { metrics, server } = await serve(t);
	const again = startOpsServer({ host: '127.0.0.1', port: server.port, metrics, missing: () => [] });
	await assert.rejects(again, { code: 'EADDRINUSE' });
});
