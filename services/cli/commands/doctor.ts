/** `lanner doctor`: what this host lacks to be watched, one line a check, with what to do. Changes nothing. */
import { existsSync, readFileSync } from 'node:fs';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import { ensureTopics } from '#log/kafka/index.ts';
import { LogRefusedError, LogUnavailableError } from '#log/log.ts';
import { ConfigError, defaultConfig } from '#platform/config/index.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { loadRules } from '#rules/load/index.ts';
import { examineRedis } from '#store/redis/index.ts';
import { StoreRefusedError } from '#store/store.ts';
import { type Command, FailureError, type Io, parseArguments } from '../command.ts';
import { checkDataFolder, checkLock } from '../doctor/data-folder.ts';
import { bad, type Finding, good } from '../doctor/finding.ts';
import { judgeRedis, judgeTopics } from '../doctor/fleet.ts';
import { checkBtf, checkClock, checkKernel, checkPrivileges } from '../doctor/host.ts';
import { checkCapture, checkRuntime, hasCapabilities } from '../doctor/programs.ts';
import { kafkaOptions, plannedTopics, usesKafka } from '../roles/open-log.ts';
import { redisOptions } from '../roles/open-store.ts';
import { configHelp, readSettings, type Settings } from '../roles/settings.ts';
import { readRulesFiles } from './rules/files.ts';

const help = `Usage: lanner doctor [--config FILE] [--data DIR] [--json]

Checks what watching this host takes: kernel, BTF, privileges, the built probe, clock, data folder, Docker, rules, configuration;
with kafka.brokers and redis.addresses also whether both are reached, take our credentials, and are set up as they must be.
Changes nothing.

  --config FILE   ${configHelp}
  --data DIR      data folder to look at (default: as lanner run)
  --json          the findings as JSON

Exit: 0 all fine, 1 something is to be done, 2 usage.

Examples:
  lanner doctor
  lanner doctor --config /etc/lanner/lanner.yaml --json
`;

export const doctor: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: { config: { type: 'string' }, data: { type: 'string' }, json: { type: 'boolean' } },
		});
		const findings = await examine(values.config, values.data, io);
		const ok = findings.every((finding) => finding.ok);
		if (values.json) io.stdout.write(`${JSON.stringify({ ok, findings })}\n`);
		else io.stdout.write(findings.map(line).join(''));
		return ok ? 0 : 1;
	},
};

function line({ check, ok, detail, remedy }: Finding): string {
	return `${ok ? '✓' : '✗'} ${check.padEnd(13)} ${detail}\n${ok ? '' : `  what to do: ${remedy}\n`}`;
}

async function examine(configFile: string | undefined, data: string | undefined, io: Io): Promise<Finding[]> {
	const { finding, settings } = examineConfig(configFile, data, io);
	const { config, dataFolder } = settings;
	const capture = join(io.root, 'probe/build/capture');
	return [
		checkKernel(release(), arch()),
		checkBtf(existsSync('/sys/kernel/btf/vmlinux')),
		checkPrivileges(readFileSync('/proc/self/status', 'utf8'), hasCapabilities(capture)),
		checkCapture(capture, existsSync(join(io.root, 'probe/Makefile'))),
		checkClock(Date.now()),
		checkDataFolder(dataFolder, config.log.eventsBytesMax + config.log.alertsBytesMax),
		await checkLock(dataFolder),
		checkRuntime('docker', config.probe.dockerSocket),
		checkRuntime('podman', config.probe.podmanSocket),
		checkRuntime('containerd', config.probe.containerdSocket),
		checkRuntime('crio', config.probe.crioSocket),
		examineRules(config.rules.files, io),
		finding,
		...(await examineFleet(settings)),
	];
}

/** Only what is configured. Neither waits for a server that is away. */
async function examineFleet(settings: Settings): Promise<Finding[]> {
	const findings: Finding[] = [];
	let partitions: number | null = null;
	if (settings.config.redis.addresses.length > 0)
		await orFinding('redis', findings, async () => {
			const facts = await examineRedis(redisOptions(settings));
			partitions = facts.partitions;
			findings.push(...judgeRedis(facts));
		});
	if (usesKafka(settings))
		await orFinding('kafka', findings, async () => {
			const topics = await ensureTopics(plannedTopics(settings), kafkaOptions(settings), { create: false });
			findings.push(
				good('kafka', settings.config.kafka.brokers.join(', ')),
				...judgeTopics(topics, partitions),
			);
		});
	return findings;
}

async function orFinding(check: string, findings: Finding[], look: () => Promise<void>): Promise<void> {
	try {
		await look();
	} catch (error) {
		if (
			error instanceof StoreRefusedError ||
			error instanceof LogRefusedError ||
			error instanceof FailureError
		)
			findings.push(bad(check, error.message, error.remedy));
		else if (error instanceof LogUnavailableError)
			findings.push(bad(check, error.message, `check that it runs and that ${check}.brokers is right`));
		else throw error;
	}
}

type ConfigResult = { readonly finding: Finding; readonly settings: Settings };

/** The other checks go on with the defaults when the file is bad. */
function examineConfig(file: string | undefined, data: string | undefined, io: Io): ConfigResult {
	try {
		const settings = readSettings({ configFile: file, data }, io);
		return { finding: good('configuration', settings.configFile ?? 'the defaults'), settings };
	} catch (error) {
		if (!(error instanceof ConfigError || error instanceof FailureError)) throw error;
		const settings = readSettings({ configFile: undefined, data }, { ...io, defaultConfigFile: null });
		const config = defaultConfig();
		return {
			finding: bad('configuration', error.message, error.remedy),
			settings: { ...settings, config },
		};
	}
}

function examineRules(paths: readonly string[], io: Io): Finding {
	try {
		const { ok, rules } = loadRules(readRulesFiles(paths, io.root), { catalogue: eventFieldCatalogue });
		const enabled = rules.filter((rule) => rule.enabled).length;
		return ok && enabled > 0
			? good('rules', `${enabled} enabled`)
			: bad(
					'rules',
					ok ? 'no rule is enabled' : 'they have errors',
					`lanner rules check ${paths.join(' ')}`.trimEnd(),
				);
	} catch (error) {
		if (!(error instanceof FailureError)) throw error;
		return bad('rules', error.message, error.remedy);
	}
}
