/**
 * The agent of a host: starts capture, makes an EventBatch of every frame, adds its own stream, appends both to the log.
 *
 * Order: users and the containers that already run are in the log before capture's first frame; the gap of a restart is
 * before the first frame of the new run. Back-pressure, and a log that is away: see `Publisher`. The agent never decodes
 * an event. Ends when the signal is aborted, and only after capture's last frame is durable.
 */

import type { EventLog } from '#log/log.ts';
import { frameToBatch } from '#schemas/event-batch.ts';
import type { CaptureDiagnostic, CaptureProgram } from './capture-process.ts';
import { followContainers, type RuntimeSockets } from './containers/index.ts';
import type { OnContainer } from './containers/source.ts';
import type { Frame } from './frame.ts';
import type { HostIdentity } from './identity.ts';
import { type Interest, interestLines, interestOptions } from './interest.ts';
import { followOwners, type KubernetesOptions } from './kubernetes/index.ts';
import { bootSequence, OwnStream } from './own-stream.ts';
import { type OutgoingBatch, Publisher, type PublisherState } from './publisher.ts';
import type { Loss } from './spool/losses.ts';
import type { Spool } from './spool/spool.ts';
import { CaptureUnavailableError, type Restart, Supervisor } from './supervisor.ts';
import { UsersSource } from './users.ts';

/** The part of a logger that the agent uses (pino has it). */
export type AgentLogger = Record<
	'debug' | 'info' | 'warn' | 'error',
	(fields: object, message: string) => void
>;

export type AgentOptions = {
	readonly log: Pick<EventLog, 'append'>;
	readonly identity: HostIdentity;
	readonly probeVersion: string;
	readonly captureProgram: CaptureProgram;
	/** What capture reports at first; see `setInterest`. */
	readonly interest: Interest;
	readonly dataFolder: string;
	/** Whose containers are followed. */
	readonly runtimes: RuntimeSockets;
	/** Where owners of pods are asked for; null = nowhere. */
	readonly kubernetes?: KubernetesOptions | null;
	/** Where the host's /etc/passwd and /etc/group are; default `/`. */
	readonly hostRoot?: string;
	readonly logger: AgentLogger;
	readonly inFlightBytesMax?: number;
	/** Where batches wait while the log is away; null = a failed append is the end. The caller closes it. */
	readonly spool?: Spool | null;
	/** Further options of capture (size and time of its frames). */
	readonly captureOptions?: readonly string[];
	/** Capture is attached and its first frame is on its way to the log. */
	readonly onReady?: () => void;
};

export type AgentCounters = {
	batches: number;
	events: number;
	bytes: number;
	restarts: number;
	/** As the last frame said: events lost by the running capture, and its CPU time. */
	lost: number;
	captureCpuUs: number;
	/** Left out in the kernel by the running capture, as no rule can match them. */
	filtered: number;
	/** Events given up between agent and log. */
	lostOnTheWay: number;
	/** How often the log was away. */
	outages: number;
};

export { CaptureUnavailableError };

const usersPollMs = 2_000;
/** A runtime that does not answer so fast is not waited for: its containers are then reported when they are known. */
const containersWaitMs = 500;

export class Agent {
	readonly counters: AgentCounters = {
		batches: 0,
		events: 0,
		bytes: 0,
		restarts: 0,
		lost: 0,
		captureCpuUs: 0,
		filtered: 0,
		lostOnTheWay: 0,
		outages: 0,
	};
	readonly #options: AgentOptions;
	readonly #stream: OwnStream;
	readonly #publisher: Publisher;
	readonly #supervisor: Supervisor;
	readonly #users: UsersSource;
	#failure: Error | null = null;
	#ready = false;
	#interest: Interest;
	/** Events were lost on the way: capture is asked for a snapshot once the log has what is left. */
	#snapshotWanted = false;

