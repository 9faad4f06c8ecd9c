/**
 * `lanner run`: all roles in one process, on this host's live events, with log and state in the data folder.
 *
 * The end comes in the order of the flow: capture drains, the evaluator reads what is left, the outputs too; then log and
 * store are closed. A role that fails ends the others the same way.
 */
import type { CaptureProgram } from '#agent/capture-process.ts';
import { runEvaluator } from '#evaluator/worker.ts';
import { openEmbeddedLog } from '#log/embedded/index.ts';
import type { EventLog } from '#log/log.ts';
import { armReloadSignal } from '#platform/signals.ts';
import { Sink } from '#sink/sink.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import type { StateStore } from '#store/store.ts';
import { type Command, type ExitCode, type Io, parseArguments } from '../command.ts';
import { reportAgent } from '../roles/agent-metrics.ts';
import { namedFiles } from '../roles/config-files.ts';
import { type RunningConsole, startConsole, storeHosts } from '../roles/console.ts';
import { inDataFolder, prepareDataFolder } from '../roles/data-folder.ts';
import { createLiveAgent, filtersInKernel, interestOf, prepareCapture } from '../roles/live-agent.ts';
import { measuredLog } from '../roles/measured-log.ts';
import { measuredStore } from '../roles/measured-store.ts';
import { type Ops, startOps } from '../roles/ops.ts';
import { followOutputs } from '../roles/outputs/follow.ts';
import { outputSurroundings, outputsInForce } from '../roles/outputs/in-force.ts';
import { reportEvaluator, reportSink } from '../roles/readiness.ts';
import { keepsToItself } from '../roles/role-needs.ts';
import { rulesConfigured } from '../roles/rules/configured.ts';
import { loadRulesInForce, type RulesInForce, type RulesOptions } from '../roles/rules/in-force.ts';
import { LiveRules } from '../roles/rules/reload.ts';
import { configHelp, embeddedLogOptions, readSettings, type Settings } from '../roles/settings.ts';

const help = `lanner run: watches this host and prints alerts, until it is stopped.

  --rules FILE    rules file, or a folder of them; can be given several times (default: the rules that come with lanner)
  --json          alerts as JSON lines (default: text)
  --config FILE   ${configHelp}
  --data DIR      folder for log and state (default: /var/lib/lanner as root, else lanner in $XDG_STATE_HOME)
  --console       serve the page of alerts as well, on http://127.0.0.1:9480/ (as console.enabled in lanner.yaml)

Changed rules files, and changed outputs of lanner.yaml, are taken over while it runs (also on SIGHUP); if they have an error the old ones
stay in force.
Alerts go to standard output and to the outputs of lanner.yaml, everything else to standard error. A new run goes on where each
output stopped. An output of kind stdout with enabled: false keeps standard output silent.
Exit: 0 stopped on request, 2 usage, 3 cannot run.

Examples:
  lanner run
  lanner run --rules my-rules.yaml --json | jq .rule
`;

export const run: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				rules: { type: 'string', multiple: true, default: [] },
				json: { type: 'boolean', default: false },
				config: { type: 'string' },
				data: { type: 'string' },
				console: { type: 'boolean', default: false },
			},
		});
		const checks = [keepsToItself, namedFiles('run', values)];
		const settings = readSettings({ configFile: values.config, data: values.data, checks }, io);
		const { rules: rulePaths, json } = values;
		const withConsole = values.console || settings.config.console.enabled;
		prepareDataFolder(settings.dataFolder);
		return inDataFolder(settings.dataFolder, io, (io) =>
			runHost({ settings, rulePaths, json, withConsole }, io),
		);
	},
};

type Options = {
	readonly settings: Settings;
	readonly rulePaths: readonly string[];
	readonly json: boolean;
	readonly withConsole: boolean;
};

