/**
 * What `lanner size` computes with: measured, each with the command that measures it. Bytes follow from our encodings and are held by
 * test/bench/sizing.bench.test.ts (also in `npm test`), on the recording of a real host in deploy/demo. CPU times are of a busy 2-core cloud machine
 * (../shared/FACTS.md), so they are on the safe side: measure yours where it matters.
 */
import type { KafkaCompression } from '#log/kafka/index.ts';

export type BatchBytes = { readonly ofBatch: number; readonly ofEvent: number };

export const measured = {
	/** Bytes of a record's value in Kafka: `ofBatch` + events × `ofEvent`. sizing.bench.test.ts, 2026-11-27. */
	batchBytes: {
		none: { ofBatch: 148, ofEvent: 117.4 },
		gzip: { ofBatch: 342, ofEvent: 16.7 },
		snappy: { ofBatch: 366, ofEvent: 23.7 },
		lz4: { ofBatch: 368, ofEvent: 24 },
		zstd: { ofBatch: 376, ofEvent: 12.9 },
	} satisfies Readonly<Record<KafkaCompression, BatchBytes>>,
	/** Of Kafka around a batch that holds one record with a host id as key, by its format: the batch's head 61, the record's 10, the key 36. */
	kafkaBytesOfBatch: 107,
	/** Key and value of a process in the state. sizing.bench.test.ts, 2026-11-27. */
	stateBytesOfProcess: 381,
	/** What Redis adds to a value: 384 bytes were used for values of 300. `LANNER_BENCH=full node --import tsx --test test/bench/store.bench.test.ts`. */
	redisOverheadOfProcess: 84,
	/** A host beside its processes: what is known of it and of its accounts. sizing.bench.test.ts, 2026-11-27. */
	stateBytesOfHost: 111,
	/** Chosen, not measured: room for Redis itself and for copies on write while it saves. */
	redisRoom: 1.5,
	/** JavaScript memory of a process in a loaded host. sizing.bench.test.ts, 2026-11-27. */
	evaluatorBytesOfProcess: 1_776,
	/** `lanner evaluator` with the rules that come with Lanner and no host: VmRSS after its start was 108 MiB, 2026-11-27. */
	evaluatorBaseBytes: 120 << 20,
	/**
	 * CPU of one evaluator an event, everything included (consume, decode, state, our rules, alerts, commits): the upper end of 7 to 9 µs of
	 * services/evaluator/README.md, measured on a busy machine; `node --import tsx test/bench/fleet/speed.ts` measures it.
	 */
	evaluatorUsOfEvent: 9,
	/** CPU of an evaluator to take a host over (load its state of 50 processes). test/bench/store.bench.test.ts, cold: cpuUsOfHost. */
	takeOverUsOfHost: 1_000,
} as const;

/** What is assumed when nothing is said. */
export const assumed = {
	/** Events that a host sends although nothing happens: heartbeats of capture and agent. */
	heartbeatsPerS: 0.4,
	processesOfHost: 200,
	/** The busiest hour against the average. */
	peakFactor: 3,
	/** Share of a core that an evaluator may use at the peak; the rest is for catching up after an outage. */
	busyShareMax: 0.6,
} as const;
