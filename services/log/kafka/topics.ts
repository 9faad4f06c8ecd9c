/**
 * The topics of Lanner in a cluster: made when absent, compared when there. Nothing is ever taken away; partitions are added only
 * when asked for by name (`addPartitions`), because the state of hosts belongs to partitions.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin, ITopicConfig } from 'kafkajs';
import type { Topic } from '../log.ts';
import { createClient } from './client.ts';
import { isUnknownTopic, translate } from './errors.ts';
import type { KafkaOptions } from './options.ts';

export type TopicPlan = {
	readonly topic: Topic;
	readonly partitions: number;
	/** Replicas of each partition; -1 = the cluster's default. */
	readonly replication: number;
	/** Settings of the topic, as Kafka names them. */
	readonly settings: Readonly<Record<string, string>>;
};

export type TopicFinding = {
	readonly topic: Topic;
	/** `different`: it is there, but not as planned; nothing was changed. */
	readonly state: 'created' | 'as planned' | 'different' | 'absent';
	readonly partitions: number;
	readonly replication: number;
	/** What differs, for people. */
	readonly differences: readonly string[];
};

export type PlanOptions = {
	/** Of events and alerts; default 12. */
	readonly partitions: number;
	readonly replication: number;
	/** Copies that must have a record before it is acknowledged; default 2 with three replicas, else 1. */
	readonly minInSync: number;
	readonly eventsRetentionMs: number;
	readonly alertsRetentionMs: number;
};

/**
 * Records have the time at which the brokers took them. With the time of the sender, which is Kafka's default, brokers refuse a host whose
 * clock is an hour ahead, delete at once what comes from one whose clock is behind the retention, and keep for years what is ahead.
 */
const brokersTime = { 'message.timestamp.type': 'LogAppendTime' };

export function planTopics(options: PlanOptions): TopicPlan[] {
	const { partitions, replication, minInSync, eventsRetentionMs, alertsRetentionMs } = options;
	const durable = { 'min.insync.replicas': String(minInSync), ...brokersTime };
	const kept = (ms: number) => ({ 'cleanup.policy': 'delete', 'retention.ms': String(ms), ...durable });
	const plan = (topic: Topic, count: number, settings: Record<string, string>): TopicPlan => ({
		topic,
		partitions: count,
		replication,
		settings,
	});
	return [
		plan('lanner.events', partitions, kept(eventsRetentionMs)),
		plan('lanner.alerts', partitions, kept(alertsRetentionMs)),
		plan('lanner.alerts.dead', 1, kept(alertsRetentionMs)),
		plan('lanner.events.dead', 1, kept(alertsRetentionMs)),
		plan('lanner.control', 1, { 'cleanup.policy': 'compact', ...durable }),
	];
}

/** With `create` false it only looks. */
export async function ensureTopics(
	plans: readonly TopicPlan[],
	options: KafkaOptions,
	{ create }: { readonly create: boolean },
): Promise<TopicFinding[]> {
	const admin = createClient(options).admin();
	try {
		await admin.connect();
		const present = await whenSpread(() => describe(admin, options, plans));
		const absent = plans.filter(({ topic }) => !present.has(topic));
		if (create && absent.length > 0) {
			const topics = absent.map((plan) => kafkaTopic(plan, options));
			// Done again it makes what is absent still.
			await whenSpread(() => admin.createTopics({ waitForLeaders: true, topics }));
		}
		return plans.map((plan) => {
			const found = present.get(plan.topic);
			if (found !== undefined) return compare(plan, found);
			return {
				topic: plan.topic,
				state: create ? 'created' : 'absent',
				partitions: plan.partitions,
				replication: plan.replication,
				differences: [],
			};
		});
	} catch (error) {
		throw translate(error, 'look at the topics');
	} finally {
		await admin.disconnect().catch(() => undefined);
	}
}

const spreadMsMax = 60_000;
const spreadPauseMs = 500;

/** A topic that one broker has made is unknown to the others for a moment, which a busy cluster makes longer than kafkajs waits. */
async function whenSpread<T>(work: () => Promise<T>): Promise<T> {
	for (const end = performance.now() + spreadMsMax; ; ) {
		try {
			return await work();
		} catch (error) {
			if (!isUnknownTopic(error) || performance.now() > end) throw error;
			await sleep(spreadPauseMs);
		}
	}
}

/** How many it had before; adds none when it has so many already. */
export async function addPartitions(
	topic: Topic,
	partitions: number,
	options: KafkaOptions,
): Promise<number> {
	const name = `${options.prefix ?? ''}${topic}`;
	const admin = createClient(options).admin();
	try {
		await admin.connect();
		const before = (await admin.fetchTopicMetadata({ topics: [name] })).topics[0]?.partitions.length ?? 0;
		if (before < partitions)
			await admin.createPartitions({ topicPartitions: [{ topic: name, count: partitions }] });
		return before;
	} catch (error) {
		throw translate(error, `add partitions to ${topic}`);
	} finally {
		await admin.disconnect().catch(() => undefined);
	}
}

type Found = { partitions: number; replication: number; settings: ReadonlyMap<string, string> };

async function describe(
	admin: Admin,
	{ prefix = '' }: KafkaOptions,
	plans: readonly TopicPlan[],
): Promise<Map<Topic, Found>> {
	const names = new Set(await admin.listTopics());
	const there = plans.filter(({ topic }) => names.has(`${prefix}${topic}`));
	const found = new Map<Topic, Found>();
	if (there.length === 0) return found;
	const { topics } = await admin.fetchTopicMetadata({
		topics: there.map(({ topic }) => `${prefix}${topic}`),
	});
	const { resources } = await admin.describeConfigs({
		includeSynonyms: false,
		resources: there.map(({ topic }) => ({ type: topicResource, name: `${prefix}${topic}` })),
	});
	for (const { topic } of there) {
		const name = `${prefix}${topic}`;
		const metadata = topics.find((one) => one.name === name);
		const settings = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
		found.set(topic, {
			partitions: metadata?.partitions.length ?? 0,
			replication: metadata?.partitions[0]?.replicas.length ?? 0,
			settings: new Map(settings.map(({ configName, configValue }) => [configName, configValue])),
		});
	}
	return found;
}

/** Kafka's number for a topic among the kinds of resources. */
const topicResource = 2;

function kafkaTopic(plan: TopicPlan, { prefix = '' }: KafkaOptions): ITopicConfig {
	return {
		topic: `${prefix}${plan.topic}`,
		numPartitions: plan.partitions,
		replicationFactor: plan.replication,
		configEntries: Object.entries(plan.settings).map(([name, value]) => ({ name, value })),
	};
}

function compare(plan: TopicPlan, { partitions, replication, settings }: Found): TopicFinding {
	const differences: string[] = [];
	if (partitions !== plan.partitions)
		differences.push(`partitions ${partitions}, planned ${plan.partitions}`);
	if (plan.replication > 0 && replication !== plan.replication)
		differences.push(`replication ${replication}, planned ${plan.replication}`);
	for (const [name, value] of Object.entries(plan.settings)) {
		const own = settings.get(name) ?? '';
		if (own !== value) differences.push(`${name} ${own}, planned ${value}`);
	}
	const state = differences.length === 0 ? 'as planned' : 'different';
	return { topic: plan.topic, state, partitions, replication, differences };
}
