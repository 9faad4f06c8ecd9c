/** `lanner probe`: the agent alone, from this host's kernel to the log. */
import { type Command, parseArguments } from '../command.ts';
import { prepareDataFolder } from '../roles/data-folder.ts';
import { createLiveAgent, prepareCapture } from '../roles/live-agent.ts';
import { openLog } from '../roles/open-log.ts';
import { loadRulesInForce } from '../roles/rules/in-force.ts';
import { readSettings } from '../roles/settings.ts';

const help = `lanner probe: only the probe; events go to Kafka (kafka.brokers), else to the log in the data folder. Needs root.

  --rules FILE     capture what these rules need (default: the rules of the configuration, else those that come with lanner)
  --config FILE    lanner.yaml (default: none)
  --data DIR       folder of the log (default: /var/lib/lanner as root, else lanner in $XDG_STATE_HOME)

Exit: 0 stopped on request, 2 usage, 3 cannot run.

Example:
  lanner probe --config /etc/lanner/lanner.yaml
`;

export const probe: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				rules: { type: 'string', multiple: true, default: [] },
				config: { type: 'string' },
				data: { type: 'string' },
			},
		});
		const settings = readSettings({ configFile: values.config, data: values.data }, io);
		const { config, logger } = settings;
		const { eventTypes, environment } = loadRulesInForce(
			{ paths: values.rules.length > 0 ? values.rules : config.rules.files },
			io,
		);
		prepareDataFolder(settings.dataFolder);
		const { captureProgram } = await prepareCapture(settings, io);
		const log = await openLog(settings);
		try {
			const onReady = (): void => logger.info({ dataFolder: settings.dataFolder }, 'ready');
			const agent = createLiveAgent(
				{ ...settings, log, captureProgram, eventTypes, environment, onReady },
				io,
			);
			await agent.run(io.stopSignal());
			logger.info({ ...agent.counters }, 'stopped');
		} finally {
			await log.close();
		}
		return 0;
	},
};
