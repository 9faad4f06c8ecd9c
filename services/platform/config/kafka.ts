/** The section `kafka`: the log of a fleet. Without brokers the log is the embedded one. */

import {
	checkAddresses,
	checkTls,
	isLoopbackAddress,
	isOpenOnTheWay,
	meaningless,
	tlsOptions,
} from './connection.ts';
import { choice, integer, optionalText, type RelationProblem, text, texts, type ValueOf } from './option.ts';

export const kafkaSection = {
	brokers: texts({
		default: [],
		description: 'host:port of at least one broker; empty = the embedded log of one host.',
	}),
	clientId: text({
		default: 'lanner',
		pattern: /^[A-Za-z0-9._-]{1,100}$/,
		accepts: '1 to 100 of A-Z a-z 0-9 . _ -',
		description: "Name under which the brokers' logs and quotas know us.",
	}),
	prefix: optionalText({
		default: null,
		pattern: /^[A-Za-z0-9._-]{1,100}$/,
		accepts: '1 to 100 of A-Z a-z 0-9 . _ -, or null',
		description:
			'Put before the names of topics and consumer groups, so that installations can share a cluster.',
	}),
	partitions: integer({
		default: 12,
		min: 1,
		max: 10_000,
		description:
			'Partitions of events and of alerts when topics are created: the most evaluators that can share the work. Cannot be changed later without new state.',
	}),
	replication: integer({
		default: 3,
		min: 1,
		max: 15,
		description: 'Copies of each partition when topics are created.',
	}),
	minInSync: integer({
		default: 2,
		min: 1,
		max: 15,
		description: 'Copies that must have a record before it is acknowledged.',
	}),
	eventsRetentionHours: integer({
		default: 168,
		min: 1,
		max: 87_600,
		unit: 'hours',
		description: 'How long events are kept when topics are created.',
	}),
	alertsRetentionHours: integer({
		default: 720,
		min: 1,
		max: 87_600,
		unit: 'hours',
		description: 'How long alerts and dead letters are kept when topics are created.',
	}),
	compression: choice(['auto', 'none', 'gzip', 'snappy', 'lz4', 'zstd'], {
		default: 'auto',
		description:
			'Of the batches we write. auto = lz4 for events (a quarter of the CPU of gzip for two fifths more bytes), gzip for the rest, which every client reads; zstd makes them smallest.',
	}),
	batchBytesMax: integer({
		default: 768 * 1024,
		min: 16 * 1024,
		max: 64 * 1024 * 1024,
		unit: 'bytes',
		description: "Largest batch, before compression; must be below the brokers' message.max.bytes.",
	}),
	requestTimeoutMs: integer({
		default: 30_000,
		min: 1000,
		max: 600_000,
		unit: 'milliseconds',
		description: 'Longest time for one request.',
	}),
	sessionTimeoutMs: integer({
		default: 10_000,
		min: 6000,
		max: 300_000,
		unit: 'milliseconds',
		description: 'A consumer that is not heard of for so long loses its partitions to the others.',
	}),
	tls: tlsOptions('the brokers'),
	sasl: {
		mechanism: choice(['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], {
			default: 'none',
			description: 'How we log in.',
		}),
		username: optionalText({ default: null, description: 'User (plain, scram).' }),
		password: optionalText({ default: null, secret: true, description: 'Password (plain, scram).' }),
		tokenFile: optionalText({
			default: null,
			path: true,
			description:
				'File with the token (oauthbearer), read anew for each login, so that others can renew it.',
		}),
		tokenEndpoint: optionalText({
			default: null,
			description:
				'URL that gives tokens for client credentials (oauthbearer, instead of tokenFile); renewed before they expire.',
		}),
		tokenCaFile: optionalText({
			default: null,
			path: true,
			description: "PEM of the endpoint's authorities; null = those of Node.",
		}),
		clientId: optionalText({ default: null, description: 'Client at the token endpoint.' }),
		clientSecret: optionalText({ default: null, secret: true, description: 'Its secret.' }),
		scope: optionalText({ default: null, description: 'Scope that is asked for.' }),
	},
	schemaRegistry: {
		url: optionalText({
			default: null,
			description:
				"Schema registry (Confluent's interface): alerts are written in its framing, and read in both; null = single-object encoding.",
		}),
		username: optionalText({ default: null, description: 'User at the registry.' }),
		password: optionalText({ default: null, secret: true, description: 'Password at the registry.' }),
		caFile: optionalText({
			default: null,
			path: true,
			description: "PEM of the registry's authorities; null = those of Node.",
		}),
	},
};

export type KafkaConfig = ValueOf<typeof kafkaSection>;

