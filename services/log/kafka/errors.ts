/**
 * kafkajs errors → ours, by what the caller does: wait (`LogUnavailableError`), tell a person (`LogRefusedError`), give up the
 * record (`RecordTooLargeError`). Unknown errors are not waited for: they go up as they are.
 */
import { LogRefusedError, LogUnavailableError, RecordTooLargeError } from '../log.ts';

type KafkaJsError = Error & {
	readonly type?: string;
	readonly cause?: unknown;
	readonly retriable?: boolean;
	readonly originalError?: Error;
	readonly errors?: readonly unknown[];
};

const refusals: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
	UNKNOWN_TOPIC_OR_PARTITION: [
		'the topic does not exist',
		'create the topics with: lanner topics create --config FILE',
	],
	TOPIC_AUTHORIZATION_FAILED: [
		'this user has no rights on the topic',
		'grant the rights of its role: deploy/acl/kafka.sh (README there)',
	],
	GROUP_AUTHORIZATION_FAILED: [
		'this user has no rights on the consumer group',
		'grant the rights of its role: deploy/acl/kafka.sh (README there)',
	],
	CLUSTER_AUTHORIZATION_FAILED: [
		'this user has no rights on the cluster',
		'grant IdempotentWrite (producers) or Create (topics create) on the cluster to the user of kafka.sasl',
	],
	SASL_AUTHENTICATION_FAILED: ['user name or password are wrong', 'check kafka.sasl'],
	UNSUPPORTED_SASL_MECHANISM: [
		'the brokers do not offer this SASL mechanism',
		'set kafka.sasl.mechanism to one of those in the message',
	],
	INVALID_TIMESTAMP: [
		"the time of this host is too far from the brokers'",
		'set the clock of this host; or let the topic take the time of the brokers, as topics that lanner creates do: message.timestamp.type=LogAppendTime (kafka-configs.sh --alter)',
	],
	ILLEGAL_SASL_STATE: ['the brokers expect another way to log in', 'check kafka.sasl and kafka.tls'],
};

const tooLarge = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** Of a TLS handshake: Node's codes for a certificate that does not convince. */
const tlsCodes =
	/^(?:ERR_TLS_|ERR_SSL_|UNABLE_TO_|CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|HOSTNAME_MISMATCH|EPROTO)/;

/** `what`: what was being done, for the message: `append to lanner.events`. */
export function translate(error: unknown, what: string): Error {
	if (!(error instanceof Error)) return new Error(`${what}: ${String(error)}`);
	if (
		error instanceof LogUnavailableError ||
		error instanceof LogRefusedError ||
		error instanceof RecordTooLargeError
	)
		return error;
	const chain = causesOf(error);
	const types = chain.map(({ type }) => type ?? '');
	if (types.some((type) => tooLarge.has(type)))
		return new RecordTooLargeError(
			`${what}: a batch is larger than the brokers take. Raise max.message.bytes of the topic, or lower kafka.batchBytesMax.`,
			{ cause: error },
		);
	for (const type of types) {
		const refusal = refusals[type];
		if (refusal !== undefined)
			return new LogRefusedError(`${what}: ${refusal[0]}: ${error.message}`, refusal[1], { cause: error });
	}
	if (chain.some((one) => one.name === 'KafkaJSSASLAuthenticationError'))
		return new LogRefusedError(
			`${what}: the brokers do not let us in: ${error.message}`,
			'check kafka.sasl',
			{
				cause: error,
			},
		);
	if (chain.some((one) => tlsCodes.test((one as NodeJS.ErrnoException).code ?? '') || isTlsText(one.message)))
		return new LogRefusedError(
			`${what}: TLS with the brokers fails: ${error.message}`,
			'check kafka.tls: ca must hold the authority of the brokers, and their name must fit kafka.brokers or kafka.tls.serverName',
			{ cause: error },
		);
	if (chain.some(isTransient)) return new LogUnavailableError(`${what}: ${error.message}`, { cause: error });
	return error;
}

/** Which may be one that other brokers know already. */
export function isUnknownTopic(error: unknown): boolean {
	return error instanceof Error && causesOf(error).some(({ type }) => type === 'UNKNOWN_TOPIC_OR_PARTITION');
}

/** The cluster knows us and says no: nothing that passes, as a topic that a broker does not know yet may be. */
export function isDenied(error: Error): boolean {
	return causesOf(error).some(
		({ type = '', name }) =>
			/_AUTHORIZATION_FAILED$|^SASL_AUTHENTICATION_FAILED$/.test(type) ||
			name === 'KafkaJSSASLAuthenticationError',
	);
}

function isTlsText(message: string): boolean {
	return /certificate|SSL routines|tlsv1|wrong version number/i.test(message);
}

function isTransient({ name, retriable }: KafkaJsError): boolean {
	return (
		retriable === true ||
		/^KafkaJS(?:ConnectionError|ConnectionClosedError|RequestTimeoutError|BrokerNotFound|NumberOfRetriesExceeded|NoBrokerAvailableError|GroupCoordinatorNotFound|MetadataNotLoaded|LockTimeout|Timeout)/.test(
			name,
		)
	);
}

const depthMax = 8;

/** The error, what caused it, and what an error of several holds. */
function causesOf(error: Error): KafkaJsError[] {
	const chain: KafkaJsError[] = [];
	const next: unknown[] = [error];
	while (next.length > 0 && chain.length < depthMax) {
		const at = next.shift();
		if (!(at instanceof Error)) continue;
		const known = at as KafkaJsError;
		chain.push(known);
		next.push(known.cause ?? known.originalError, ...(known.errors ?? []));
	}
	return chain;
}
