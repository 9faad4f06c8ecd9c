import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { Access } from '#console/http/access.ts';
import { createHostCheck, isFromElsewhere } from '#console/http/host-check.ts';
import { Metrics } from '#platform/metrics.ts';

const token = 'a-token-of-enough-characters';

function accessOf(given: { token?: string | null; isTls?: boolean } = {}) {
	const clock = { nowMs: 1_000_000 };
	const metrics = new Metrics();
	const access = new Access({
		...{ token, isTls: false, sessionMs: 3_600_000, metrics, now: () => clock.nowMs },
		...given,
	});
	return { access, metrics, clock };
}

function request(headers: IncomingHttpHeaders = {}, remoteAddress = '192.0.2.1') {
	return { headers, socket: { remoteAddress } };
}

const bearer = (given: string): IncomingHttpHeaders => ({ authorization: `Bearer ${given}` });
const cookieOf = (setCookie: string): string => setCookie.split(';')[0] ?? '';

test('without a token everybody is granted, with one only who has it', () => {
	assert.equal(accessOf({ token: null }).access.check(request()).kind, 'granted');
	const { access } = accessOf();
	assert.equal(access.check(request()).kind, 'denied');
	assert.equal(access.check(request(bearer(token))).kind, 'granted');
	for (const wrong of [`${token}x`, token.slice(1), '', 'Basic'])
		assert.equal(access.check(request(bearer(wrong))).kind, 'denied', wrong);
	assert.equal(access.check(request({ authorization: token })).kind, 'denied');
});

test('signing in gives a cookie that scripts cannot read and other sites do not send, for TLS only there', () => {
	const { access } = accessOf();
	const { verdict, cookie } = access.signIn(request(), token);
	assert.equal(verdict.kind, 'granted');
	assert.match(
		cookie,
		/^lanner_console=\d+\.[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=3600$/,
	);
	assert.ok(!cookie.includes(token));
	assert.match(accessOf({ isTls: true }).access.signIn(request(), token).cookie, /; Secure$/);
	assert.deepEqual(access.check(request({ cookie: `other=1; ${cookieOf(cookie)}` })), {
		kind: 'granted',
		untilMs: 4_600_000,
	});
	assert.match(access.signOut(), /^lanner_console=; .*Max-Age=0$/);
});

test('a session ends with its time, and with the token; it cannot be lengthened', () => {
	const { access, clock } = accessOf();
	const cookie = cookieOf(access.signIn(request(), token).cookie);
	const [, digits = '', signature = ''] = /=(\d+)\.(.+)$/.exec(cookie) ?? [];
	const longer = `lanner_console=${Number(digits) + 1}.${signature}`;
	assert.equal(access.check(request({ cookie: longer })).kind, 'denied');
	assert.equal(accessOf({ token: `${token}2` }).access.check(request({ cookie })).kind, 'denied');
	assert.equal(
		accessOf().access.check(request({ cookie })).kind,
		'granted',
		'another console, the same token',
	);
	clock.nowMs += 3_600_000;
	assert.equal(access.check(request({ cookie })).kind, 'denied');
	for (const made of [
		'lanner_console=',
		'lanner_console=1.x',
		`lanner_console=${'9'.repeat(400)}.${signature}`,
	])
		assert.equal(access.check(request({ cookie: made })).kind, 'denied', made);
});

test('after ten wrong tokens an address has to wait, others and those who are signed in do not', () => {
	const { access, metrics, clock } = accessOf();
	const cookie = cookieOf(access.signIn(request(), token).cookie);
	for (let i = 0; i < 10; i++) {
		const how =
			i % 2 === 0 ? access.check(request(bearer('wrong'))) : access.signIn(request(), 'wrong').verdict;
		assert.equal(how.kind, 'denied', String(i));
	}
	assert.deepEqual(access.check(request(bearer(token))), { kind: 'limited', retryAfterS: 60 });
	assert.equal(access.signIn(request(), token).verdict.kind, 'limited');
	assert.equal(access.check(request({ cookie })).kind, 'granted');
	assert.equal(access.check(request(bearer(token), '192.0.2.2')).kind, 'granted');
	assert.equal(metrics.get('lanner_console_logins_total', { result: 'refused' }), 5);
	assert.equal(metrics.get('lanner_console_logins_total', { result: 'limited' }), 2);
	clock.nowMs += 60_000;
	assert.equal(access.check(request(bearer(token))).kind, 'granted');
});

test('addresses of one IPv6 network count as one', () => {
	const { access } = accessOf();
	for (let i = 0; i < 10; i++) access.check(request(bearer('wrong'), `2001:db8:1:2:${i}::1`));
	assert.equal(access.check(request(bearer(token), '2001:db8:1:2::99')).kind, 'limited');
	assert.equal(access.check(request(bearer(token), '2001:db8:1:3::99')).kind, 'granted');
	for (let i = 0; i < 10; i++) access.check(request(bearer('wrong'), '::ffff:192.0.2.7'));
	assert.equal(access.check(request(bearer(token), '::ffff:192.0.2.8')).kind, 'granted');
});

test('a name that could be rebound is refused; addresses, localhost and given names are not', () => {
	const isOurs = createHostCheck(['lanner.example.com']);
	for (const host of [
		'localhost',
		'LOCALHOST:9480',
		'127.0.0.1:9480',
		'[::1]:9480',
		'192.0.2.1',
		'Lanner.example.com.:443',
	])
		assert.ok(isOurs(host), host);
	for (const host of [
		undefined,
		'',
		'evil.example.com',
		'localhost.evil.example.com:9480',
		'127.0.0.1.evil.example.com',
		'a@localhost',
		'[evil]',
		'1.2.3',
		'lanner.example.com:x',
	])
		assert.ok(!isOurs(host), String(host));
	assert.ok(isFromElsewhere({ 'sec-fetch-site': 'cross-site' }));
	assert.ok(isFromElsewhere({ 'sec-fetch-site': 'same-site' }));
	for (const site of ['same-origin', 'none', undefined])
		assert.ok(!isFromElsewhere(site === undefined ? {} : { 'sec-fetch-site': site }));
});
