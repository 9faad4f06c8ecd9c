import type { KafkaCompression } from './codecs.ts';
import type { SchemaRegistryOptions } from './registry.ts';

/** How a Kafka cluster is reached. Texts of PEM and passwords are secrets: they are never part of a message. */
export type KafkaTls = {
	/** PEM of the authorities that are trusted; absent = those of Node. */
	readonly ca?: string;
	/** PEM of our certificate and its key, for clusters that ask for one. */
	readonly cert?: string;
	readonly key?: string;
	/** Name that the brokers' certificates must carry; absent = the host name used. */
	readonly serverName?: string;
};

export type KafkaSasl =
	| {
			readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
			readonly username: string;
			readonly password: string;
	  }
	| { readonly mechanism: 'oauthbearer'; readonly token: () => Promise<string> };

export type LogLogger = Record<
	'debug' | 'info' | 'warn' | 'error',
	(fields: object, message: string) => void
>;

export type KafkaOptions = {
	/** `host:port` of at least one broker. */
	readonly brokers: readonly string[];
	readonly clientId: string;
	readonly tls?: KafkaTls;
	readonly sasl?: KafkaSasl;
	/** Put before the name of every topic and consumer group, so that several installations can share a cluster; default ''. */
	readonly prefix?: string;
	/** Of batches that we write; default `auto` (`compressionOf`). */
	readonly compression?: KafkaCompression | 'auto';
	/**
	 * Bytes of one batch before compression; default 768 KiB, since brokers refuse batches over 1 MiB (`message.max.bytes`) unless told
	 * otherwise. A single record over it is refused here.
	 */
	readonly batchBytesMax?: number;
	/** Longest time for one request, milliseconds; default 30 000. */
	readonly requestTimeoutMs?: number;
	/**
	 * How long an append goes on trying while the cluster is away, milliseconds, before it throws `LogUnavailableError`; null = until the
	 * log is closed (default).
	 */
	readonly appendTimeoutMs?: number | null;
	/** Bytes read ahead per partition; default 4 MiB. Reading pauses above it. */
	readonly readAheadBytes?: number;
	/** A consumer that is not heard of for so long loses its partitions, milliseconds; default 10 000. */
	readonly sessionTimeoutMs?: number;
	/** Alerts are framed for it, and those that are framed are read; absent = single-object encoding only. */
	readonly schemaRegistry?: SchemaRegistryOptions;
	readonly logger: LogLogger;
};
