/** `lanner sink`: alerts of the log → the outputs of lanner.yaml. */
import { Sink } from '#sink/sink.ts';
import { type Command, parseArguments } from '../command.ts';
import { namedFiles } from '../roles/config-files.ts';
import { prepareDataFolder } from '../roles/data-folder.ts';
import { measuredLog } from '../roles/measured-log.ts';
import { openLog, usesKafka } from '../roles/open-log.ts';
import { startOps } from '../roles/ops.ts';
import { followOutputs } from '../roles/outputs/follow.ts';
import { outputSurroundings, outputsInForce } from '../roles/outputs/in-force.ts';
import { reportSink } from '../roles/readiness.ts';
import { fleetHelp, fleetOption, roleNeeds } from '../roles/role-needs.ts';
import { configHelp, readSettings } from '../roles/settings.ts';

const help = `lanner sink: delivers the alerts of the log to the outputs of lanner.yaml.

  --config FILE    ${configHelp}; with kafka.brokers for a fleet
  --json           alerts on standard output as JSON lines (default: text)
  --data DIR       folder of the embedded log (default: /var/lib/lanner as root, else lanner in $XDG_STATE_HOME)
  ${fleetHelp}

Each output has its own place in the log and goes on there. Several sinks share the partitions. Changed outputs of lanner.yaml are taken over
while it runs (also on SIGHUP); if the file has an error the old ones stay in force.
Exit: 0 stopped on request, 2 usage, 3 cannot run.

Example:
  lanner sink --config /etc/lanner/lanner.yaml
`;

export const sink: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				config: { type: 'string' },
				data: { type: 'string' },
				fleet: fleetOption,
				json: { type: 'boolean', default: false },
			},
		});
		const checks = [roleNeeds('sink', values), namedFiles('sink')];
		const settings = readSettings({ configFile: values.config, data: values.data, checks }, io);
		const { logger } = settings;
		if (!usesKafka(settings)) prepareDataFolder(settings.dataFolder);
		const outputs = outputsInForce(settings.config, { json: values.json });
		const ops = await startOps('sink', settings, io);
		const { metrics } = ops;
		try {
			let sink: Sink | null = null;
			reportSink(ops, () => sink?.names ?? null);
			const log = measuredLog(await openLog(settings), metrics);
			const surroundings = outputSurroundings(io, logger);
			const opened = new Sink({ ...surroundings, log, outputs, metrics, random: Math.random });
			sink = opened;
			const signal = io.stopSignal();
			const release = followOutputs({ settings, json: values.json, sink: opened, metrics, signal }, io);
			try {
				const running = opened.run(signal);
				logger.info({ outputs: opened.names, config: settings.configFile }, 'ready');
				await running;
			} finally {
				release();
				await log.close();
			}
		} finally {
			await ops.close();
		}
		logger.info({}, 'stopped');
		return 0;
	},
};
