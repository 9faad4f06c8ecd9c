/** The event log on Apache Kafka, for fleets: the port of log.ts over kafkajs. What it promises is in the README of the folder above. */
import type { Admin, Kafka } from 'kafkajs';
import type { Consumer, EventLog } from '../log.ts';
import { createClient } from './client.ts';
import { KafkaConsumer } from './consumer.ts';
import { translate } from './errors.ts';
import type { KafkaOptions } from './options.ts';
import { KafkaProducer } from './producer.ts';
import { AlertFraming } from './registry.ts';

export type { KafkaCompression } from './codecs.ts';
export type { KafkaOptions, KafkaSasl, KafkaTls, LogLogger } from './options.ts';
export type { SchemaRegistryOptions } from './registry.ts';
export { createTokenSource, type TokenEndpoint } from './token-endpoint.ts';
export {
	addPartitions,
	ensureTopics,
	type PlanOptions,
	planTopics,
	type TopicFinding,
	type TopicPlan,
} from './topics.ts';

/** Connects nothing yet: the first append or consumer does, and tells why when it cannot. */
export function openKafkaLog(options: KafkaOptions): EventLog {
	const kafka = createClient(options);
	const offsetsAdmin = new LazyAdmin(kafka);
	// kafkajs forgets the other topics of an admin when it is asked for the metadata of one: offsets asked for meanwhile were not found.
	const partitionsAdmin = new LazyAdmin(kafka);
	const producer = new KafkaProducer(kafka, options, async (topic) => {
		const { topics } = await (await partitionsAdmin.connected()).fetchTopicMetadata({ topics: [topic] });
		return topics[0]?.partitions.length ?? 0;
	});
	const { prefix = '', schemaRegistry, logger } = options;
	const framing =
		schemaRegistry === undefined ? null : new AlertFraming(`${prefix}lanner.alerts`, schemaRegistry, logger);
	const consumers = new Set<KafkaConsumer>();
	return {
		async append(topic, records) {
			const isFramed = framing !== null && topic === 'lanner.alerts';
			await producer.append(topic, isFramed ? await framing.frame(records) : records);
		},
		async consume(wanted): Promise<Consumer> {
			const consumer = new KafkaConsumer(wanted, kafka, () => offsetsAdmin.connected(), {
				...options,
				framing: wanted.topic === 'lanner.alerts' ? framing : null,
			});
			consumers.add(consumer);
			await consumer.join(wanted.stop);
			return consumer;
		},
		async close() {
			await Promise.all([...consumers].map((consumer) => consumer.close()));
			await producer.close();
			await Promise.all([offsetsAdmin.close(), partitionsAdmin.close()]);
		},
	};
}

/** Connected when it is first needed. */
class LazyAdmin {
	readonly #kafka: Kafka;
	#admin: Promise<Admin> | null = null;

	constructor(kafka: Kafka) {
		this.#kafka = kafka;
	}

	connected(): Promise<Admin> {
		this.#admin ??= this.#connect();
		return this.#admin;
	}

	async close(): Promise<void> {
		await this.#admin?.then((client) => client.disconnect()).catch(() => undefined);
	}

	async #connect(): Promise<Admin> {
		const client = this.#kafka.admin();
		try {
			await client.connect();
			return client;
		} catch (error) {
			this.#admin = null;
			throw translate(error, 'connect to Kafka');
		}
	}
}
