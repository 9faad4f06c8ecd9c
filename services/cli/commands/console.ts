/** `lanner console`: the alerts of the log, and the hosts of the state store, as a page. */
import { type Command, FailureError, parseArguments } from '../command.ts';
import { namedFiles } from '../roles/config-files.ts';
import { redisHosts, startConsole } from '../roles/console.ts';
import { measuredLog } from '../roles/measured-log.ts';
import { openLog } from '../roles/open-log.ts';
import { startOps } from '../roles/ops.ts';
import { fleetHelp, fleetOption, roleNeeds } from '../roles/role-needs.ts';
import { configHelp, readSettings } from '../roles/settings.ts';

const help = `lanner console: serves the page of alerts, hosts and rules, and the API behind it. Reads only.

  --config FILE    ${configHelp}; with kafka.brokers for a fleet, and a section console
  --data DIR       folder of the embedded log (default: /var/lib/lanner as root, else lanner in $XDG_STATE_HOME)
  ${fleetHelp}

Listens on http://127.0.0.1:9480/ unless lanner.yaml says otherwise; an address that others reach needs console.token. On one host the log belongs
to lanner run: let that serve the page (lanner run --console). With redis.addresses the state of hosts is read from Redis, else it is told from alerts.
Exit: 0 stopped on request, 2 usage, 3 cannot run.

Examples:
  lanner console --config /etc/lanner/lanner.yaml
  curl -H "Authorization: Bearer $TOKEN" 'http://127.0.0.1:9480/api/alerts?since=1h&priority=Critical'
`;

export const console: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: { config: { type: 'string' }, data: { type: 'string' }, fleet: fleetOption },
		});
		const checks = [roleNeeds('console', values), namedFiles('console')];
		const settings = readSettings({ configFile: values.config, data: values.data, checks }, io);
		const { logger } = settings;
		const signal = io.stopSignal();
		const ops = await startOps('console', settings, io);
		const hosts = redisHosts(settings);
		try {
			const page = await startConsole({ settings, ops, hosts }, io);
			try {
				const log = measuredLog(await openLog(settings).catch(ownedByRun), ops.metrics);
				try {
					const running = page.run(log, signal);
					logger.info({ console: page.address, config: settings.configFile }, 'ready');
					await running;
				} finally {
					await log.close();
				}
			} finally {
				await page.close();
			}
		} finally {
			await hosts?.close();
			await ops.close();
		}
		logger.info({}, 'stopped');
		return 0;
	},
};

function ownedByRun(error: unknown): never {
	if ((error as { code?: unknown }).code !== 'folder-in-use') throw error;
	throw new FailureError(
		`the log of this host belongs to the lanner that runs (process ${(error as { pid?: number }).pid})`,
		'let that one serve the page: console: { enabled: true } in its lanner.yaml, or lanner run --console',
	);
}
