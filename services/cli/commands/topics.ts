/** `lanner topics create|describe`: the topics of Lanner in a Kafka cluster. */
import { ensureTopics, type TopicFinding } from '#log/kafka/index.ts';
import {
	type Command,
	type ExitCode,
	FailureError,
	type Io,
	parseArguments,
	UsageError,
} from '../command.ts';
import { kafkaOptions, plannedTopics, usesKafka } from '../roles/open-log.ts';
import { configHelp, readSettings } from '../roles/settings.ts';

const help = `Usage: lanner topics create [--config FILE] [--json]
       lanner topics describe [--config FILE] [--json]

create makes the topics that are absent, as kafka.partitions, replication, minInSync and the retentions of lanner.yaml say, and
compares the others; describe only looks. Topics that are there are never changed.

  --config FILE   ${configHelp}; must name the brokers

The state of a host lives in the partition that its id falls on, so partitions are added with: lanner topics grow.

Exit: 0 as planned, 1 something is absent or different, 2 usage, 3 failure.

Examples:
  lanner topics create --config /etc/lanner/lanner.yaml
  lanner topics describe --config lanner.yaml --json
`;

export const topics: Command = {
	help,
	async run(argv, io) {
		const { values, positionals } = parseArguments({
			args: [...argv],
			allowPositionals: true,
			options: { config: { type: 'string' }, json: { type: 'boolean', default: false } },
		});
		const [verb, ...rest] = positionals;
		if ((verb !== 'create' && verb !== 'describe') || rest.length > 0)
			throw new UsageError('expected "create" or "describe"');
		const settings = readSettings({ configFile: values.config, data: undefined }, io);
		if (settings.configFile === null) throw new UsageError('--config FILE is needed: it names the brokers');
		if (!usesKafka(settings))
			throw new FailureError('kafka.brokers is empty', 'name a broker: kafka: { brokers: ["host:9092"] }');
		const plans = plannedTopics(settings);
		const findings = await ensureTopics(plans, kafkaOptions(settings), { create: verb === 'create' });
		return report(findings, values.json, io);
	},
};

function report(findings: readonly TopicFinding[], json: boolean, io: Io): ExitCode {
	if (json) io.stdout.write(`${JSON.stringify(findings)}\n`);
	else for (const finding of findings) io.stdout.write(`${line(finding)}\n`);
	return findings.every(({ state }) => state === 'created' || state === 'as planned') ? 0 : 1;
}

function line({ topic, state, partitions, replication, differences }: TopicFinding): string {
	const facts =
		differences.length === 0
			? `${partitions} partitions, replication ${replication}`
			: differences.join('; ');
	return `${topic.padEnd(20)} ${state.padEnd(10)} ${facts}`;
}
