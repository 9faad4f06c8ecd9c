/**
 * The files that lanner.yaml names, looked at before a role opens anything, so that what cannot work is told with its line: certificates that
 * are not there or are none, rules, a file output that is a folder, a hostRoot that holds no host. Only of the sections that the role uses, for
 * hosts share one file. What may come later (a folder that is mounted, a program that is installed) is told and not refused: the output
 * waits for it, and the others go on meanwhile.
 */
import { X509Certificate } from 'node:crypto';
import { accessSync, constants, existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Config, OutputConfig, RelationProblem, TlsConfig } from '#platform/config/index.ts';
import type { FleetRole } from './role-needs.ts';

export type Role = FleetRole | 'run';

export type NamedFilesOptions = {
	/** `--rules`: then rules.files are not read. */
	readonly rules?: readonly string[];
	/** Whether `run` serves the page. Default: console.enabled. */
	readonly console?: boolean;
};

/** For `SettingsOptions.checks`. */
export function namedFiles(
	role: Role,
	{ rules = [], console = false }: NamedFilesOptions = {},
): (config: Config, file: string | null) => RelationProblem[] {
	return (config, file) => {
		const isOneOf = (...roles: readonly Role[]): boolean => roles.includes(role);
		const page = role === 'console' || (role === 'run' && (console || config.console.enabled));
		return [
			...(role === 'run' ? [] : kafkaProblems(config.kafka)),
			...(isOneOf('evaluator', 'console') && config.redis.addresses.length > 0
				? below(['redis', 'tls'], pemProblems(config.redis.tls))
				: []),
			...(page ? below(['console', 'tls'], pemProblems(config.console.tls)) : []),
			...(isOneOf('probe', 'evaluator', 'run') && rules.length === 0
				? rulesProblems(config.rules.files)
				: []),
			...(isOneOf('sink', 'run') ? outputsProblems(config, file) : []),
			...(isOneOf('probe', 'run') ? hostProblems(config.probe) : []),
		];
	};
}

function below(
	section: readonly (string | number)[],
	problems: readonly RelationProblem[],
): RelationProblem[] {
	return problems.map((problem) => ({ ...problem, path: [...section, ...problem.path] }));
}

function kafkaProblems({ brokers, tls, sasl, schemaRegistry }: Config['kafka']): RelationProblem[] {
	if (brokers.length === 0) return [];
	return [
		...(tls.enabled ? below(['kafka', 'tls'], pemProblems(tls)) : []),
		...below(['kafka', 'sasl', 'tokenCaFile'], authorityProblems(sasl.tokenCaFile)),
		...below(['kafka', 'schemaRegistry', 'caFile'], authorityProblems(schemaRegistry.caFile)),
	];
}

function pemProblems({
	caFile = null,
	certFile,
	keyFile,
}: Partial<TlsConfig> & Pick<TlsConfig, 'certFile' | 'keyFile'>): RelationProblem[] {
	const problems = below(['caFile'], authorityProblems(caFile));
	if (certFile === null || keyFile === null) return problems;
	const unread = [...unreadable('certFile', certFile), ...unreadable('keyFile', keyFile)];
	if (unread.length > 0) return [...problems, ...unread];
	const failed = thrownBy(() =>
		createSecureContext({ cert: readFileSync(certFile), key: readFileSync(keyFile) }),
	);
	if (failed !== null)
		problems.push({
			path: ['certFile'],
			message: `${certFile} and ${keyFile} are no certificate in PEM with its key: ${failed.message}`,
		});
	return problems;
}

function authorityProblems(file: string | null): RelationProblem[] {
	if (file === null) return [];
	const unread = unreadable(null, file);
	if (unread.length > 0) return unread;
	const failed = thrownBy(() => new X509Certificate(readFileSync(file)));
	return failed === null
		? []
		: [{ path: [], message: `${file} is no certificate in PEM: ${failed.message}` }];
}

function unreadable(option: string | null, file: string): RelationProblem[] {
	const failed = thrownBy(() => readFileSync(file));
	if (failed === null) return [];
	const path = option === null ? [] : [option];
	return [
		{ path, message: `cannot be read: ${failed.message}; check the path, and that this user may read it` },
	];
}

function rulesProblems(files: readonly string[]): RelationProblem[] {
	return files.flatMap((file, i) =>
		existsSync(file)
			? []
			: [{ path: ['rules', 'files', i], message: `there is no ${file}: check the path and its permissions` }],
	);
}

/** Folders of the data folder that are ours alone. */
const ownFolders = ['bin', 'log', 'spool', 'state'];

function outputsProblems({ outputs, dataFolder }: Config, configFile: string | null): RelationProblem[] {
	const own = ownFolders.map((name) => join(dataFolder, name) + sep);
	return outputs.flatMap((output, i) => {
		if (!output.enabled) return [];
		if (output.kind === 'program') return below(['outputs', i, 'program'], programProblems(output));
		return output.kind === 'file' ? below(['outputs', i, 'path'], fileProblems(output, own, configFile)) : [];
	});
}

function fileProblems(
	{ path }: Extract<OutputConfig, { kind: 'file' }>,
	own: readonly string[],
	configFile: string | null,
): RelationProblem[] {
	const folder = own.find((name) => path.startsWith(name));
	if (folder !== undefined)
		return [{ path: [], message: `${path} lies in ${folder}, which only lanner itself writes to` }];
	const stat = lstatSync(path, { throwIfNoEntry: false });
	if (stat === undefined)
		return existsSync(dirname(path))
			? []
			: [
					{
						path: [],
						message: `there is no folder ${dirname(path)}; alerts of this output wait until there is`,
						doubtful: true,
					},
				];
	if (!stat.isFile())
		return [
			{
				path: [],
				message: `${path} is no regular file (nor a link to one, which would not be followed): name a file to append to`,
			},
		];
	const config = configFile === null ? undefined : statSync(configFile, { throwIfNoEntry: false });
	if (config !== undefined && config.dev === stat.dev && config.ino === stat.ino)
		return [{ path: [], message: `${path} is this configuration: name another file` }];
	return [];
}

function programProblems({ program }: Extract<OutputConfig, { kind: 'program' }>): RelationProblem[] {
	const failed = thrownBy(() => accessSync(program, constants.X_OK));
	if (failed === null) return [];
	return [
		{
			path: [],
			message: `${program} cannot be run (${failed.message}); alerts of this output wait until it can`,
			doubtful: true,
		},
	];
}

function hostProblems({ hostRoot, kubernetes }: Config['probe']): RelationProblem[] {
	const passwd = join(hostRoot, 'etc/passwd');
	const problems: RelationProblem[] = [];
	if (!existsSync(passwd))
		problems.push({
			path: ['probe', 'hostRoot'],
			message: `there is no ${passwd}: mount the host's /etc there, read only (docker run -v /etc:/host/etc:ro with probe.hostRoot: /host)`,
		});
	if (kubernetes.url !== null)
		for (const option of ['caFile', 'tokenFile'] as const) {
			const file = kubernetes[option];
			if (file !== null && !existsSync(file))
				problems.push({
					path: ['probe', 'kubernetes', option],
					message: `there is no ${file}; owners of pods are unknown until there is`,
					doubtful: true,
				});
		}
	return problems;
}

function thrownBy(work: () => unknown): Error | null {
	try {
		work();
		return null;
	} catch (error) {
		return error as Error;
	}
}
