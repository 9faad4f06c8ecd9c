/** The agent as commands start it: capture built, privileges given up where they can be, identity known. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, type AgentLogger } from '#agent/agent.ts';
import type { CaptureProgram } from '#agent/capture-process.ts';
import { readHostIdentity } from '#agent/identity.ts';
import { captureCalls, type Interest } from '#agent/interest.ts';
import type { KubernetesOptions } from '#agent/kubernetes/index.ts';
import { dropPrivileges, startedBy } from '#agent/privileges.ts';
import type { Spool } from '#agent/spool/spool.ts';
import type { EventLog } from '#log/log.ts';
import type { Config } from '#platform/config/index.ts';
import type { Io } from '../command.ts';
import { readVersion } from '../commands/version.ts';
import type { Settings } from './settings.ts';

/** Builds capture when needed, then gives up root if there is a user to become. Before the log is opened. */
export async function prepareCapture(
	{ config, dataFolder, logger }: Settings,
	io: Io,
): Promise<CaptureProgram> {
	// The name that rules know us by: the end of capture on request is no attack on it.
	process.title = 'lanner';
	const captureProgram = await io.ensureProbe();
	const starter = startedBy(captureProgram, io.env);
	if (starter !== null) return starter;
	const result = dropPrivileges({
		user: config.probe.user,
		dataFolder,
		captureProgram,
		ownFile: join(io.root, 'package.json'),
		passwd: readFileSync('/etc/passwd', 'utf8'),
		group: readFileSync('/etc/group', 'utf8'),
	});
	if (result.user !== null)
		logger.info({ user: result.user }, 'root is given up; only capture is privileged');
	else if (result.keptRootBecause !== '') logger.info({ reason: result.keptRootBecause }, 'root is kept');
	return { path: result.captureProgram, starterFd: null };
}

/** Variables that change which code runs or what a shell writes down; none holds a secret. */
const tellingVariables = [
	'HISTFILE',
	'HISTFILESIZE',
	'HISTSIZE',
	'LD_AUDIT',
	'LD_LIBRARY_PATH',
	'LD_PRELOAD',
];

export type LiveAgentOptions = {
	readonly log: Pick<EventLog, 'append'>;
	readonly dataFolder: string;
	readonly captureProgram: CaptureProgram;
	/** Event types of each rule; null = capture's own choice (recordings). */
	readonly eventTypes: readonly (readonly string[])[] | null;
	/** Environment variables to report; absent = those that show tampering (recordings, which have no rules yet). */
	readonly environment?: readonly string[];
	/** Whether the first bytes of what calls read and write are reported; absent = no (recordings: they can be secrets). */
	readonly data?: boolean;
	/** What may be left out in the kernel; absent = nothing. */
	readonly kernelFilter?: string;
	readonly config: Config;
	readonly logger: AgentLogger;
	readonly onReady?: () => void;
	/** With a log that can be away: where batches wait, and records of a size that suits it. */
	readonly spool?: Spool;
};

/** Event types of each rule; null = capture's own choice. */
export function interestOf({
	eventTypes,
	environment,
	data = false,
	kernelFilter = '',
}: {
	readonly eventTypes: readonly (readonly string[])[] | null;
	readonly environment: readonly string[];
	readonly data?: boolean | undefined;
	readonly kernelFilter?: string | undefined;
}): Interest {
	const calls = eventTypes === null ? null : captureCalls(eventTypes);
	return { calls, environment, data, filter: kernelFilter };
}

/**
 * Whether the rules decide what the kernel leaves out: those of an evaluator in this process, or (`always`) of evaluators that have the same.
 * Others may want what ours do not, and recordings are made for rules of later.
 */
export function filtersInKernel({ kernelFilter }: Config['probe'], role: 'run' | 'probe'): boolean {
	return kernelFilter === 'always' || (kernelFilter === 'auto' && role === 'run');
}

export function createLiveAgent(options: LiveAgentOptions, io: Pick<Io, 'root'>): Agent {
	const { log, dataFolder, captureProgram, eventTypes, config, logger, onReady } = options;
	const { environment = tellingVariables, data, kernelFilter, spool } = options;
	const { lingerMs, batchBytes, hostRoot, containerEventsPerS, compareNames } = config.probe;
	const identity = readHostIdentity({ dataFolder, root: hostRoot });
	return new Agent({
		log,
		logger,
		dataFolder,
		captureProgram,
		interest: interestOf({ eventTypes, environment, data, kernelFilter }),
		identity: {
			...identity,
			hostId: config.host.id ?? identity.hostId,
			hostName: config.host.name ?? identity.hostName,
		},
		probeVersion: readVersion(io.root),
		runtimes: {
			docker: config.probe.dockerSocket,
			podman: config.probe.podmanSocket,
			containerd: config.probe.containerdSocket,
			crio: config.probe.crioSocket,
		},
		kubernetes: kubernetesOf(config),
		hostRoot,
		captureOptions: [
			...['--rate-events', String(containerEventsPerS)],
			...['--compare-names', compareNames],
			...(spool === undefined ? [] : ['--linger-ms', String(lingerMs), '--batch-bytes', String(batchBytes)]),
		],
		...(spool === undefined ? {} : { spool }),
		...(onReady === undefined ? {} : { onReady }),
	});
}

/** The check of the section has made sure of the name. */
function kubernetesOf({ probe }: Config): KubernetesOptions | null {
	const { url, nodeName, tokenFile, caFile } = probe.kubernetes;
	return url === null || nodeName === null ? null : { url, nodeName, tokenFile, caFile };
}

export type WatchOptions = {
	readonly settings: Settings;
	readonly eventTypes: readonly (readonly string[])[] | null;
	/** Takes every batch, in order; the next is not handed over before it resolves. */
	readonly onBatch: (message: Uint8Array) => Promise<void>;
	readonly signal: AbortSignal;
	readonly onReady?: () => void;
};

/** Live batches without a log: for commands that look at the events of now and keep nothing. */
export async function watchLive(
	{ settings, eventTypes, onBatch, signal, onReady }: WatchOptions,
	io: Io,
): Promise<void> {
	const dataFolder = mkdtempSync(join(tmpdir(), 'lanner-'));
	try {
		process.title = 'lanner';
		const log: Pick<EventLog, 'append'> = {
			append: async (_topic, records) => {
				for (const { value } of records) await onBatch(value);
			},
		};
		const captureProgram = { path: await io.ensureProbe(), starterFd: null };
		const agent = createLiveAgent(
			{
				...settings,
				log,
				dataFolder,
				captureProgram,
				eventTypes,
				...(onReady === undefined ? {} : { onReady }),
			},
			io,
		);
		await agent.run(signal);
	} finally {
		rmSync(dataFolder, { recursive: true, force: true });
	}
}
