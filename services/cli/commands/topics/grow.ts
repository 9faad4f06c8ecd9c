/**
 * `lanner topics grow`: more partitions for lanner.events, while the fleet is at work.
 *
 * Nothing is moved. A producer asks for the number of partitions once in its life, so a host goes on in its partition, where its state is, until
 * its probe is restarted; then it begins in the partition that its id falls on now, with a snapshot. Every batch is in one partition and
 * evaluated once there, whatever is restarted when: nothing is lost and nothing told twice. What evaluators say of a host (that it
 * is silent) goes to the partition where they found it.
 */
import { addPartitions } from '#log/kafka/index.ts';
import { examineRedis, setLayout } from '#store/redis/index.ts';
import { type Command, FailureError, parseArguments, UsageError } from '../../command.ts';
import { kafkaOptions, usesKafka } from '../../roles/open-log.ts';
import { redisOptions } from '../../roles/open-store.ts';
import { configHelp, readSettings } from '../../roles/settings.ts';

const help = `Usage: lanner topics grow --partitions N [--config FILE] [--json]

Adds partitions to lanner.events, so that more evaluators can share the work, and tells Redis. Nothing has to be stopped. Afterwards restart the
evaluators, then the probes, one after another, as for an upgrade: a host uses the new partitions from the restart of its probe on.
lanner.alerts stays as it is. Partitions can never be taken away.

  --partitions N   how many there shall be; put kafka.partitions of lanner.yaml to the same number
  --config FILE    ${configHelp}; must name brokers and Redis

Needs the rights "admin" of deploy/acl in Kafka, and of lanner-admin in Redis. When it was interrupted, run it again.
Exit: 0 done, 2 usage, 3 not done.

Example:
  lanner topics grow --partitions 24 --config /etc/lanner/lanner.yaml
`;

const partitionsMax = 10_000;

export const topicsGrow: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				partitions: { type: 'string' },
				config: { type: 'string' },
				json: { type: 'boolean', default: false },
			},
		});
		const to = Number(values.partitions);
		if (!Number.isInteger(to) || to < 2 || to > partitionsMax)
			throw new UsageError(`--partitions must be a number from 2 to ${partitionsMax}`);
		const settings = readSettings({ configFile: values.config, data: undefined }, io);
		if (settings.configFile === null)
			throw new UsageError('--config FILE is needed: it names brokers and Redis');
		if (!usesKafka(settings) || settings.config.redis.addresses.length === 0)
			throw new FailureError(
				'kafka.brokers or redis.addresses is empty',
				'partitions are for a fleet: give both',
			);
		const { partitions: known } = await examineRedis(redisOptions(settings));
		if (known !== null && known > to)
			throw new FailureError(
				`the state in Redis belongs to ${known} partitions`,
				'partitions can be added, never taken away',
			);
		const from = await addPartitions('lanner.events', to, kafkaOptions(settings));
		if (from > to)
			throw new FailureError(
				`lanner.events has ${from} partitions already`,
				'partitions can be added, never taken away',
			);
		// Evaluators that claim a partition between the two calls end with store-layout, and are started again by their supervisor.
		if (known !== null) await setLayout(to, redisOptions(settings));
		if (values.json) io.stdout.write(`${JSON.stringify({ from, to })}\n`);
		else
			io.stdout.write(
				`lanner.events has ${to} partitions (before: ${from}). Restart the evaluators, then the probes, one after another.\n`,
			);
		return 0;
	},
};