	constructor(options: AgentOptions) {
		this.#options = options;
		this.#interest = options.interest;
		this.#users = new UsersSource(options.hostRoot);
		const { identity, probeVersion } = options;
		this.#stream = new OwnStream({
			identity,
			probeVersion,
			firstSequence: bootSequence(),
			now: () => new Date(),
		});
		this.#publisher = new Publisher({
			log: options.log,
			key: identity.hostId,
			...(options.inFlightBytesMax === undefined ? {} : { inFlightBytesMax: options.inFlightBytesMax }),
			spool: options.spool ?? null,
			onPressure: (paused) => this.#onPressure(paused),
			onLosses: (losses) => this.#onLosses(losses),
			onState: (state, cause) => this.#onLogState(state, cause),
			onProblem: (error) =>
				options.logger.warn({ err: error }, 'a batch cannot be kept, or will not be taken by the log'),
			onError: (error) => this.#fail(error),
			random: Math.random,
		});
		this.#supervisor = this.#createSupervisor();
	}

	get inFlightBytes(): number {
		return this.#publisher.inFlightBytes;
	}

	get capturePid(): number | undefined {
		return this.#supervisor.pid;
	}

	/**
	 * Other rules want other events: capture changes what it reports while it runs, without a gap. Only a call that is reported
	 * when it begins (close) needs a restart, with its gap and a new snapshot.
	 */
	setInterest(interest: Interest): void {
		const told = new Set(interestLines(this.#interest));
		this.#interest = interest;
		for (const line of interestLines(interest)) if (!told.has(line)) this.#supervisor.tell(line);
	}

	/** Until the signal is aborted. Throws what made it impossible to go on. */
	async run(signal: AbortSignal): Promise<void> {
		const ending = new AbortController();
		const stop = (): void => this.#supervisor.stop();
		signal.addEventListener('abort', stop);
		const usersTimer = setInterval(() => this.#reportUsers(), usersPollMs);
		this.#publisher.start();
		try {
			this.#reportUsers();
			await this.#followContainers(ending.signal);
			if (signal.aborted) stop();
			await this.#supervisor.run();
			await this.#publisher.flush();
		} finally {
			clearInterval(usersTimer);
			signal.removeEventListener('abort', stop);
			ending.abort();
		}
		if (this.#failure !== null) throw this.#failure;
	}

	#createSupervisor(): Supervisor {
		const { captureProgram, dataFolder, logger } = this.#options;
		return new Supervisor({
			program: captureProgram,
			args: (restarts) => [
				'--exclude-pid',
				String(process.pid),
				'--restarts',
				String(restarts),
				'--control',
				...(this.#options.captureOptions ?? []),
				...interestOptions(this.#interest),
			],
			temporaryFolder: dataFolder,
			onFrame: (frame) => this.#onFrame(frame),
			onRestart: (restart) => this.#onRestart(restart),
			onDiagnostic: (diagnostic) => this.#onDiagnostic(diagnostic),
			onState: (state, cause) => logger.debug({ state, cause }, 'capture changed state'),
			random: Math.random,
			nowMs: () => performance.now(),
		});
	}

	#onFrame(frame: Frame): void {
		const { identity, probeVersion, onReady } = this.#options;
		const { firstSequence, baseTimeS, baseTimeNs, utcOffsetS, events: count, body, room } = frame;
		const value = frameToBatch(
			{ ...identity, producer: 'CAPTURE', firstSequence, baseTimeS, baseTimeNs, utcOffsetS, probeVersion },
			{ count, body, room },
		);
		this.counters.lost = frame.lost;
		this.counters.captureCpuUs = frame.cpuUs;
		this.counters.filtered = frame.filtered;
		this.#publish({ value, producer: 'CAPTURE', events: count, firstSequence, reportsLoss: false });
		if (!this.#ready) {
			this.#ready = true;
			onReady?.();
		}
	}

	#publish(batch: OutgoingBatch): void {
		this.#count(batch);
		this.#publisher.publish(batch);
	}

	#count({ value, events }: OutgoingBatch): void {
		this.counters.batches++;
		this.counters.events += events;
		this.counters.bytes += value.length;
	}

	#onRestart({ restarts, cause, silentMs }: Restart): void {
		this.counters.restarts = restarts;
		this.#options.logger.error(
			{ restarts, cause, silentMs: Math.round(silentMs) },
			'capture ended; it is started again and events in between are lost',
		);
		this.#publish(this.#stream.captureGap(Math.round(silentMs * 1e6)));
	}

	#onLosses(losses: readonly Loss[]): OutgoingBatch {
		const events = losses.reduce((sum, loss) => sum + Math.max(0, loss.events), 0);
		this.counters.lostOnTheWay += events;
		this.#options.logger.error({ losses }, 'events were lost on the way to the log; a gap event says which');
		this.#snapshotWanted = true;
		if (this.#publisher.state === 'live') this.#askForSnapshot();
		const batch = this.#stream.losses(losses);
		this.#count(batch);
		return batch;
	}

	/** Behind what the log has now: a snapshot before would be undone by the loss. */
	#askForSnapshot(): void {
		this.#snapshotWanted = false;
		this.#supervisor.tell('snapshot');
	}

	#onLogState(state: PublisherState, cause: string): void {
		const { logger, spool } = this.#options;
		const spoolBytes = spool?.bytes ?? 0;
		if (state === 'spooled') {
			this.counters.outages++;
			logger.warn({ cause, spoolBytes }, 'the log is away: events go to the spool on disk');
		} else if (state === 'live') {
			logger.info({ cause }, 'the log has everything that was in the spool');
			if (this.#snapshotWanted) this.#askForSnapshot();
		}
	}

	#onDiagnostic({ level, code, message, hint }: CaptureDiagnostic): void {
		if (code === 'restart-needed') this.#supervisor.restart(message);
		this.#options.logger[level]({ from: 'capture', code, ...(hint === '' ? {} : { hint }) }, message);
	}

	#onPressure(paused: boolean): void {
		if (paused) this.#supervisor.pause();
		else this.#supervisor.resume();
		this.#options.logger.debug({ paused, inFlightBytes: this.inFlightBytes }, 'back-pressure of the log');
	}

	#reportUsers(): void {
		try {
			const users = this.#users.readIfChanged();
			if (users !== null) this.#publish(this.#stream.usersReported(users));
		} catch (error) {
			this.#options.logger.warn({ err: error }, 'users of the host cannot be read');
		}
	}

	async #followContainers(signal: AbortSignal): Promise<void> {
		const { runtimes, kubernetes = null, logger } = this.#options;
		const report: OnContainer = (change, container) =>
			this.#publish(this.#stream.containerReported(change, container));
		const onContainer =
			kubernetes === null
				? report
				: followOwners({
						...{ ...kubernetes, onContainer: report, signal, random: Math.random },
						onProblem: (error) =>
							logger.warn({ err: error, url: kubernetes.url }, 'owners of pods cannot be followed'),
					});
		await followContainers(
			{
				sockets: runtimes,
				signal,
				onContainer,
				onProblem: (error, socket) => logger.warn({ err: error, socket }, 'containers cannot be followed'),
			},
			containersWaitMs,
		);
	}

	/** Appending failed for good: nothing more can be kept, so capture is stopped and `run` throws. */
	#fail(error: Error): void {
		this.#failure = error;
		this.#supervisor.stop();
	}
}
