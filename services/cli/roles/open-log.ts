/** The log that a role works on: Kafka when the configuration names brokers, else the embedded one in the data folder. */
import { readFileSync } from 'node:fs';
import { openEmbeddedLog } from '#log/embedded/index.ts';
import {
	createTokenSource,
	type KafkaOptions,
	type KafkaSasl,
	openKafkaLog,
	planTopics,
	type SchemaRegistryOptions,
	type TopicPlan,
} from '#log/kafka/index.ts';
import type { EventLog } from '#log/log.ts';
import type { KafkaConfig } from '#platform/config/index.ts';
import { readPem, readPemFile } from './read-pem.ts';
import { embeddedLogOptions, type Settings } from './settings.ts';

export function usesKafka({ config }: Pick<Settings, 'config'>): boolean {
	return config.kafka.brokers.length > 0;
}

const hourMs = 3_600_000;

/** The topics as lanner.yaml wants them. */
export function plannedTopics({ config: { kafka } }: Pick<Settings, 'config'>): TopicPlan[] {
	return planTopics({
		...kafka,
		eventsRetentionMs: kafka.eventsRetentionHours * hourMs,
		alertsRetentionMs: kafka.alertsRetentionHours * hourMs,
	});
}

export type OpenLogOptions = Pick<KafkaOptions, 'appendTimeoutMs'>;

export async function openLog(settings: Settings, options: OpenLogOptions = {}): Promise<EventLog> {
	if (!usesKafka(settings)) return openEmbeddedLog(embeddedLogOptions(settings));
	return openKafkaLog({ ...kafkaOptions(settings), ...options });
}

export function kafkaOptions({ config, logger }: Pick<Settings, 'config' | 'logger'>): KafkaOptions {
	const { kafka } = config;
	const sasl = saslOf(kafka);
	return {
		brokers: kafka.brokers,
		clientId: kafka.clientId,
		prefix: kafka.prefix ?? '',
		compression: kafka.compression,
		batchBytesMax: kafka.batchBytesMax,
		requestTimeoutMs: kafka.requestTimeoutMs,
		sessionTimeoutMs: kafka.sessionTimeoutMs,
		logger,
		...(kafka.tls.enabled ? { tls: readPem(kafka.tls, 'kafka.tls') } : {}),
		...(sasl === null ? {} : { sasl }),
		...(kafka.schemaRegistry.url === null ? {} : { schemaRegistry: registryOf(kafka) }),
	};
}

function saslOf({ sasl }: KafkaConfig): KafkaSasl | null {
	const { mechanism, username, password, tokenFile, tokenEndpoint, tokenCaFile } = sasl;
	switch (mechanism) {
		case 'none':
			return null;
		case 'oauthbearer':
			if (tokenEndpoint === null)
				return { mechanism, token: async () => readFileSync(tokenFile ?? '', 'utf8').trim() };
			return {
				mechanism,
				token: createTokenSource(
					{
						url: tokenEndpoint,
						clientId: sasl.clientId ?? '',
						clientSecret: sasl.clientSecret ?? '',
						...(sasl.scope === null ? {} : { scope: sasl.scope }),
						...(tokenCaFile === null ? {} : { ca: readPemFile(tokenCaFile, 'kafka.sasl.tokenCaFile') }),
					},
					Date.now,
				),
			};
		default:
			return { mechanism, username: username ?? '', password: password ?? '' };
	}
}

function registryOf({ schemaRegistry }: KafkaConfig): SchemaRegistryOptions {
	const { url, username, password, caFile } = schemaRegistry;
	return {
		url: url ?? '',
		...(username === null ? {} : { username }),
		...(password === null ? {} : { password }),
		...(caFile === null ? {} : { ca: readPemFile(caFile, 'kafka.schemaRegistry.caFile') }),
	};
}
