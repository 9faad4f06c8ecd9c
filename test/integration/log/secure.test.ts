/** A broker with TLS, every SASL mechanism and an authorizer: we get in as we should, and are told why when we do not. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
	createTokenSource,
	ensureTopics,
	type KafkaOptions,
	type KafkaSasl,
	openKafkaLog,
	planTopics,
} from '#log/kafka/index.ts';
import { assigned, readTexts } from '#test/contract/log.ts';
import { type Authority, createAuthority } from '#test/fleet/certificates.ts';
import { type KafkaCluster, startKafka } from '#test/fleet/kafka.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanner-kafka-secure-'));
const password = 'a "quoted" pass\\word, and more';
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const scram256 = { mechanism: 'scram-sha-256', username: 'probe', password: 'scram-256-secret' } as const;
let authority: Authority;
let kafka: KafkaCluster;

const jaas = 'org.apache.kafka.common.security';
const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`;
/** server.properties unescapes backslashes once more. */
const property = (text: string): string => text.replaceAll('\\', '\\\\');

before(async () => {
	authority = createAuthority(join(folder, 'authority'));
	const { keystore, truststore, password: storePassword } = authority.keystores('broker');
	kafka = await startKafka({
		folder: join(folder, 'kafka'),
		formatArgs: [
			...['--add-scram', 'SCRAM-SHA-256=[name=probe,password=scram-256-secret]'],
			...['--add-scram', 'SCRAM-SHA-512=[name=probe,password=scram-512-secret]'],
			...['--add-scram', 'SCRAM-SHA-256=[name=stranger,password=stranger]'],
		],
		listener: {
			protocol: 'SASL_SSL',
			properties: {
				'listener.name.client.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
				'listener.name.client.plain.sasl.jaas.config': property(
					`${jaas}.plain.PlainLoginModule required user_probe=${quoted(password)};`,
				),
				'listener.name.client.scram-sha-256.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
				'listener.name.client.scram-sha-512.sasl.jaas.config': `${jaas}.scram.ScramLoginModule required;`,
				'listener.name.client.oauthbearer.sasl.jaas.config': `${jaas}.oauthbearer.OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";`,
				'listener.name.client.ssl.keystore.location': keystore,
				'listener.name.client.ssl.keystore.password': storePassword,
				'listener.name.client.ssl.keystore.type': 'PKCS12',
				'listener.name.client.ssl.truststore.location': truststore,
				'listener.name.client.ssl.truststore.password': storePassword,
				'listener.name.client.ssl.truststore.type': 'PKCS12',
				'listener.name.client.ssl.client.auth': 'requested',
			},
		},
		properties: {
			'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
			'super.users': 'User:ANONYMOUS;User:probe',
		},
	});
	await ensureTopics(plans, optionsOf(scram256), { create: true });
});
after(async () => {
	await kafka?.stop();
	rmSync(folder, { recursive: true, force: true });
});

const dayMs = 86_400_000;
const plans = planTopics({
	partitions: 1,
	replication: 1,
	minInSync: 1,
	eventsRetentionMs: dayMs,
	alertsRetentionMs: dayMs,
});

function optionsOf(sasl: KafkaSasl, more: Partial<KafkaOptions> = {}): KafkaOptions {
	return {
		brokers: kafka.bootstrap,
		clientId: 'test',
		tls: { ca: readFileSync(authority.ca, 'utf8') },
		sasl,
		appendTimeoutMs: 0,
		logger: quiet,
		...more,
	};
}

/** What an unsecured validator of Kafka takes: for tests only. */
function unsecuredToken(): string {
	const now = Math.floor(Date.now() / 1000);
	const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
	return `${part({ alg: 'none' })}.${part({ sub: 'probe', iat: now, exp: now + 300 })}.`;
}

let groups = 0;

async function assertWorks(options: KafkaOptions, text: string): Promise<void> {
	const log = openKafkaLog(options);
	try {
		await log.append('lanner.events', [{ key: 'h', value: Buffer.from(text) }]);
		const { assignment } = await assigned(log, `g${groups++}`);
		await assignment.seek((await assignment.endOffset()) - 1n);
		assert.deepEqual(await readTexts(assignment, 1), [text]);
	} finally {
		await log.close();
	}
}

/** The append is refused at once, with a reason and what to do, and neither tells the secret. */
async function assertRefused(options: KafkaOptions, reason: RegExp, remedy: RegExp): Promise<void> {
	const log = openKafkaLog(options);
	try {
		await assert.rejects(log.append('lanner.events', [{ key: 'h', value: Buffer.from('x') }]), (error) => {
			const { code, message, remedy: told } = error as Error & { code: string; remedy: string };
			assert.equal(code, 'log-refused', message);
			assert.match(message, reason);
			assert.match(told, remedy);
			assert.doesNotMatch(message + told, /secret/);
			return true;
		});
	} finally {
		await log.close();
	}
}

