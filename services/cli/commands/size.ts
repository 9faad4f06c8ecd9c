/** `lanner size`: what a fleet takes in Kafka, Redis and evaluators, from measured constants. */
import type { KafkaCompression } from '#log/kafka/index.ts';
import { defaultConfig } from '#platform/config/index.ts';
import { type Command, parseArguments, UsageError } from '../command.ts';
import { assumed } from '../size/constants.ts';
import { type Fleet, type Needs, planFleet } from '../size/plan.ts';

const help = `Usage: lanner size --hosts N --events-per-host N [options]

What a fleet takes: events a second, Kafka by codec, Redis, evaluators. From measured constants (deploy/docs/sizing.md says how they were measured).

  --hosts N                 hosts with a probe
  --events-per-host N       events in a second that a host sends, on average over a day (lanner_agent_events_total says it; 5 for an idle server,
                            50 to 500 for a busy one)
  --processes-per-host N    default ${assumed.processesOfHost}
  --peak-factor N           the busiest hour against the average, default ${assumed.peakFactor}
  --linger-ms N             probe.lingerMs; fewer, larger batches when it is higher (default: that of lanner.yaml)
  --replication N           default: kafka.replication
  --retention-hours N       default: kafka.eventsRetentionHours
  --json                    for machines; bytes and seconds

Exit: 0 fine, 2 usage.

Examples:
  lanner size --hosts 500 --events-per-host 100
  lanner size --hosts 20000 --events-per-host 30 --retention-hours 72 --json
`;

export const size: Command = {
	help,
	async run(argv, io) {
		const text = { type: 'string' } as const;
		const { values } = parseArguments({
			args: [...argv],
			options: {
				hosts: text,
				'events-per-host': text,
				'processes-per-host': text,
				'peak-factor': text,
				'linger-ms': text,
				replication: text,
				'retention-hours': text,
				json: { type: 'boolean', default: false },
			},
		});
		const { kafka, probe } = defaultConfig();
		const number = (
			name: Exclude<keyof typeof values, 'json'>,
			fallback: number | null,
			min: number,
		): number => {
			const given = values[name];
			if (given === undefined && fallback === null) throw new UsageError(`--${name} is needed`);
			const value = given === undefined ? (fallback as number) : Number(given);
			if (!(value >= min && value <= numberMax) || given === '')
				throw new UsageError(`--${name} must be a number from ${min} to ${numberMax}, not ${given}`);
			return value;
		};
		const fleet: Fleet = {
			hosts: number('hosts', null, 1),
			eventsPerHost: number('events-per-host', null, 0),
			processesPerHost: number('processes-per-host', assumed.processesOfHost, 1),
			peakFactor: number('peak-factor', assumed.peakFactor, 1),
			lingerMs: number('linger-ms', probe.lingerMs, 1),
			batchBytes: probe.batchBytes,
			replication: number('replication', kafka.replication, 1),
			retentionHours: number('retention-hours', kafka.eventsRetentionHours, 1),
		};
		const needs = planFleet(fleet);
		io.stdout.write(values.json ? `${JSON.stringify({ fleet, needs })}\n` : report(fleet, needs));
		return 0;
	},
};

const numberMax = 1e9;

function report(fleet: Fleet, needs: Needs): string {
	const lines = [
		['events', `${count(needs.eventsPerSecond)}/s, ${count(needs.eventsPerSecondAtPeak)}/s at the peak`],
		['records', `${count(needs.recordsPerSecond)}/s in lanner.events`],
		...(Object.entries(needs.kafka) as [KafkaCompression, Needs['kafka'][KafkaCompression]][]).map(
			([codec, { bytesPerDay, bytesOnDisk, bytesPerSecondAtPeak }]) => [
				`kafka ${codec}`,
				`${bytes(bytesPerDay)} a day; ${bytes(bytesOnDisk)} on disk (${fleet.retentionHours} h, ${fleet.replication} replicas); ${bytes(bytesPerSecondAtPeak)}/s at the peak`,
			],
		),
		['partitions', `${needs.partitions} (kafka.partitions)`],
		[
			'evaluators',
			`${needs.evaluators} (${needs.evaluatorCores.toFixed(1)} cores at the peak, ${100 * assumed.busyShareMax} % busy at most, one to spare), ${bytes(needs.evaluatorMemoryBytes)} of memory each`,
		],
		['redis', `${bytes(needs.redisBytes)} of memory`],
		['take-over', `${needs.takeOverSeconds.toFixed(1)} s of CPU for the hosts of an evaluator that died`],
	];
	return lines.map(([what = '', how]) => `${what.padEnd(13)} ${how}\n`).join('');
}

function count(value: number): string {
	return value >= 1e6
		? `${(value / 1e6).toFixed(1)} M`
		: value >= 1e4
			? `${Math.round(value / 1e3)} k`
			: value.toFixed(0);
}

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

function bytes(value: number): string {
	const unit = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10));
	return `${(value / 1024 ** unit).toFixed(1)} ${units[unit]}`;
}
