/** From a fleet to what it takes; pure arithmetic on constants.ts. Rounded up where a person has to provide it. */
import type { KafkaCompression } from '#log/kafka/index.ts';
import { assumed, measured } from './constants.ts';

export type Fleet = {
	readonly hosts: number;
	/** Events in a second that a host sends, on average over a day. */
	readonly eventsPerHost: number;
	readonly processesPerHost: number;
	readonly peakFactor: number;
	/** probe.lingerMs and probe.batchBytes. */
	readonly lingerMs: number;
	readonly batchBytes: number;
	readonly replication: number;
	readonly retentionHours: number;
};

export type KafkaNeeds = {
	readonly bytesPerDay: number;
	/** All replicas, for the retention. */
	readonly bytesOnDisk: number;
	readonly bytesPerSecondAtPeak: number;
};

export type Needs = {
	readonly eventsPerSecond: number;
	readonly eventsPerSecondAtPeak: number;
	readonly recordsPerSecond: number;
	readonly kafka: Readonly<Record<KafkaCompression, KafkaNeeds>>;
	readonly evaluators: number;
	readonly evaluatorCores: number;
	readonly evaluatorMemoryBytes: number;
	readonly partitions: number;
	readonly redisBytes: number;
	/** Taking the hosts of one evaluator over after it died. */
	readonly takeOverSeconds: number;
};

const dayS = 86_400;
const codecs: readonly KafkaCompression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
/** So that work can be spread evenly, and there is room to grow. */
const partitionsOfEvaluator = 3;
const partitionsMin = 12;

export function planFleet(fleet: Fleet): Needs {
	const { hosts, processesPerHost, peakFactor } = fleet;
	const rate = fleet.eventsPerHost + assumed.heartbeatsPerS;
	const eventsPerSecond = hosts * rate;
	const atPeak = eventsPerSecond * peakFactor;
	const evaluatorCores = (atPeak * measured.evaluatorUsOfEvent) / 1e6;
	// One more than the peak needs: one may be away (an upgrade, a machine that died).
	const evaluators = Math.ceil(evaluatorCores / assumed.busyShareMax) + 1;
	const processes = hosts * processesPerHost;
	const hostsOfEvaluator = hosts / (evaluators - 1);
	const redisOfProcess = measured.stateBytesOfProcess + measured.redisOverheadOfProcess;
	return {
		eventsPerSecond,
		eventsPerSecondAtPeak: atPeak,
		recordsPerSecond: hosts * batching(rate, fleet).batchesPerS,
		kafka: Object.fromEntries(
			codecs.map((codec) => [codec, kafkaNeeds(codec, rate, fleet)]),
		) as Needs['kafka'],
		evaluators,
		evaluatorCores,
		evaluatorMemoryBytes: Math.ceil(
			measured.evaluatorBaseBytes + hostsOfEvaluator * processesPerHost * measured.evaluatorBytesOfProcess,
		),
		partitions: Math.max(partitionsMin, evaluators * partitionsOfEvaluator),
		redisBytes: Math.ceil(
			measured.redisRoom * (processes * redisOfProcess + hosts * measured.stateBytesOfHost),
		),
		takeOverSeconds: (hostsOfEvaluator * measured.takeOverUsOfHost) / 1e6,
	};
}

/**
 * A batch is sent `lingerMs` after its first event, or when it is full. With events that come at random it holds what comes in
 * that time beside the first.
 */
function batching(
	rate: number,
	{ lingerMs, batchBytes }: Fleet,
): { eventsOfBatch: number; batchesPerS: number } {
	const full = Math.max(1, batchBytes / measured.batchBytes.none.ofEvent);
	const eventsOfBatch = Math.min(full, 1 + (rate * lingerMs) / 1000);
	return { eventsOfBatch, batchesPerS: rate / eventsOfBatch };
}

function kafkaNeeds(codec: KafkaCompression, rate: number, fleet: Fleet): KafkaNeeds {
	const { hosts, peakFactor, replication, retentionHours } = fleet;
	const { ofBatch, ofEvent } = measured.batchBytes[codec];
	const { batchesPerS } = batching(rate, fleet);
	const bytesPerS = hosts * (batchesPerS * (ofBatch + measured.kafkaBytesOfBatch) + rate * ofEvent);
	return {
		bytesPerDay: Math.ceil(bytesPerS * dayS),
		bytesOnDisk: Math.ceil(bytesPerS * 3600 * retentionHours * replication),
		bytesPerSecondAtPeak: Math.ceil(bytesPerS * peakFactor),
	};
}
