/**
 * What a role cannot do without in lanner.yaml, told with its line before anything is opened. `fleet` (the option `--fleet`, which images
 * and units give) says that this is one role of many: then the embedded log and store, which only one process can use, are a mistake, and a
 * probe or evaluator that silently worked on them would be a host or a share of the events that nobody watches.
 */
import type { Config, RelationProblem } from '#platform/config/index.ts';
import { outputsInForce } from './outputs/in-force.ts';

export type FleetRole = 'probe' | 'evaluator' | 'sink' | 'console';

const brokersExample = 'brokers: ["kafka-1.example.com:9092"]';
const addressesExample = 'addresses: ["redis.example.com:6379"]';

export const fleetOption = { type: 'boolean', default: false } as const;

/** One line of a role's help. */
export const fleetHelp =
	'--fleet          refuse to start without Kafka (and, as evaluator, Redis): for images and units, where it is a mistake';

export function roleNeeds(
	role: FleetRole,
	{ fleet }: { readonly fleet: boolean },
): (config: Config) => RelationProblem[] {
	return ({ kafka, redis, outputs }) => {
		const hasKafka = kafka.brokers.length > 0;
		const hasRedis = redis.addresses.length > 0;
		const problems: RelationProblem[] = [];
		if (!hasKafka && (fleet || (role === 'evaluator' && hasRedis)))
			problems.push({
				path: ['kafka', 'brokers'],
				message: `is empty; ${hasRedis && role === 'evaluator' ? 'redis.addresses is given and goes with it' : `${role} --fleet works on Kafka`}: kafka: { ${brokersExample} }`,
			});
		if (role === 'evaluator' && !hasRedis && (fleet || hasKafka))
			problems.push({
				path: ['redis', 'addresses'],
				message: `is empty; with Kafka the state of hosts is kept in Redis: redis: { ${addressesExample} }`,
			});
		if (role === 'sink' && outputsInForce({ outputs }, { json: false }).every(({ enabled }) => !enabled))
			problems.push({
				path: ['outputs'],
				message: 'none is enabled, so a sink has nothing to do: enable one',
			});
		return problems;
	};
}

/** What `lanner run` leaves alone, although it is given. */
export function keepsToItself({ kafka, redis }: Config): RelationProblem[] {
	const unused = (path: readonly string[]): RelationProblem => ({
		path,
		message:
			'is not used: lanner run keeps log and state on this host. In a fleet: lanner probe, evaluator and sink',
		doubtful: true,
	});
	return [
		...(kafka.brokers.length > 0 ? [unused(['kafka', 'brokers'])] : []),
		...(redis.addresses.length > 0 ? [unused(['redis', 'addresses'])] : []),
	];
}
