/** The kafkajs client as every part of the adapter uses it: addresses, TLS, SASL, its log lines in our logger. */
import type { Kafka as KafkaClient, logLevel as LogLevel, SASLOptions } from 'kafkajs';
import { Kafka, logLevel } from './kafkajs.ts';
import type { KafkaOptions, KafkaSasl, LogLogger } from './options.ts';

const connectTimeoutMs = 5_000;
const requestTimeoutMsDefault = 30_000;
/** kafkajs' own attempts for one operation, about 10 s; what lies behind is our decision. */
const retry = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 6, factor: 0.2, multiplier: 2 };

export function createClient(options: KafkaOptions): KafkaClient {
	const { brokers, clientId, tls, sasl, logger } = options;
	return new Kafka({
		brokers: [...brokers],
		clientId,
		connectionTimeout: connectTimeoutMs,
		requestTimeout: options.requestTimeoutMs ?? requestTimeoutMsDefault,
		retry,
		logLevel: logLevel.INFO,
		logCreator: () => logLines(logger),
		...(tls === undefined
			? {}
			: {
					ssl: {
						...(tls.ca === undefined ? {} : { ca: [tls.ca] }),
						...(tls.cert === undefined ? {} : { cert: tls.cert }),
						...(tls.key === undefined ? {} : { key: tls.key }),
						...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
					},
				}),
		...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
	});
}

function saslOptions(sasl: KafkaSasl): SASLOptions {
	if (sasl.mechanism === 'oauthbearer')
		return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await sasl.token() }) };
	return { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password } as SASLOptions;
}

/** Lines that say that the cluster cannot be reached. */
const connectionTrouble = /^Connection (?:error|timeout)|^Failed to connect/;

/**
 * kafkajs calls errors what it recovers from (a coordinator that loads, a rebalance), so its lines are for debugging; what could not be
 * recovered is thrown, and told by us. A connection that fails is told at once: the wait that follows may be long.
 */
function logLines(
	logger: LogLogger,
): (entry: {
	level: LogLevel;
	namespace: string;
	log: { message: string; timestamp: string; logger?: string };
}) => void {
	return ({ level, namespace, log: { message, timestamp: _, logger: __, ...fields } }) => {
		const { stack: ___, ...shown } = fields as { stack?: string };
		const told = level <= logLevel.ERROR && connectionTrouble.test(message);
		const write = told ? logger.warn : logger.debug;
		write.call(logger, { from: 'kafkajs', part: namespace, ...shown }, message);
	};
}
