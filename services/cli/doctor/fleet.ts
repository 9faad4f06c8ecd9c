/** Kafka, Redis and the clocks between, from what was seen of them; pure. */
import type { TopicFinding } from '#log/kafka/index.ts';
import type { RedisFacts, RedisNode } from '#store/redis/index.ts';
import { bad, type Finding, good } from './finding.ts';

/** Events carry each host's time, and what is silent is told within 15 s: seconds matter, milliseconds do not. */
const clockOffsetMsMax = 1_000;
const memoryShareMax = 0.9;
const mebibyte = 1024 * 1024;

export function judgeRedis({ nodes, partitions }: RedisFacts): Finding[] {
	if (nodes.length === 0)
		return [bad('redis', 'no primary was found', 'look at the nodes: redis-cli CLUSTER NODES')];
	return [
		...nodes.flatMap((node) => [judgeRole(node), judgeMemory(node)]),
		...judgeClock(nodes),
		good(
			'redis state',
			partitions === null ? 'none yet' : `belongs to ${partitions} partitions of lanner.events`,
		),
	];
}

function judgeRole({ address, version, isPrimary, latencyMs, appendOnly }: RedisNode): Finding {
	const shown = `Redis ${version} at ${address}, ${latencyMs.toFixed(1)} ms`;
	if (!isPrimary)
		return bad(
			'redis',
			`${shown}, is a replica`,
			'give the address of the primary, or use redis.mode sentinel',
		);
	return good(
		'redis',
		appendOnly ? shown : `${shown}; no append-only file: after a restart state is rebuilt from the log`,
	);
}

function judgeMemory({ address, usedBytes, maxBytes, evictionPolicy }: RedisNode): Finding {
	const mib = (bytes: number): string => `${Math.ceil(bytes / mebibyte)} MiB`;
	const shown = `${mib(usedBytes)} of ${maxBytes === 0 ? 'no limit' : mib(maxBytes)} used at ${address}, policy ${evictionPolicy}`;
	if (evictionPolicy !== 'noeviction')
		return bad(
			'redis memory',
			shown,
			'CONFIG SET maxmemory-policy noeviction (and in redis.conf): state that is evicted is lost silently',
		);
	if (maxBytes > 0 && usedBytes > memoryShareMax * maxBytes)
		return bad('redis memory', shown, 'raise maxmemory: a full Redis makes the evaluators wait');
	return good('redis memory', shown);
}

function judgeClock(nodes: readonly RedisNode[]): Finding[] {
	const offsets = nodes.flatMap(({ address, clockOffsetMs }) =>
		clockOffsetMs === null ? [] : [{ address, offsetMs: clockOffsetMs }],
	);
	if (offsets.length === 0) return [];
	const worst = offsets.reduce((a, b) => (Math.abs(b.offsetMs) > Math.abs(a.offsetMs) ? b : a));
	const shown = `${Math.round(worst.offsetMs)} ms from Redis at ${worst.address}`;
	return [
		Math.abs(worst.offsetMs) <= clockOffsetMsMax
			? good('clock offset', shown)
			: bad('clock offset', shown, 'synchronize the clocks of both, for example with chrony'),
	];
}

/** `redisPartitions`: of the topic that the state belongs to; null = there is none, or Redis was not asked. */
export function judgeTopics(topics: readonly TopicFinding[], redisPartitions: number | null): Finding[] {
	const wrong = topics.filter(({ state }) => state === 'absent' || state === 'different');
	const events = topics.find(({ topic, state }) => topic === 'lanner.events' && state !== 'absent');
	const shown = wrong.map(({ topic, state, differences }) =>
		state === 'absent' ? `${topic} is absent` : `${topic}: ${differences.join(', ')}`,
	);
	const findings = [
		wrong.length === 0
			? good('kafka topics', `${topics.length} as planned`)
			: bad(
					'kafka topics',
					shown.join('; '),
					'lanner topics create makes absent ones; settings are changed with kafka-configs, or the plan (kafka.*) is',
				),
	];
	if (events !== undefined && redisPartitions !== null && events.partitions !== redisPartitions)
		findings.push(
			bad(
				'partitions',
				`lanner.events has ${events.partitions}, the state in Redis belongs to ${redisPartitions}`,
				'use a topic with that many partitions, or start with new state: another redis.prefix',
			),
		);
	return findings;
}
