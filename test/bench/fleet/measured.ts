/** The parent's side of measured-process.ts: starts such processes, feeds them, and gives CPU time per event from the first `warmEvents` on. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureTopics, type KafkaCompression, openKafkaLog, planTopics } from '#log/kafka/index.ts';
import { silentLogger } from '#test/support/evaluation.ts';
import type { Look, MeasuredTask } from './measured-process.ts';
import { type Traffic, writeMessages } from './traffic.ts';

export type Fleet = { readonly brokers: readonly string[]; readonly redisPort: number };

const lookEveryMs = 50;
/** For every evaluator to be in the group before any takes up its partitions. */
const joinMs = 4_000;
const waitMsMax = 240_000;
const dayMs = 86_400_000;
const appendRecords = 300;

export class Measured {
	readonly #child: ChildProcess;
	readonly #exited: Promise<void>;

	/** `nodeArgs`: of node itself, for example a profile. */
	constructor(task: MeasuredTask, nodeArgs: readonly string[] = []) {
		const script = join(import.meta.dirname, 'measured-process.ts');
		this.#child = fork(script, [JSON.stringify(task)], {
			execArgv: ['--import', 'tsx', '--expose-gc', ...nodeArgs],
			stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
		});
		this.#exited = new Promise((resolve) => this.#child.once('exit', () => resolve()));
	}

	tell(word: 'go' | 'end'): void {
		this.#child.send(word);
	}

	/** Until it says that it is there. */
	async until(at: string): Promise<Look> {
		const said = new Promise<Look>((resolve) => {
			const listen = (message: unknown): void => {
				const { at: where, look } = message as { at: string; look: Look };
				if (where !== at) return;
				this.#child.off('message', listen);
				resolve(look);
			};
			this.#child.on('message', listen);
		});
		const died = this.#exited.then(() => {
			throw new Error(`a measured process ended before it was ${at}`);
		});
		const late = sleep(waitMsMax, undefined, { ref: false }).then(() => {
			throw new Error(`a measured process was not ${at} after ${waitMsMax / 1000} s`);
		});
		return Promise.race([said, died, late]);
	}

	/** `collected`: after its garbage. */
	look(options: { collected?: boolean } = {}): Promise<Look> {
		const looked = this.until('look');
		this.#child.send(options.collected === true ? 'collect' : 'look');
		return looked;
	}

	async kill(): Promise<void> {
		this.#child.kill('SIGKILL');
		await this.#exited;
	}

	ended(): Promise<void> {
		return this.#exited;
	}
}

/** Makes the topics of an installation of its own and appends the messages. */
export async function feed(
	{ brokers }: Fleet,
	{ messages }: Pick<Traffic, 'messages'>,
	own: { prefix: string; partitions: number; compression?: KafkaCompression },
): Promise<void> {
	const { prefix, partitions, compression = 'gzip' } = own;
	const options = { brokers, prefix, compression, clientId: 'feed', logger: silentLogger };
	const retention = { eventsRetentionMs: dayMs, alertsRetentionMs: dayMs };
	await ensureTopics(planTopics({ partitions, replication: 1, minInSync: 1, ...retention }), options, {
		create: true,
	});
	const log = openKafkaLog(options);
	try {
		for (let i = 0; i < messages.length; i += appendRecords)
			await log.append('lanner.events', messages.slice(i, i + appendRecords));
	} finally {
		await log.close();
	}
}

export type Cost = {
	readonly usPerEvent: number;
	readonly events: number;
	readonly wallS: number;
	readonly commits: number;
	/** Of the largest process, after its garbage was collected. */
	readonly heapBytes: number;
	readonly rssBytes: number;
};

/** Evaluators over what was fed: cost of the events after the first `warmEvents`, to the last commit. */
export async function evaluatorCost(
	fleet: Fleet,
	own: {
		prefix: string;
		evaluators: number;
		events: number;
		warmEvents: number;
		compression?: KafkaCompression;
		nodeArgs?: readonly string[];
	},
): Promise<Cost> {
	const { prefix, evaluators, events, warmEvents, compression = 'gzip', nodeArgs = [] } = own;
	const all = Array.from(
		{ length: evaluators },
		() => new Measured({ kind: 'evaluator', ...fleet, prefix, compression }, nodeArgs),
	);
	try {
		await Promise.all(all.map((one) => one.until('ready')));
		if (evaluators > 1) await sleep(joinMs);
		for (const one of all) one.tell('go');
		const warm = await reached(all, warmEvents);
		const startMs = performance.now();
		await reached(all, events);
		const wallS = (performance.now() - startMs) / 1000;
		const ends = all.map((one) => one.until('ended'));
		for (const one of all) one.tell('end');
		const ended = await Promise.all(ends);
		const done = sum(ended, 'events') - sum(warm, 'events');
		return {
			...{ events: done, wallS, usPerEvent: (sum(ended, 'cpuUs') - sum(warm, 'cpuUs')) / done },
			commits: sum(ended, 'commits') - sum(warm, 'commits'),
			heapBytes: Math.max(...ended.map((one) => one.heapBytes)),
			rssBytes: Math.max(...ended.map((one) => one.rssBytes)),
		};
	} finally {
		await Promise.all(all.map((one) => (nodeArgs.length > 0 ? one.ended() : one.kill())));
	}
}

async function reached(all: readonly Measured[], events: number): Promise<readonly Look[]> {
	const end = performance.now() + waitMsMax;
	while (true) {
		const looks = await Promise.all(all.map((one) => one.look()));
		if (sum(looks, 'events') >= events) return looks;
		if (performance.now() > end)
			throw new Error(`${sum(looks, 'events')} of ${events} events were evaluated in ${waitMsMax / 1000} s`);
		await sleep(lookEveryMs);
	}
}

function sum(looks: readonly Look[], name: 'events' | 'cpuUs' | 'commits'): number {
	return looks.reduce((total, look) => total + look[name], 0);
}

/** The same messages without Kafka and Redis, in a process of the same kind. */
export async function replayCost(
	file: string,
	traffic: Traffic,
	warmEvents: number,
	nodeArgs: readonly string[] = [],
): Promise<Cost> {
	await writeMessages(file, traffic.messages);
	const one = new Measured({ kind: 'replay', file, warmEvents }, nodeArgs);
	await one.until('ready');
	const reachedWarm = one.until('warm');
	const reachedEnd = one.until('ended');
	one.tell('go');
	const [warm, ended] = [await reachedWarm, await reachedEnd];
	const events = ended.events - warm.events;
	await one.ended();
	return {
		...{ events, wallS: 0, commits: 0, usPerEvent: (ended.cpuUs - warm.cpuUs) / events },
		...{ heapBytes: ended.heapBytes, rssBytes: ended.rssBytes },
	};
}