async function runHost({ settings, rulePaths, json, withConsole }: Options, io: Io): Promise<ExitCode> {
	const startedMs = performance.now();
	const { config, dataFolder, logger } = settings;
	const rulesOptions = {
		...rulesConfigured(config.rules, rulePaths),
		kernelFilter: filtersInKernel(config.probe, 'run'),
	};
	const rules = loadRulesInForce(rulesOptions, io);
	const captureProgram = await prepareCapture(settings, io);
	const ops = await startOps('run', settings, io);
	try {
		const log = measuredLog(await openEmbeddedLog(embeddedLogOptions(settings)), ops.metrics);
		try {
			const embedded = await openEmbeddedStore({
				folder: `${dataFolder}/state`,
				warn: (warning) => logger.warn(warning, 'the state store repaired itself'),
			});
			const store = measuredStore(embedded, ops.metrics);
			let page: RunningConsole | null = null;
			try {
				if (withConsole) page = await startConsole({ settings, ops, hosts: storeHosts(store) }, io);
				await runRoles({
					...{ io, settings, rulesOptions, rules, log, store, ops },
					...{ captureProgram, json, startedMs, page },
				});
			} finally {
				await page?.close();
				await store.close();
			}
		} finally {
			await log.close();
		}
	} finally {
		await ops.close();
	}
	return 0;
}

type Roles = {
	readonly io: Io;
	readonly settings: Settings;
	readonly rulesOptions: RulesOptions;
	readonly rules: RulesInForce;
	readonly log: EventLog;
	readonly store: StateStore;
	readonly ops: Ops;
	readonly captureProgram: CaptureProgram;
	readonly json: boolean;
	readonly startedMs: number;
	/** Null = not asked for. */
	readonly page: RunningConsole | null;
};

async function runRoles(roles: Roles): Promise<void> {
	const { io, rules, log, store, ops, captureProgram } = roles;
	const { logger } = roles.settings;
	const stopAgent = new AbortController();
	const drainEvaluator = new AbortController();
	const drainOutputs = new AbortController();
	const signal = AbortSignal.any([io.stopSignal(), stopAgent.signal]);
	let attached = false;
	const agent = createLiveAgent(
		{
			...roles.settings,
			log,
			captureProgram,
			eventTypes: rules.eventTypes,
			environment: rules.environment,
			data: rules.data,
			kernelFilter: rules.kernelFilter,
			onReady: () => {
				attached = true;
				announce(roles);
			},
		},
		io,
	);
	const { metrics } = ops;
	const outputs = outputsInForce(roles.settings.config, { json: roles.json });
	reportAgent(ops, { agent, isReady: () => attached });
	reportEvaluator(ops);
	const surroundings = outputSurroundings(io, logger);
	const sink = new Sink({ ...surroundings, log, outputs, metrics, random: Math.random });
	reportSink(ops, () => sink.names);
	const liveRules = new LiveRules(rules, {
		...roles.rulesOptions,
		root: io.root,
		logger,
		metrics,
		now: Date.now,
		onChange: (changed) => agent.setInterest(interestOf(changed)),
	});
	liveRules.watch(signal);
	const releaseReload = armReloadSignal(() => void liveRules.reload({ force: true }));
	const evaluating = runEvaluator(
		{
			...{ log, store, logger, metrics, ...roles.settings.config.evaluator },
			ruleSet: () => liveRules.current.ruleSet,
			drain: drainEvaluator.signal,
		},
		new AbortController().signal,
	);
	const sinking = sink.run(drainOutputs.signal);
	const { settings, json } = roles;
	const releaseOutputs = followOutputs({ settings, json, sink, metrics, signal }, io);
	const showing = roles.page?.run(log, drainOutputs.signal) ?? Promise.resolve();
	// A role that ends before it was asked to has failed: the others then end in order.
	for (const role of [evaluating, sinking, showing]) role.catch(() => stopAgent.abort());
	try {
		await agent.run(signal);
	} finally {
		releaseReload();
		releaseOutputs();
		drainEvaluator.abort();
		await evaluating.finally(() => drainOutputs.abort());
		await sinking;
		await showing;
	}
	logger.info({ events: agent.counters.events, lost: agent.counters.lost }, 'stopped');
}

function announce({ settings, rules, startedMs, page }: Roles): void {
	const seconds = Number(((performance.now() - startedMs) / 1000).toFixed(2));
	const eventTypes = new Set(rules.eventTypes.flat()).size;
	const config = settings.configFile;
	const shown = page === null ? {} : { console: page.address };
	settings.logger.info({ rules: rules.ruleSet.rules.length, eventTypes, seconds, config, ...shown }, 'ready');
}
