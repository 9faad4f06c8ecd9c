/**
 * `lanner probe`: the agent alone, from this host's kernel to the log. On Kafka its events wait in a spool on disk while the
 * brokers are away; rules that change make capture report what they need.
 */
import type { Agent } from '#agent/agent.ts';
import type { CaptureProgram } from '#agent/capture-process.ts';
import type { EventLog } from '#log/log.ts';
import { armReloadSignal } from '#platform/signals.ts';
import { type Command, type Io, parseArguments } from '../command.ts';
import { reportAgent } from '../roles/agent-metrics.ts';
import { namedFiles } from '../roles/config-files.ts';
import { inDataFolder, prepareDataFolder } from '../roles/data-folder.ts';
import { assertSeesHost } from '../roles/host-view.ts';
import { createLiveAgent, filtersInKernel, interestOf, prepareCapture } from '../roles/live-agent.ts';
import { measuredLog } from '../roles/measured-log.ts';
import { openLog, usesKafka } from '../roles/open-log.ts';
import { openSpool } from '../roles/open-spool.ts';
import { type Ops, startOps } from '../roles/ops.ts';
import { fleetHelp, fleetOption, roleNeeds } from '../roles/role-needs.ts';
import { rulesConfigured } from '../roles/rules/configured.ts';
import { loadRulesInForce, type RulesOptions } from '../roles/rules/in-force.ts';
import { LiveRules } from '../roles/rules/reload.ts';
import { configHelp, readSettings, type Settings } from '../roles/settings.ts';

const help = `lanner probe: only the probe; events go to Kafka (kafka.brokers), else to the log in the data folder. Needs root.

  --rules FILE     capture what these rules need (default: the rules of the configuration, else those that come with lanner)
  --config FILE    ${configHelp}
  --data DIR       folder of the log or of the spool (default: /var/lib/lanner as root, else lanner in $XDG_STATE_HOME)
  ${fleetHelp}

While the brokers are away events wait in the folder's spool (probe.spoolBytesMax); it starts without them, too.
Exit: 0 stopped on request, 2 usage, 3 cannot run, or the brokers refuse us (the message says what to do; the spool keeps what was not sent).

Example:
  lanner probe --config /etc/lanner/lanner.yaml
`;

/** Then the spool takes over, and tries again at its own pace. */
const appendTimeoutMs = 5_000;

export const probe: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				rules: { type: 'string', multiple: true, default: [] },
				config: { type: 'string' },
				data: { type: 'string' },
				fleet: fleetOption,
			},
		});
		const checks = [roleNeeds('probe', values), namedFiles('probe', { rules: values.rules })];
		const settings = readSettings({ configFile: values.config, data: values.data, checks }, io);
		assertSeesHost();
		const rulesOptions = {
			...rulesConfigured(settings.config.rules, values.rules),
			kernelFilter: filtersInKernel(settings.config.probe, 'probe'),
		};
		const rules = loadRulesInForce(rulesOptions, io);
		prepareDataFolder(settings.dataFolder);
		const captureProgram = await prepareCapture(settings, io);
		const ops = await startOps('probe', settings, io);
		try {
			const spool = usesKafka(settings) ? await openSpool(settings) : undefined;
			try {
				const log = measuredLog(await openLog(settings, { appendTimeoutMs }), ops.metrics);
				try {
					await inDataFolder(settings.dataFolder, io, (io) =>
						runProbe({ settings, rulesOptions, rules, log, spool, ops, captureProgram, io }),
					);
				} finally {
					await log.close();
				}
			} finally {
				await spool?.close();
			}
		} finally {
			await ops.close();
		}
		return 0;
	},
};

type Probe = {
	readonly settings: Settings;
	readonly rulesOptions: RulesOptions;
	readonly rules: ReturnType<typeof loadRulesInForce>;
	readonly log: EventLog;
	readonly spool: Awaited<ReturnType<typeof openSpool>> | undefined;
	readonly ops: Ops;
	readonly captureProgram: CaptureProgram;
	readonly io: Io;
};

async function runProbe({
	settings,
	rulesOptions,
	rules,
	log,
	spool,
	ops,
	captureProgram,
	io,
}: Probe): Promise<void> {
	const { logger, dataFolder, configFile } = settings;
	const signal = io.stopSignal();
	let attached = false;
	const agent: Agent = createLiveAgent(
		{
			...settings,
			log,
			captureProgram,
			eventTypes: rules.eventTypes,
			environment: rules.environment,
			data: rules.data,
			kernelFilter: rules.kernelFilter,
			onReady: () => {
				attached = true;
				logger.info({ dataFolder, config: configFile }, 'ready');
			},
			...(spool === undefined ? {} : { spool }),
		},
		io,
	);
	reportAgent(ops, { agent, spool, isReady: () => attached });
	const liveRules = new LiveRules(rules, {
		...rulesOptions,
		root: io.root,
		logger,
		metrics: ops.metrics,
		now: Date.now,
		onChange: (changed) => agent.setInterest(interestOf(changed)),
	});
	liveRules.watch(signal);
	const releaseReload = armReloadSignal(() => void liveRules.reload({ force: true }));
	try {
		await agent.run(signal);
		logger.info({ ...agent.counters, spoolBytes: spool?.bytes ?? 0 }, 'stopped');
	} finally {
		releaseReload();
	}
}
