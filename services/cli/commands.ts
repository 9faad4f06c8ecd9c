/**
 * The command table. One file per command, loaded only when it is called, so that `lanner help` does not pay for the
 * rule compiler. Names may be two words (`rules check`); the longest name that fits wins.
 */
import type { Command } from './command.ts';

export type CommandEntry = {
	readonly name: string;
	readonly summary: string;
	readonly load: () => Promise<Command>;
};

export const commands: readonly CommandEntry[] = [
	{
		name: 'start',
		summary: 'watch this host, or show a recording where that cannot be done',
		load: async () => (await import('./commands/start.ts')).start,
	},
	{
		name: 'run',
		summary: 'watch this host and print alerts',
		load: async () => (await import('./commands/run.ts')).run,
	},
	{
		name: 'probe',
		summary: "only the probe: this host's events to the log",
		load: async () => (await import('./commands/probe.ts')).probe,
	},
	{
		name: 'evaluator',
		summary: 'only an evaluator: events of the log to alerts',
		load: async () => (await import('./commands/evaluator.ts')).evaluator,
	},
	{
		name: 'sink',
		summary: 'only the sink: alerts of the log to the outputs',
		load: async () => (await import('./commands/sink.ts')).sink,
	},
	{
		name: 'sink test',
		summary: 'send one test alert through an output and say what happened',
		load: async () => (await import('./commands/sink/test.ts')).sinkTest,
	},
	{
		name: 'console',
		summary: 'only the console: the page of alerts and hosts',
		load: async () => (await import('./commands/console.ts')).console,
	},
	{
		name: 'alerts redrive',
		summary: 'send the dead letters of an output to it again',
		load: async () => (await import('./commands/alerts/redrive.ts')).alertsRedrive,
	},
	{
		name: 'topics',
		summary: 'create or compare the topics in Kafka',
		load: async () => (await import('./commands/topics.ts')).topics,
	},
	{
		name: 'topics grow',
		summary: 'add partitions to lanner.events',
		load: async () => (await import('./commands/topics/grow.ts')).topicsGrow,
	},
	{
		name: 'alerts tail',
		summary: 'follow the alerts of the log',
		load: async () => (await import('./commands/alerts/tail.ts')).alertsTail,
	},
	{
		name: 'record',
		summary: 'live events to a recording',
		load: async () => (await import('./commands/record.ts')).record,
	},
	{
		name: 'replay',
		summary: 'alerts of a recording',
		load: async () => (await import('./commands/replay.ts')).replay,
	},
	{
		name: 'filter',
		summary: 'events that match an expression, from a recording or live',
		load: async () => (await import('./commands/filter.ts')).filter,
	},
	{
		name: 'rules check',
		summary: 'load rules files and tell every problem with its place',
		load: async () => (await import('./commands/rules/check.ts')).rulesCheck,
	},
	{
		name: 'rules list',
		summary: 'list rules in the order of matching',
		load: async () => (await import('./commands/rules/list.ts')).rulesList,
	},
	{
		name: 'rules fields',
		summary: 'list the fields that conditions and outputs can use',
		load: async () => (await import('./commands/rules/fields.ts')).rulesFields,
	},
	{
		name: 'rules events',
		summary: 'list the event types and their parameters',
		load: async () => (await import('./commands/rules/events.ts')).rulesEvents,
	},
	{
		name: 'rules explain',
		summary: 'show what became of a rule: condition, event types, cost, code',
		load: async () => (await import('./commands/rules/explain.ts')).rulesExplain,
	},
	{
		name: 'rules format',
		summary: 'lay rules files out in one way, comments kept',
		load: async () => (await import('./commands/rules/format.ts')).rulesFormat,
	},
	{
		name: 'rules schema',
		summary: 'print the JSON Schema of rules files, for editors',
		load: async () => (await import('./commands/rules/schema.ts')).rulesSchema,
	},
	{
		name: 'rules test',
		summary: 'run rule tests: events in, alerts expected',
		load: async () => (await import('./commands/rules/test.ts')).rulesTest,
	},
	{
		name: 'config',
		summary: 'check lanner.yaml, print what is in force, list all options',
		load: async () => (await import('./commands/config.ts')).config,
	},
	{
		name: 'size',
		summary: 'what a fleet takes in Kafka, Redis and evaluators',
		load: async () => (await import('./commands/size.ts')).size,
	},
	{
		name: 'doctor',
		summary: 'what this host lacks to be watched, and what to do',
		load: async () => (await import('./commands/doctor.ts')).doctor,
	},
	{
		name: 'version',
		summary: 'print version, platform and Node',
		load: async () => (await import('./commands/version.ts')).version,
	},
];

/** The entry for the leading words of `argv`, and what is left of `argv`; null when no command has that name. */
export function findCommand(
	argv: readonly string[],
): { entry: CommandEntry; rest: readonly string[] } | null {
	for (const words of [2, 1]) {
		const name = argv.slice(0, words).join(' ');
		const entry = commands.find((candidate) => candidate.name === name);
		if (entry !== undefined && argv.length >= words) return { entry, rest: argv.slice(words) };
	}
	return null;
}
