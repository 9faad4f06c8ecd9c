/**
 * What a role runs with: lanner.yaml (or the defaults), overridden by the command line. Which file: --config; else, for an installed
 * program, /etc/lanner/lanner.yaml where there is one. Never one of the present folder: it could be anybody's, and names programs to run.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { EmbeddedLogOptions } from '#log/embedded/index.ts';
import {
	type Config,
	type ConfigSources,
	defaultConfig,
	pathText,
	type ReadConfig,
	type RelationProblem,
	readConfigInFull,
} from '#platform/config/index.ts';
import { createLogger, type Logger } from '#platform/logger.ts';
import { checkExpressions } from '#sink/expressions/check.ts';
import { FailureError, type Io } from '../command.ts';
import { permissionProblems } from './config-permissions.ts';
import { defaultDataFolder } from './data-folder.ts';

export type Settings = {
	readonly config: Config;
	readonly dataFolder: string;
	readonly logger: Logger;
	/** The file in force; null = the defaults are. */
	readonly configFile: string | null;
};

export type SettingsOptions = {
	readonly configFile: string | undefined;
	readonly data: string | undefined;
	/** What the role that reads them cannot work with; told with its line, like every other problem of the file. */
	readonly checks?: readonly RoleCheck[];
};

/** `file`: what the configuration was read from; null = it is the defaults. */
export type RoleCheck = (config: Config, file: string | null) => readonly RelationProblem[];

/** The option of every command that reads it. */
export const configHelp =
	'lanner.yaml (default: /etc/lanner/lanner.yaml where it exists, in a checkout none)';

export function readSettings(
	{ configFile: named, data, checks = [] }: SettingsOptions,
	io: Pick<Io, 'env' | 'stderr' | 'defaultConfigFile'>,
): Settings {
	const configFile = configFileInForce(named, io);
	const check: RoleCheck = (config, file) => checks.flatMap((one) => one(config, file));
	const { config, doubts } =
		configFile === null ? checkedDefaults(check) : readChecked(configFile, check, io);
	// Without a file the default folder is the one that this user can write.
	const fallback = configFile === null ? defaultDataFolder(io.env) : config.dataFolder;
	const logger = createLogger({ level: config.logging.level, stream: io.stderr });
	for (const doubt of doubts)
		logger.warn({ doubt }, 'the configuration can be used, and should be looked at');
	return { config, dataFolder: data ?? fallback, logger, configFile };
}

/** A default that cannot be read is told when it is read: passing over it in silence would be another configuration. */
export function configFileInForce(
	named: string | undefined,
	{ defaultConfigFile }: Pick<Io, 'defaultConfigFile'>,
): string | null {
	if (named !== undefined) return named;
	return defaultConfigFile !== null && existsSync(defaultConfigFile) ? defaultConfigFile : null;
}

type Checked = Pick<ReadConfig, 'config' | 'doubts'>;

function readChecked(file: string, check: RoleCheck, io: Pick<Io, 'env'>): Checked {
	const sources = configSources(file, io);
	return readConfigInFull({
		...sources,
		check: (config, origins) => [...(sources.check?.(config, origins) ?? []), ...check(config, file)],
	});
}

function checkedDefaults(check: RoleCheck): Checked {
	const config = defaultConfig();
	const problem = check(config, null).find(({ doubtful }) => doubtful !== true);
	if (problem === undefined) return { config, doubts: [] };
	throw new FailureError(
		`${pathText(problem.path)}: ${problem.message}`,
		'name a file: --config lanner.yaml',
	);
}

/** A configuration file with what may be brought into it. */
export function configSources(file: string, { env }: Pick<Io, 'env'>): ConfigSources {
	let text: string;
	try {
		text = readFileSync(file, 'utf8');
	} catch (error) {
		throw new FailureError(
			`the configuration ${file} cannot be read: ${(error as Error).message}`,
			`check the path of the file${(error as NodeJS.ErrnoException).code === 'EACCES' ? ', or run as a user who may read it' : ''}; another one: --config FILE`,
		);
	}
	return {
		...{ file, text, env },
		readFile: (path) => readFileSync(path, 'utf8'),
		check: (config, origins) => [...permissionProblems(file, origins), ...checkExpressions(config)],
	};
}

export function embeddedLogOptions({ config, dataFolder, logger }: Settings): EmbeddedLogOptions {
	const { eventsBytesMax, eventsAgeMaxHours, alertsBytesMax, alertsAgeMaxHours, syncMs } = config.log;
	const hourMs = 3_600_000;
	const alerts = { bytes: alertsBytesMax, ageMs: alertsAgeMaxHours * hourMs };
	return {
		folder: `${dataFolder}/log`,
		syncMs,
		retention: {
			'lanner.events': { bytes: eventsBytesMax, ageMs: eventsAgeMaxHours * hourMs },
			'lanner.alerts': alerts,
			'lanner.alerts.dead': alerts,
			'lanner.events.dead': alerts,
		},
		warn: (warning) => logger.warn(warning, 'the log repaired itself'),
	};
}
