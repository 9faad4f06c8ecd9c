/**
 * Every option of lanner.yaml, with default, range, unit and description: the one table that checking, `lanner config`
 * and the reference are made from. Times carry their unit in the name; a relative path counts from the file's own folder.
 */
import { checkConsole, consoleSection } from './console.ts';
import { evaluatorSection } from './evaluator.ts';
import { checkKafka, kafkaSection } from './kafka.ts';
import { checkOps, opsSection } from './ops.ts';
import { choice, integer, optionalText, type RelationProblem, text, type ValueOf } from './option.ts';
import { checkOutputs, outputsSection } from './outputs.ts';
import { checkProbe, probeSection } from './probe.ts';
import { checkRedis, redisSection } from './redis.ts';
import { checkRules, rulesSection } from './rules.ts';

const mebibyte = 1024 * 1024;

export const configSchema = {
	dataFolder: text({
		default: '/var/lib/lanner',
		path: true,
		description: 'Folder of the embedded log, the state and the cursors of the outputs.',
	}),
	host: {
		id: optionalText({
			default: null,
			description: 'Id of this host, the key of all its records; null = /etc/machine-id.',
		}),
		name: optionalText({
			default: null,
			description: "Name shown in alerts; null = the system's host name.",
		}),
	},
	probe: probeSection,
	rules: rulesSection,
	log: {
		eventsBytesMax: integer({
			default: 256 * mebibyte,
			min: mebibyte,
			max: 2 ** 43,
			unit: 'bytes',
			description: 'Events kept; the oldest go first.',
		}),
		eventsAgeMaxHours: integer({
			default: 168,
			min: 1,
			max: 87_600,
			unit: 'hours',
			description: 'Age to which events are kept.',
		}),
		alertsBytesMax: integer({
			default: 64 * mebibyte,
			min: mebibyte,
			max: 2 ** 43,
			unit: 'bytes',
			description: 'Alerts, and dead letters, kept; the oldest go first.',
		}),
		alertsAgeMaxHours: integer({
			default: 720,
			min: 1,
			max: 87_600,
			unit: 'hours',
			description: 'Age to which alerts and dead letters are kept.',
		}),
		syncMs: integer({
			default: 1000,
			min: 0,
			max: 60_000,
			unit: 'milliseconds',
			description:
				'At most so long after an append it is on the disk; 0 = before the append is acknowledged.',
		}),
	},
	kafka: kafkaSection,
	redis: redisSection,
	evaluator: evaluatorSection,
	console: consoleSection,
	ops: opsSection,
	logging: {
		level: choice(['error', 'warn', 'info', 'debug', 'trace'], {
			default: 'info',
			description: 'Least level of the lines on standard error.',
		}),
	},
	outputs: outputsSection,
};

export type Config = ValueOf<typeof configSchema>;

/** Relations between options that no single range can hold: each section checks its own. */
export function checkRelations(config: Config): RelationProblem[] {
	const below = (section: string, problems: RelationProblem[]): RelationProblem[] =>
		problems.map((problem) => ({ ...problem, path: [section, ...problem.path] }));
	return [
		...below('outputs', checkOutputs(config.outputs)),
		...below('probe', checkProbe(config.probe, config.kafka.batchBytesMax)),
		...below('rules', checkRules(config.rules)),
		...below('kafka', checkKafka(config.kafka)),
		...below('redis', checkRedis(config.redis)),
		...below('console', checkConsole(config.console, config.ops)),
		...below('ops', checkOps(config.ops)),
	];
}
