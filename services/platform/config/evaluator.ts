/** The section `evaluator`. */
import { integer } from './option.ts';

const mebibyte = 1024 * 1024;

export const evaluatorSection = {
	probeSilenceS: integer({
		default: 15,
		min: 10,
		max: 3600,
		unit: 'seconds',
		description:
			'A host whose probe says nothing raises the alert Probe silent within this time; probes give a sign of life every 5 seconds.',
	}),
	hostForgetAfterHours: integer({
		default: 168,
		min: 1,
		max: 87_600,
		unit: 'hours',
		description: 'The state of a silent or stopped host is forgotten after this time without a sign of life.',
	}),
	commitIntervalMs: integer({
		default: 200,
		min: 10,
		max: 60_000,
		unit: 'milliseconds',
		description: 'Longest time between two commits of state and position under load.',
	}),
	hostsMax: integer({
		default: 10_000,
		min: 1,
		max: 1_000_000,
		description:
			'Hosts kept in memory per partition; the longest unused go first and are loaded again when needed.',
	}),
	processesMax: integer({
		default: 500_000,
		min: 1000,
		max: 100_000_000,
		description: 'Processes of all hosts kept in memory per partition; about half a kilobyte each.',
	}),
	readBytesMax: integer({
		default: 128 * 1024,
		min: 1024,
		max: 16 * mebibyte,
		unit: 'bytes',
		description: 'Events evaluated in one go, while nothing else of the process runs.',
	}),
	inFlightBytesMax: integer({
		default: 4 * mebibyte,
		min: 64 * 1024,
		max: 1024 * mebibyte,
		unit: 'bytes',
		description: 'Alerts per partition that the log has not acknowledged; reading waits above it.',
	}),
	uncommittedBytesMax: integer({
		default: 8 * mebibyte,
		min: 64 * 1024,
		max: 64 * mebibyte,
		unit: 'bytes',
		description: 'Events per partition evaluated while a commit is under way; reading waits above it.',
	}),
};