/** Paths count from the section. */
export function checkKafka(kafka: KafkaConfig): RelationProblem[] {
	const problems = [
		...checkAddresses(kafka.brokers, 'brokers', 'kafka-1.example.com:9092'),
		...checkTls(kafka.tls),
	];
	const { mechanism } = kafka.sasl;
	const needed = neededFor(kafka.sasl);
	problems.push(...checkUrl(kafka.sasl.tokenEndpoint, ['sasl', 'tokenEndpoint']));
	problems.push(...checkUrl(kafka.schemaRegistry.url, ['schemaRegistry', 'url']));
	if (kafka.sasl.clientSecret !== null)
		problems.push(...checkSecretUrl(kafka.sasl.tokenEndpoint, ['sasl', 'tokenEndpoint']));
	if (kafka.schemaRegistry.password !== null)
		problems.push(...checkSecretUrl(kafka.schemaRegistry.url, ['schemaRegistry', 'url']));
	for (const [name, value] of Object.entries(needed)) {
		if (value === null)
			problems.push({ path: ['sasl', name], message: `is null; sasl.mechanism ${mechanism} needs it` });
	}
	const open = !kafka.tls.enabled && kafka.brokers.some((one) => !isLoopbackAddress(one));
	if (open && (mechanism === 'plain' || mechanism === 'oauthbearer'))
		problems.push({
			path: ['sasl', 'mechanism'],
			message: `${mechanism} sends the ${mechanism === 'plain' ? 'password' : 'token'} as it is: set kafka.tls.enabled, or use scram-sha-512`,
		});
	const unused = [...unusedOfSasl(kafka.sasl)].map(({ path, message }) => ({
		path: ['sasl', ...path],
		message,
	}));
	problems.push(...unused, ...checkRegistryUser(kafka.schemaRegistry));
	if (kafka.minInSync > kafka.replication)
		problems.push({
			path: ['minInSync'],
			message: `${kafka.minInSync} is more than replication (${kafka.replication}); it must be at most that`,
		});
	return problems;
}

/** What the mechanism cannot do without. */
function neededFor({
	mechanism,
	username,
	password,
	tokenFile,
	tokenEndpoint,
	clientId,
	clientSecret,
}: KafkaConfig['sasl']): Readonly<Record<string, string | null>> {
	if (mechanism === 'none') return {};
	if (mechanism !== 'oauthbearer') return { username, password };
	return tokenEndpoint === null ? { tokenFile } : { clientId, clientSecret };
}

function checkUrl(url: string | null, path: readonly string[]): RelationProblem[] {
	if (url === null || (/^https?:\/\//.test(url) && URL.canParse(url))) return [];
	return [{ path, message: `${JSON.stringify(url)} is not a URL, such as https://host.example.com/path` }];
}

/** A secret goes there with every request. */
function checkSecretUrl(url: string | null, path: readonly string[]): RelationProblem[] {
	if (url === null || !isOpenOnTheWay(url)) return [];
	return [{ path, message: 'http:// would send the secret as it is: use https://' }];
}

/** Who gives a password believes to be logged in. */
function unusedOfSasl(sasl: KafkaConfig['sasl']): RelationProblem[] {
	const { mechanism, tokenEndpoint } = sasl;
	const users = ['username', 'password'];
	const clients = ['tokenCaFile', 'clientId', 'clientSecret', 'scope'];
	if (mechanism === 'none')
		return meaningless(
			sasl,
			[...users, 'tokenFile', 'tokenEndpoint', ...clients],
			'while sasl.mechanism is none: we would not log in. Name the mechanism, or leave it out',
		);
	if (mechanism !== 'oauthbearer')
		return meaningless(sasl, ['tokenFile', 'tokenEndpoint', ...clients], `with sasl.mechanism ${mechanism}`);
	return [
		...meaningless(sasl, users, 'with sasl.mechanism oauthbearer'),
		...(tokenEndpoint === null
			? meaningless(sasl, clients, 'without tokenEndpoint')
			: meaningless(sasl, ['tokenFile'], 'beside tokenEndpoint: the token comes from one of them')),
	];
}

function checkRegistryUser(registry: KafkaConfig['schemaRegistry']): RelationProblem[] {
	const { url, username, password } = registry;
	const problems =
		url === null ? meaningless(registry, ['username', 'password', 'caFile'], 'without url') : [];
	if (url !== null && (username === null) !== (password === null))
		problems.push({
			path: [username === null ? 'username' : 'password'],
			message: 'is null; user and password of the registry go together',
		});
	return problems.map(({ path, message }) => ({ path: ['schemaRegistry', ...path], message }));
}
