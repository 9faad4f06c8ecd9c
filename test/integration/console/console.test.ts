/** The console over the embedded log, asked as browsers and clients ask. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ConsoleOptions } from '#console/console.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { createAuthority } from '#test/fleet/certificates.ts';
import { ask, openStream, startTestConsole } from '#test/support/console.ts';
import { alertOf, appendAlerts, logFixture, until } from '#test/support/sink.ts';

type Test = { after(end: () => Promise<void>): void };

async function serve(t: Test, given: Partial<ConsoleOptions> = {}, ...before: readonly Partial<Alert>[]) {
	const fixture = await logFixture();
	if (before.length > 0) await appendAlerts(fixture.log, ...before);
	const served = await startTestConsole(fixture.log, given);
	t.after(async () => {
		await served.stop();
		await fixture.cleanUp();
	});
	return {
		...served,
		log: fixture.log,
		append: (...alerts: Partial<Alert>[]) => appendAlerts(fixture.log, ...alerts),
	};
}

const numbered = (from: number, to: number): Partial<Alert>[] =>
	Array.from({ length: to - from }, (_, i) => ({ id: `n${from + i}`, sequence: from + i }));
const idsOf = (alerts: readonly Partial<Alert>[]): string[] => alerts.map(({ id }) => id ?? '');
const idsIn = (text: string): string[] => (JSON.parse(text).alerts as Alert[]).map(({ id }) => id);

test('what is in the log is there at the start, bounded, and what comes streams in order', async (t) => {
	const { url, append, metrics } = await serve(t, { historyAlerts: 20 }, ...numbered(0, 50));
	const page = await ask(`${url}/api/alerts?limit=1000`);
	assert.deepEqual(idsIn(page.text), idsOf(numbered(30, 50)).reverse());
	const stream = await openStream(`${url}/api/stream?after=${JSON.parse(page.text).cursor}`);
	t.after(async () => stream.close());
	await append(...numbered(50, 55));
	await append({ id: 'n52' }, ...numbered(55, 60));
	await until(() => stream.alertIds().length >= 10);
	assert.deepEqual(stream.alertIds(), idsOf(numbered(50, 60)), 'the repeat is not told twice');
	assert.equal(metrics.get('lanner_console_alerts_repeated_total'), 1);
});

test('offsets with a hole (the log after a crash) do not hide what came before it', async (t) => {
	const records = numbered(0, 30).map((given, i) => ({
		...{ offset: BigInt(i < 25 ? i : 1_000_000 + i), appendedMs: i, key: 'h' },
		value: alertCodec.encode(alertOf(given)),
	}));
	let at = 0;
	const revoked = new AbortController();
	const assignment = {
		...{ topic: 'lanner.alerts' as const, partition: 0, revoked: revoked.signal, lost: revoked.signal },
		release: () => {},
		seek: async (target: unknown) => {
			const found = records.findIndex(({ offset }) => typeof target !== 'bigint' || offset >= target);
			at = found < 0 ? records.length : found;
		},
		async read() {
			if (at >= records.length) await new Promise((resolve) => setTimeout(resolve, 5));
			const from = at;
			at += 7;
			return records.slice(from, at);
		},
		...{ reportProgress: async () => true, progress: async () => null, progressNote: async () => '' },
		...{ partitionCount: async () => 1, endOffset: async () => 1_000_030n },
	};
	const consumer = {
		async *assignments() {
			yield assignment;
			if (!revoked.signal.aborted)
				await new Promise((resolve) => revoked.signal.addEventListener('abort', resolve));
		},
		close: async () => revoked.abort(),
	};
	const { url, stop } = await startTestConsole({ consume: async () => consumer }, { historyAlerts: 10 });
	t.after(stop);
	assert.deepEqual(idsIn((await ask(`${url}/api/alerts`)).text), idsOf(numbered(20, 30)).reverse());
});

test('a client that comes back goes on where it was: no gap, no repeat, also with a filter that lets nothing through', async (t) => {
	const { url, append } = await serve(t, {}, ...numbered(0, 3));
	const first = await openStream(`${url}/api/stream`);
	await append(...numbered(3, 6));
	await until(() => first.alertIds().length === 3);
	const cursor = first.lastId();
	first.close();
	await append(...numbered(6, 40));
	const second = await openStream(`${url}/api/stream`, { 'last-event-id': cursor });
	await until(() => second.alertIds().length === 34);
	assert.deepEqual(second.alertIds(), idsOf(numbered(6, 40)));
	second.close();
	const middle = second.events[10]?.id ?? '';
	const third = await openStream(`${url}/api/stream?after=ffffffffffff.1`, { 'last-event-id': middle });
	t.after(async () => third.close());
	await until(() => third.alertIds().length === 23);
	assert.deepEqual(third.alertIds(), idsOf(numbered(17, 40)));
	const filtered = await openStream(`${url}/api/stream?filter=alert.severity<0&after=${middle}`);
	t.after(async () => filtered.close());
	assert.match(filtered.lastId(), /^[0-9a-f]{12}\.\d+$/);
	assert.deepEqual(filtered.events, []);
});

test('where a client cannot go on it is told so, with what is lost, and gets all that is kept', async (t) => {
	const { url, append, metrics } = await serve(t, { historyAlerts: 10 }, ...numbered(0, 10));
	const first = await openStream(`${url}/api/stream`);
	await until(() => first.lastId() !== '');
	first.close();
	await append(...numbered(10, 25));
	await until(() => metrics.get('lanner_console_alerts_received_total') === 25);
	const late = await openStream(`${url}/api/stream`, { 'last-event-id': first.lastId() });
	const stranger = await openStream(`${url}/api/stream`, { 'last-event-id': '0123456789ab.3' });
	t.after(async () => {
		late.close();
		stranger.close();
	});
	for (const [stream, lost] of [
		[late, 5],
		[stranger, null],
	] as const) {
		await until(() => stream.alertIds().length === 10);
		assert.deepEqual(
			[stream.events[0]?.event, JSON.parse(stream.events[0]?.data ?? '')],
			['reset', { lost }],
		);
		assert.deepEqual(stream.alertIds(), idsOf(numbered(15, 25)));
	}
});

test('a client that does not read is dropped and counted, and nobody waits for it', async (t) => {
	const { port, url, append, metrics } = await serve(t, { historyAlerts: 50 });
	const slow = connect(port, '127.0.0.1');
	slow.on('error', () => undefined);
	slow.write('GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n');
	slow.pause();
	const quick = await openStream(`${url}/api/stream`);
	t.after(async () => {
		quick.close();
		slow.destroy();
	});
	await until(() => metrics.get('lanner_console_streams') === 2);
	const output = 'x'.repeat(60_000);
	for (let i = 0; i < 40; i++) {
		await append(...numbered(i * 10, i * 10 + 10).map((given) => ({ ...given, output })));
		await until(() => quick.alertIds().length === i * 10 + 10);
	}
	assert.deepEqual(quick.alertIds(), idsOf(numbered(0, 400)));
	assert.equal(metrics.get('lanner_console_streams_dropped_total', { reason: 'slow' }), 1);
	assert.equal(metrics.get('lanner_console_streams'), 1);
});

test('streams are bounded, and every answer refuses scripts, frames and guesses of types', async (t) => {
	const { url } = await serve(t, { clientsMax: 2 }, {});
	const streams = [await openStream(`${url}/api/stream`), await openStream(`${url}/api/stream`)];
	t.after(async () => {
		for (const stream of streams) stream.close();
	});
	const third = await ask(`${url}/api/stream`);
	assert.deepEqual([third.status, third.headers['retry-after']], [503, '10']);
	for (const path of [
		'/',
		'/login',
		'/page/main.mjs',
		...['page', 'alerts', 'tables', 'narrow', 'login'].map((name) => `/page/${name}.css`),
		'/api/alerts',
		'/api/about',
		'/nothing',
		'/api/alerts/x',
	]) {
		const { headers } = await ask(`${url}${path}`);
		const policy = String(headers['content-security-policy']);
		for (const part of [
			"default-src 'none'",
			"script-src 'self'",
			"frame-ancestors 'none'",
			"require-trusted-types-for 'script'",
		])
			assert.ok(policy.includes(part), `${path}: ${part}`);
		assert.ok(!policy.includes('unsafe'), path);
		assert.equal(headers['x-content-type-options'], 'nosniff', path);
		assert.equal(headers['access-control-allow-origin'], undefined, path);
	}
	assert.match(String((await ask(`${url}/page/main.mjs`)).headers['content-type']), /^text\/javascript/);
	assert.equal((await ask(`${url}/api/alerts`)).headers['cache-control'], 'no-store');
});

test('requests that were meant for another name, or come from another site, are refused before anything is read', async (t) => {
	const { url } = await serve(t, {}, {});
	const status = async (path: string, headers: Record<string, string>, method = 'GET') =>
		(await ask(`${url}${path}`, { headers, method })).status;
	assert.equal(await status('/api/alerts', { host: 'evil.example.com' }), 421);
	assert.equal(await status('/', { host: 'evil.example.com' }), 421);
	assert.equal(await status('/api/alerts', { 'sec-fetch-site': 'cross-site' }), 403);
	assert.equal(await status('/logout', { 'sec-fetch-site': 'same-site' }, 'POST'), 403);
	assert.equal(await status('/', { 'sec-fetch-site': 'cross-site' }), 200, 'a link may lead here');
	assert.equal(await status('/api/alerts', { 'sec-fetch-site': 'same-origin' }), 200);
	assert.equal(await status('/api/alerts', {}, 'DELETE'), 405);
	assert.equal(await status(`/api/alerts?text=${'x'.repeat(9_000)}`, {}), 414);
	assert.equal(await status('/', { 'x-long': 'x'.repeat(20_000) }), 431);
	for (const path of [
		'/page/../console.ts',
		'/page/%2e%2e/console.ts',
		'/page/',
		'/page/..%2fREADME.md',
		'/services',
	])
		assert.equal(await status(path, {}), 404, path);
});

test('with a token nothing of the alerts is told without it; a browser signs in with a form', async (t) => {
	const token = 'a-token-of-enough-characters';
	const { url } = await serve(t, { token }, { rule: 'Secret rule' });
	for (const path of [
		'/api/alerts',
		'/api/stream',
		'/api/hosts',
		'/api/rules',
		'/api/about',
		'/api/alerts/x',
	]) {
		const reply = await ask(`${url}${path}`);
		assert.deepEqual([reply.status, reply.headers['www-authenticate']], [401, 'Bearer'], path);
	}
	const page = await ask(`${url}/`);
	assert.deepEqual([page.status, page.headers.location], [303, '/login']);
	assert.equal((await ask(`${url}/login`)).status, 200);
	const bearer = { authorization: `Bearer ${token}` };
	assert.ok((await ask(`${url}/api/alerts`, { headers: bearer })).text.includes('Secret rule'));
	const post = (body: string) => ask(`${url}/login`, { method: 'POST', body });
	const wrong = await post('token=wrong');
	assert.deepEqual(
		[wrong.status, wrong.headers.location, wrong.headers['set-cookie']],
		[303, '/login#denied', undefined],
	);
	assert.equal((await post(`token=${'x'.repeat(5_000)}`)).status, 413);
	const right = await post(`token=${token}`);
	assert.deepEqual([right.status, right.headers.location], [303, '/']);
	const cookie = String(right.headers['set-cookie']).split(';')[0] ?? '';
	assert.equal((await ask(`${url}/`, { headers: { cookie } })).status, 200);
	assert.ok((await ask(`${url}/api/alerts`, { headers: { cookie } })).text.includes('Secret rule'));
	const out = await ask(`${url}/logout`, { method: 'POST', headers: { cookie } });
	assert.match(String(out.headers['set-cookie']), /^lanner_console=;/);
});

test('with a certificate the page is served by TLS alone, and cookies are for TLS', async (t) => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-console-tls-'));
	t.after(async () => rmSync(folder, { recursive: true, force: true }));
	const authority = createAuthority(folder);
	const issued = authority.issue('console');
	const [cert, key, ca] = [issued.cert, issued.key, authority.ca].map((file) => readFileSync(file, 'utf8'));
	const token = 'a-token-of-enough-characters';
	const { port, url } = await serve(t, { tls: { cert: cert ?? '', key: key ?? '' }, token }, {});
	await assert.rejects(ask(`${url}/login`));
	const answer = await new Promise<IncomingMessage>((resolve, reject) => {
		const options = {
			...{ host: '127.0.0.1', port, path: '/login', method: 'POST', ca },
			agent: false as const,
		};
		httpsRequest(options, resolve).on('error', reject).end(`token=${token}`);
	});
	answer.resume();
	assert.equal(answer.statusCode, 303);
	assert.match(String(answer.headers['set-cookie']), /; Secure$/);
});

test('the API answers selections, one alert, hosts and rules, and says what it does not understand', async (t) => {
	const { url } = await serve(
		t,
		{},
		{ id: 'a', rule: 'One', priority: 'Notice', hostId: 'h1', hostName: 'web1' },
		{ id: 'b', rule: 'Two', priority: 'Critical', hostId: 'h2', hostName: 'db1' },
		{ id: 'c', rule: 'Two', priority: 'Critical', hostId: 'h1', hostName: 'web1' },
	);
	const get = async (path: string) => {
		const { status, text } = await ask(`${url}${path}`);
		return { status, ...JSON.parse(text) };
	};
	assert.deepEqual(idsIn((await ask(`${url}/api/alerts?rule=Two&host=h1`)).text), ['c']);
	assert.deepEqual(
		idsIn((await ask(`${url}/api/alerts?filter=${encodeURIComponent('alert.severity = 5')}`)).text),
		['a'],
	);
	assert.deepEqual(idsIn((await ask(`${url}/api/alerts?since=1h`)).text), ['c', 'b', 'a']);
	assert.deepEqual(idsIn((await ask(`${url}/api/alerts?since=2999-01-01`)).text), []);
	const newest = await get('/api/alerts?limit=2');
	assert.deepEqual(
		newest.alerts.map(({ id }: Alert) => id),
		['c', 'b'],
	);
	const older = await get(`/api/alerts?limit=2&before=${newest.before}`);
	assert.deepEqual([older.alerts.map(({ id }: Alert) => id), older.before], [['a'], null]);
	assert.equal((await get('/api/alerts/b')).rule, 'Two');
	assert.equal((await get('/api/alerts/x')).status, 404);
	assert.deepEqual(
		(await get('/api/rules')).rules.map(
			({ rule, alerts, hosts }: { rule: string; alerts: number; hosts: number }) => [rule, alerts, hosts],
		),
		[
			['Two', 2, 2],
			['One', 1, 1],
		],
	);
	assert.deepEqual(
		(await get('/api/hosts')).hosts.map(({ name, alerts }: { name: string; alerts: number }) => [
			name,
			alerts,
		]),
		[
			['db1', 1],
			['web1', 2],
		],
	);
	const about = await get('/api/about');
	assert.deepEqual([about.version, about.alerts, about.canSignOut, about.missing], ['1.2.3', 3, false, []]);
	for (const [query, words] of [
		['limt=5', /unknown parameter "limt"; accepted: text, /],
		['limit=0', /limit is not 1 to 1000/],
		['since=soon', /since is neither/],
		['before=x', /before is no cursor/],
		['filter=alert.rule', /^filter: /],
	] as const) {
		const refused = await get(`/api/alerts?${query}`);
		assert.equal(refused.status, 400, query);
		assert.match(refused.error, words);
	}
	assert.equal((await ask(`${url}/api/stream?after=made-up`)).status, 400);
});

test('a record that is no alert is told and counted, and the next ones are shown', async (t) => {
	const { log, url, append, metrics, lines } = await serve(t, {}, { id: 'a' });
	await log.append('lanner.alerts', [{ key: 'h', value: Buffer.from('not an alert') }]);
	// A time beyond all calendars decodes, but cannot be shown.
	await append({ id: 'never', timeS: 1e15 }, { id: 'b' });
	await until(() => metrics.get('lanner_console_alerts_received_total') === 2);
	assert.deepEqual(idsIn((await ask(`${url}/api/alerts`)).text), ['b', 'a']);
	assert.equal(metrics.get('lanner_console_records_undecodable_total'), 2);
	assert.ok(lines.some(({ level, message }) => level === 'warn' && message === 'A record is not an alert'));
});
