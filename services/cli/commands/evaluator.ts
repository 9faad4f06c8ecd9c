/** `lanner evaluator`: events of the log → alerts, with the state of hosts in the store. As many as there are partitions can share the work. */
import { runEvaluator } from '#evaluator/worker.ts';
import { armReloadSignal } from '#platform/signals.ts';
import { type Command, type Io, parseArguments } from '../command.ts';
import { namedFiles } from '../roles/config-files.ts';
import { inDataFolder, prepareDataFolder } from '../roles/data-folder.ts';
import { measuredLog } from '../roles/measured-log.ts';
import { measuredStore } from '../roles/measured-store.ts';
import { openLog, usesKafka } from '../roles/open-log.ts';
import { openStore } from '../roles/open-store.ts';
import { type Ops, startOps } from '../roles/ops.ts';
import { reportEvaluator } from '../roles/readiness.ts';
import { fleetHelp, fleetOption, roleNeeds } from '../roles/role-needs.ts';
import { rulesConfigured } from '../roles/rules/configured.ts';
import { loadRulesInForce, type RulesInForce, type RulesOptions } from '../roles/rules/in-force.ts';
import { LiveRules } from '../roles/rules/reload.ts';
import { configHelp, readSettings, type Settings } from '../roles/settings.ts';

const help = `lanner evaluator: reads events from the log, keeps the state of hosts, writes alerts to the log.

  --config FILE    ${configHelp}; with kafka.brokers and redis.addresses for a fleet
  --rules FILE     rules file, or a folder of them; can be given several times (default: the rules of the configuration, else those that come with lanner)
  --data DIR       folder of the embedded log and state (default: /var/lib/lanner as root, else lanner in $XDG_STATE_HOME)
  --drain          end when everything that is in the log has been evaluated
  ${fleetHelp}

Several evaluators share the partitions of lanner.events. SIGTERM finishes what was read, commits and leaves. SIGHUP, and a change of the
files, loads the rules anew.
Exit: 0 stopped on request, 2 usage, 3 cannot run.

Examples:
  lanner evaluator --config /etc/lanner/lanner.yaml
  lanner evaluator --config lanner.yaml --rules my-rules/
`;

export const evaluator: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				rules: { type: 'string', multiple: true, default: [] },
				config: { type: 'string' },
				data: { type: 'string' },
				fleet: fleetOption,
				drain: { type: 'boolean', default: false },
			},
		});
		const checks = [roleNeeds('evaluator', values), namedFiles('evaluator', { rules: values.rules })];
		const settings = readSettings({ configFile: values.config, data: values.data, checks }, io);
		const { config, logger } = settings;
		// Counting how often rules are asked costs something, and is told in the metrics alone.
		const profile = config.ops.evaluatorPort !== null;
		const rulesOptions = { ...rulesConfigured(config.rules, values.rules), profile };
		const rules = loadRulesInForce(rulesOptions, io);
		if (!usesKafka(settings)) prepareDataFolder(settings.dataFolder);
		const ops = await startOps('evaluator', settings, io);
		try {
			reportEvaluator(ops);
			const work = (io: Io): Promise<void> =>
				runRole({ settings, rulesOptions, rules, ops, drain: values.drain }, io);
			await (usesKafka(settings) ? work(io) : inDataFolder(settings.dataFolder, io, work));
		} finally {
			await ops.close();
		}
		logger.info({}, 'stopped');
		return 0;
	},
};

type Role = {
	readonly settings: Settings;
	readonly rulesOptions: RulesOptions;
	readonly rules: RulesInForce;
	readonly ops: Ops;
	readonly drain: boolean;
};

async function runRole({ settings, rulesOptions, rules, ops, drain }: Role, io: Io): Promise<void> {
	const { config, logger } = settings;
	const { metrics } = ops;
	const signal = io.stopSignal();
	const liveRules = new LiveRules(rules, {
		...{ ...rulesOptions, root: io.root, logger, metrics },
		now: Date.now,
	});
	const releaseReload = armReloadSignal(() => void liveRules.reload({ force: true }));
	try {
		const log = measuredLog(await openLog(settings), metrics);
		try {
			const opened = await openStore(settings, signal).catch((error: unknown) => {
				if (!signal.aborted) throw error;
				return null;
			});
			if (opened === null) return;
			const store = measuredStore(opened, metrics);
			try {
				liveRules.watch(signal);
				logger.info({ rules: rules.ruleSet.rules.length, config: settings.configFile }, 'ready');
				await runEvaluator(
					{
						...{ log, store, logger, metrics },
						...config.evaluator,
						ruleSet: () => liveRules.current.ruleSet,
						...(drain ? { drain: AbortSignal.abort() } : {}),
					},
					signal,
				);
			} finally {
				await store.close();
			}
		} finally {
			await log.close();
		}
	} finally {
		releaseReload();
	}
}
