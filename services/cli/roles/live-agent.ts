/** The agent as commands start it: capture built, privileges given up where they can be, identity known. */
import { readFileSync } from 'node:fs';
import { Agent, type AgentLogger } from '#agent/agent.ts';
import { readHostIdentity } from '#agent/identity.ts';
import { captureCalls } from '#agent/interest.ts';
import { type DropResult, dropPrivileges } from '#agent/privileges.ts';
import type { EventLog } from '#log/log.ts';
import type { Io } from '../command.ts';
import { readVersion } from '../commands/version.ts';

export const userDefault = 'lanner';
export const dockerSocketDefault = '/var/run/docker.sock';

/** Builds capture when needed, then gives up root if there is a user to become. Before the log is opened. */
export async function prepareCapture(
	options: { readonly dataFolder: string; readonly user: string; readonly logger: AgentLogger },
	io: Io,
): Promise<DropResult> {
	const { dataFolder, user, logger } = options;
	const result = dropPrivileges({
		user,
		dataFolder,
		captureProgram: await io.ensureProbe(),
		passwd: readFileSync('/etc/passwd', 'utf8'),
		group: readFileSync('/etc/group', 'utf8'),
	});
	if (result.user !== null) logger.info({}, `runs as the user ${result.user}; only capture is privileged`);
	else if (result.keptRootBecause !== '') logger.info({}, `stays root: ${result.keptRootBecause}`);
	return result;
}

export type LiveAgentOptions = {
	readonly log: Pick<EventLog, 'append'>;
	readonly dataFolder: string;
	readonly captureProgram: string;
	/** Event types of each rule; null = capture's own choice (recordings). */
	readonly eventTypes: readonly (readonly string[])[] | null;
	readonly logger: AgentLogger;
	readonly onReady?: () => void;
};

export function createLiveAgent(options: LiveAgentOptions, io: Pick<Io, 'root'>): Agent {
	const { log, dataFolder, captureProgram, eventTypes, logger, onReady } = options;
	return new Agent({
		log,
		logger,
		dataFolder,
		captureProgram,
		captureArgs: eventTypes === null ? [] : ['--syscalls', captureCalls(eventTypes)],
		identity: readHostIdentity({ dataFolder }),
		probeVersion: readVersion(io.root),
		dockerSocket: dockerSocketDefault,
		...(onReady === undefined ? {} : { onReady }),
	});
}
