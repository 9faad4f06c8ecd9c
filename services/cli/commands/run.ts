/**
 * `lanner run`: all roles in one process, on this host's live events, with log and state in the data folder.
 *
 * The end comes in the order of the flow: capture drains, the evaluator reads what is left, the outputs too; then log and
 * store are closed. A role that fails ends the others the same way.
 */
import { join } from 'node:path';
import { runEvaluator } from '#evaluator/worker.ts';
import { openEmbeddedLog } from '#log/embedded/index.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { type Command, type ExitCode, type Io, parseArguments } from '../command.ts';
import { createConsoleLogger } from '../roles/console-logger.ts';
import { defaultDataFolder, prepareDataFolder } from '../roles/data-folder.ts';
import { createLiveAgent, prepareCapture, userDefault } from '../roles/live-agent.ts';
import { printAlerts } from '../roles/print-alerts.ts';
import { loadRulesInForce, type RulesInForce } from '../roles/rules-in-force.ts';

const help = `lanner run: watches this host and prints alerts, until it is stopped.

  --rules FILE    rules file, or a folder of them; can be given several times (default: the rules that come with lanner)
  --json          alerts as JSON lines (default: text)
  --data DIR      folder for log and state (default: /var/lib/lanner as root, else in $XDG_STATE_HOME)
  --user NAME     account to become when started as root, if it exists (default: ${userDefault})
  --quiet         only warnings and errors on standard error

Alerts go to standard output, everything else to standard error.
Exit: 0 stopped on request, 2 usage, 3 cannot run.

Examples:
  lanner run
  lanner run --rules my-rules.yaml --json | jq .rule
`;

type Options = {
	readonly rules: readonly string[];
	readonly json: boolean;
	readonly data: string | undefined;
	readonly user: string;
	readonly quiet: boolean;
};

export const run: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				rules: { type: 'string', multiple: true, default: [] },
				json: { type: 'boolean', default: false },
				data: { type: 'string' },
				user: { type: 'string', default: userDefault },
				quiet: { type: 'boolean', default: false },
			},
		});
		return runHost({ ...values, data: values.data }, io);
	},
};

async function runHost(options: Options, io: Io): Promise<ExitCode> {
	const startedMs = performance.now();
	const logger = createConsoleLogger(io.stderr, options.quiet ? 'warn' : 'info');
	const rules = loadRulesInForce({ paths: options.rules }, io);
	const dataFolder = prepareDataFolder(options.data ?? defaultDataFolder(io.env));
	const { captureProgram } = await prepareCapture({ dataFolder, user: options.user, logger }, io);
	const log = await openEmbeddedLog({
		folder: join(dataFolder, 'log'),
		warn: (warning) => logger.warn(warning, 'the log repaired itself'),
	});
	try {
		const store = await openEmbeddedStore({
			folder: join(dataFolder, 'state'),
			warn: (warning) => logger.warn(warning, 'the state store repaired itself'),
		});
		try {
			await runRoles({
				io,
				logger,
				rules,
				log,
				store,
				dataFolder,
				captureProgram,
				json: options.json,
				startedMs,
			});
		} finally {
			await store.close();
		}
	} finally {
		await log.close();
	}
	return 0;
}

type Roles = {
	readonly io: Io;
	readonly logger: ReturnType<typeof createConsoleLogger>;
	readonly rules: RulesInForce;
	readonly log: Awaited<ReturnType<typeof openEmbeddedLog>>;
	readonly store: Awaited<ReturnType<typeof openEmbeddedStore>>;
	readonly dataFolder: string;
	readonly captureProgram: string;
	readonly json: boolean;
	readonly startedMs: number;
};

async function runRoles(roles: Roles): Promise<void> {
	const { io, logger, rules, log, store } = roles;
	const stopAgent = new AbortController();
	const drainEvaluator = new AbortController();
	const drainOutputs = new AbortController();
	const signal = AbortSignal.any([io.stopSignal(), stopAgent.signal]);
	const agent = createLiveAgent(
		{ ...roles, eventTypes: rules.eventTypes, onReady: () => announce(roles) },
		io,
	);

	const evaluating = runEvaluator(
		{ log, store, ruleSet: () => rules.ruleSet, logger, drain: drainEvaluator.signal },
		new AbortController().signal,
	);
	const printing = printAlerts({ log, stdout: io.stdout, json: roles.json, drain: drainOutputs.signal });
	// A role that ends before it was asked to has failed: the others then end in order.
	for (const role of [evaluating, printing]) role.catch(() => stopAgent.abort());
	try {
		await agent.run(signal);
	} finally {
		drainEvaluator.abort();
		await evaluating.finally(() => drainOutputs.abort());
		await printing;
	}
	logger.info({ events: agent.counters.events, lost: agent.counters.lost }, 'stopped');
}

function announce({ logger, rules, startedMs }: Roles): void {
	const seconds = ((performance.now() - startedMs) / 1000).toFixed(2);
	const types = new Set(rules.eventTypes.flat()).size;
	logger.info({}, `ready: ${rules.ruleSet.rules.length} rules on ${types} event types, in ${seconds} s`);
}
