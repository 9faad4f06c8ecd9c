/**
 * A real Kafka cluster of one or three brokers (KRaft, each broker and controller in one process), in a folder of its own.
 * Small heaps and short sessions, so that a broker that was killed is missed, and comes back, within seconds.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, Child } from './child.ts';
import { freePorts } from './ports.ts';

export type KafkaListener = {
	readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
	/** Further lines of server.properties for the listener CLIENT (keystores, mechanisms, JAAS). */
	readonly properties?: Readonly<Record<string, string>>;
};

export type KafkaOptions = {
	readonly folder: string;
	/** 1 or 3; default 1. Replication of the inner topics follows. */
	readonly brokers?: number;
	/** Address clients connect to; default 127.0.0.1. Brokers among themselves always use that. */
	readonly host?: string;
	/** How clients connect; default PLAINTEXT. Brokers talk to each other in plain text. */
	readonly listener?: KafkaListener;
	/** Further arguments of the storage tool, for example `--add-scram …`. */
	readonly formatArgs?: readonly string[];
	/** Further lines of server.properties. */
	readonly properties?: Readonly<Record<string, string>>;
};

export type KafkaBroker = {
	readonly id: number;
	readonly port: number;
	start(): Promise<void>;
	kill(): Promise<void>;
	pause(): void;
	resume(): void;
	stop(): Promise<void>;
};

export type KafkaCluster = {
	/** Address and port of each broker. */
	readonly bootstrap: readonly string[];
	readonly brokers: readonly KafkaBroker[];
	/** Runs one of Kafka's own tools, for example `org.apache.kafka.tools.ProducerPerformance`; gives its output. */
	tool(mainClass: string, args: readonly string[]): string;
	stop(): Promise<void>;
};

const loopback = '127.0.0.1';
const clusterId = 'MkU3OEVBNTcwNTJENDM2Qg';
const smallJvm = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

const root = join(import.meta.dirname, '../..');
/** deploy/setup has no types. */
type KafkaSetup = { ensureKafka(root: string): Promise<string> };

/** Fetched first where they are missing. */
async function brokerJars(): Promise<string> {
	const { ensureKafka } = (await import(join(root, 'deploy/setup/kafka.mjs'))) as KafkaSetup;
	return ensureKafka(root);
}

export async function startKafka(options: KafkaOptions): Promise<KafkaCluster> {
	const { folder, brokers: count = 1, formatArgs = [], host = loopback } = options;
	mkdirSync(folder, { recursive: true });
	const libs = join(await brokerJars(), '*');
	const ports = await freePorts(3 * count);
	const nodes = Array.from({ length: count }, (_, i) => ({
		id: i + 1,
		port: ports[3 * i]!,
		innerPort: ports[3 * i + 1]!,
		controllerPort: ports[3 * i + 2]!,
	}));
	const voters = nodes.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(',');
	const brokers = nodes.map((node) => {
		const config = join(folder, `broker-${node.id}.properties`);
		writeFileSync(config, propertiesOf(node, { folder, voters, count, options }));
		const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn';
		const format = ['format', '-t', clusterId, '-c', config, ...formatArgs];
		execFileSync('java', ['-Xmx96m', ...smallJvm, quiet, '-cp', libs, 'kafka.tools.StorageTool', ...format], {
			stdio: 'ignore',
		});
		const child = new Child({
			name: `Kafka broker ${node.id}`,
			program: 'java',
			args: ['-Xms48m', '-Xmx256m', ...smallJvm, quiet, '-cp', libs, 'kafka.Kafka', config],
			logFile: join(folder, `broker-${node.id}.log`),
			ready: () => answers(node.port, host),
		});
		return {
			id: node.id,
			port: node.port,
			start: () => child.start(),
			kill: () => child.kill(),
			pause: () => child.pause(),
			resume: () => child.resume(),
			stop: () => child.stop(),
		};
	});
	try {
		await Promise.all(brokers.map((broker) => broker.start()));
	} catch (error) {
		await Promise.all(brokers.map((broker) => broker.kill()));
		throw error;
	}
	return {
		bootstrap: nodes.map(({ port }) => `${host}:${port}`),
		brokers,
		tool: (mainClass, args) =>
			execFileSync('java', ['-Xmx256m', '-cp', libs, mainClass, ...args], {
				encoding: 'utf8',
				stdio: ['ignore', 'pipe', 'pipe'],
			}),
		stop: async () => {
			await Promise.all(brokers.map((broker) => broker.stop()));
		},
	};
}

type Node = { id: number; port: number; innerPort: number; controllerPort: number };

function propertiesOf(
	node: Node,
	cluster: { folder: string; voters: string; count: number; options: KafkaOptions },
): string {
	const { folder, voters, count, options } = cluster;
	const { protocol, properties: listenerProperties = {} } = options.listener ?? { protocol: 'PLAINTEXT' };
	const replicas = String(count);
	const inSync = String(Math.min(2, count));
	const address = (name: string, port: number, host = loopback): string => `${name}://${host}:${port}`;
	const properties: Record<string, string> = {
		'process.roles': 'broker,controller',
		'node.id': String(node.id),
		'controller.quorum.voters': voters,
		'controller.listener.names': 'CONTROLLER',
		'listener.security.protocol.map': `CLIENT:${protocol},INNER:PLAINTEXT,CONTROLLER:PLAINTEXT`,
		'inter.broker.listener.name': 'INNER',
		listeners: [
			address('CLIENT', node.port, options.host),
			address('INNER', node.innerPort),
			address('CONTROLLER', node.controllerPort),
		].join(','),
		'log.dirs': join(folder, `data-${node.id}`),
		'offsets.topic.num.partitions': '4',
		'offsets.topic.replication.factor': replicas,
		'transaction.state.log.num.partitions': '4',
		'transaction.state.log.replication.factor': replicas,
		'transaction.state.log.min.isr': inSync,
		'share.coordinator.state.topic.replication.factor': replicas,
		'share.coordinator.state.topic.min.isr': inSync,
		'min.insync.replicas': inSync,
		'group.initial.rebalance.delay.ms': '0',
		'auto.create.topics.enable': 'false',
		'log.cleaner.dedupe.buffer.size': '2097152',
		'broker.session.timeout.ms': '2000',
		'broker.heartbeat.interval.ms': '500',
		...listenerProperties,
		...options.properties,
	};
	return Object.entries(properties)
		.map(([name, value]) => `${name}=${value}\n`)
		.join('');
}