const ways: Readonly<Record<string, KafkaSasl>> = {
	PLAIN: { mechanism: 'plain', username: 'probe', password },
	'SCRAM-SHA-256': scram256,
	'SCRAM-SHA-512': { mechanism: 'scram-sha-512', username: 'probe', password: 'scram-512-secret' },
	OAUTHBEARER: { mechanism: 'oauthbearer', token: async () => unsecuredToken() },
};
for (const [name, sasl] of Object.entries(ways)) {
	test(`${name} over TLS: appends and reads`, () => assertWorks(optionsOf(sasl), name));
}

test('a certificate of our own is shown to brokers that ask for one', () => {
	const { cert, key } = authority.issue('client');
	return assertWorks(
		optionsOf(scram256, {
			tls: {
				ca: readFileSync(authority.ca, 'utf8'),
				cert: readFileSync(cert, 'utf8'),
				key: readFileSync(key, 'utf8'),
				serverName: 'localhost',
			},
		}),
		'mutual',
	);
});

test('tokens come from a token endpoint, are kept while they live, and renewed', async (t) => {
	const asked: string[] = [];
	const endpoint = await listen(
		createServer((request, response) => {
			let body = '';
			request.on('data', (chunk) => (body += chunk));
			request.on('end', () => {
				asked.push(`${request.headers.authorization} ${body}`);
				response.end(JSON.stringify({ access_token: unsecuredToken(), expires_in: 100 }));
			});
		}),
	);
	t.after(() => endpoint.server.close());
	let nowMs = 0;
	const token = createTokenSource(
		{ url: endpoint.url, clientId: 'id:1', clientSecret: 'client-secret', scope: 'kafka' },
		() => nowMs,
	);
	await assertWorks(optionsOf({ mechanism: 'oauthbearer', token }), 'endpoint');
	assert.deepEqual(asked, [
		`Basic ${Buffer.from('id%3A1:client-secret').toString('base64')} grant_type=client_credentials&scope=kafka`,
	]);
	nowMs = 89_000;
	await token();
	assert.equal(asked.length, 1, 'it is kept');
	nowMs = 91_000;
	await Promise.all([token(), token()]);
	assert.equal(asked.length, 2, 'it is renewed before it ends, once');
});

test('an endpoint that refuses the client is told as that', async (t) => {
	const endpoint = await listen(
		createServer((_, response) => response.writeHead(401).end('{"error":"invalid_client"}')),
	);
	t.after(() => endpoint.server.close());
	const token = createTokenSource(
		{ url: endpoint.url, clientId: 'id', clientSecret: 'client-secret' },
		Date.now,
	);
	await assertRefused(
		optionsOf({ mechanism: 'oauthbearer', token }),
		/gives no token: status 401, invalid_client/,
		/clientSecret/,
	);
});

test('a wrong password is refused at once, for every mechanism with one', async () => {
	for (const mechanism of ['plain', 'scram-sha-256', 'scram-sha-512'] as const) {
		const wrong = { mechanism, username: 'probe', password: 'wrong-secret' };
		await assertRefused(optionsOf(wrong), /do not let us in|wrong/, /kafka\.sasl/);
	}
});

test('a wrong authority, and none, are refused', async () => {
	const other = createAuthority(join(folder, 'other'), 'another authority');
	const ca = readFileSync(other.ca, 'utf8');
	await assertRefused(optionsOf(scram256, { tls: { ca } }), /TLS with the brokers fails/, /kafka\.tls/);
	await assertRefused(optionsOf(scram256, { tls: {} }), /TLS with the brokers fails/, /kafka\.tls/);
});

test('a certificate for another name is refused', () =>
	assertRefused(
		optionsOf(scram256, {
			tls: { ca: readFileSync(authority.ca, 'utf8'), serverName: 'kafka.example.com' },
		}),
		/TLS with the brokers fails/,
		/serverName/,
	));

test('a user without rights is told which', async () => {
	const stranger = { mechanism: 'scram-sha-256', username: 'stranger', password: 'stranger' } as const;
	await assertRefused(optionsOf(stranger), /no rights|does not exist/, /grant|create the topics/);
	const log = openKafkaLog(optionsOf(stranger));
	await assert.rejects(log.consume({ topic: 'lanner.events', group: 'g' }), { code: 'log-refused' });
	await log.close();
});

test('a topic that does not exist is refused with the command that makes it', () =>
	assertRefused(optionsOf(scram256, { prefix: 'absent-' }), /does not exist/, /lanner topics create/));

test('a cluster that does not answer, or has no such name, is transient: the append says so when its time is over', async () => {
	for (const address of ['127.0.0.1:1', 'no-such-host.invalid:9092']) {
		const log = openKafkaLog(optionsOf(scram256, { brokers: [address] }));
		await assert.rejects(log.append('lanner.events', [{ key: 'h', value: Buffer.from('x') }]), (error) => {
			assert.equal((error as { code?: string }).code, 'log-unavailable');
			return true;
		});
		await log.close();
	}
});

async function listen(server: Server): Promise<{ server: Server; url: string }> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { server, url: `http://127.0.0.1:${(server.address() as { port: number }).port}/token` };
}
