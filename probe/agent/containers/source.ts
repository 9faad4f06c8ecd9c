/** What the sources of containers share: which are known, and trying again. */
import { statSync } from 'node:fs';
import type { Container } from './container.ts';

export type ContainerChange = 'RUNNING' | 'CHANGED' | 'ENDED';
export type OnContainer = (change: ContainerChange, container: Container) => void;

export type SourceOptions = {
	readonly socketPath: string;
	readonly onContainer: OnContainer;
	/** The same problem again is told once, until something else happens. */
	readonly onProblem: (error: Error) => void;
	readonly signal: AbortSignal;
	readonly retryMs?: number;
};

/** Follows the containers of one runtime. */
export type ContainerSource = {
	/** Resolves after the first list was reported, or the first attempt failed. */
	readonly listed: Promise<void>;
	/** Until the signal is aborted. */
	run(): Promise<void>;
};

const retryMsDefault = 5_000;
export const containersMax = 4096;
const waitingMax = 4096;

/** Containers of a runtime that were reported and have not ended. Bound: `containersMax`. */
export class KnownContainers {
	readonly #onContainer: OnContainer;
	readonly #known = new Map<string, Container>();

	constructor(onContainer: OnContainer) {
		this.#onContainer = onContainer;
	}

	get(id: string): Container | undefined {
		return this.#known.get(id);
	}

	/** RUNNING with facts that are known already is not said again. */
	report(change: ContainerChange, container: Container): void {
		const { id } = container;
		const known = this.#known.get(id);
		if (known !== undefined && change === 'RUNNING' && JSON.stringify(known) === JSON.stringify(container))
			return;
		if (this.#known.size < containersMax || known !== undefined) this.#known.set(id, container);
		this.#onContainer(change, container);
	}

	end(id: string): void {
		const container = this.#known.get(id);
		if (container === undefined) return;
		this.#known.delete(id);
		this.#onContainer('ENDED', container);
	}

	/** The others have ended while nobody looked. */
	endAllBut(ids: ReadonlySet<string>): void {
		for (const id of [...this.#known.keys()]) if (!ids.has(id)) this.end(id);
	}
}

/**
 * Work for containers: of one container in order, of several at once. Bound: `waitingMax` containers with work; beyond, `add`
 * itself waits.
 */
export class WorkByContainer {
	readonly #options: Pick<SourceOptions, 'onProblem' | 'signal'>;
	/** By container: the last of its work that is not done. */
	readonly #waiting = new Map<string, Promise<void>>();

	constructor(options: Pick<SourceOptions, 'onProblem' | 'signal'>) {
		this.#options = options;
	}

	async add(id: string, work: () => Promise<void>): Promise<void> {
		if (this.#waiting.size >= waitingMax) await Promise.race(this.#waiting.values());
		const task = (this.#waiting.get(id) ?? Promise.resolve())
			.then(work)
			.catch((error: unknown) => {
				if (!this.#options.signal.aborted) this.#options.onProblem(error as Error);
			})
			.finally(() => {
				if (this.#waiting.get(id) === task) this.#waiting.delete(id);
			});
		this.#waiting.set(id, task);
	}
}

/** Runs `follow` again and again, with pauses. A socket that is not there is fine. */
export async function followForEver(
	{ signal, onProblem, socketPath, retryMs = retryMsDefault }: SourceOptions,
	follow: () => Promise<void>,
	onAttempted: () => void,
): Promise<void> {
	let told = '';
	while (!signal.aborted) {
		try {
			// Most hosts have one runtime of the four: a look costs a fraction of a connection that fails.
			if (statSync(socketPath, { throwIfNoEntry: false }) !== undefined) await follow();
			told = '';
		} catch (error) {
			const { message } = error as Error;
			if (!signal.aborted && !isAbsent(error) && message !== told) onProblem(error as Error);
			told = message;
		}
		onAttempted();
		await sleep(retryMs, signal);
	}
}

/** HTTP/2 has the reason why a connection failed as the cause of what the call on it got. */
function isAbsent(error: unknown): boolean {
	const { code, cause } = error as NodeJS.ErrnoException;
	return code === 'ENOENT' || code === 'ECONNREFUSED' || (cause !== undefined && isAbsent(cause));
}

export function sleep(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(done, ms);
		function done(): void {
			clearTimeout(timer);
			signal.removeEventListener('abort', done);
			resolve();
		}
		signal.addEventListener('abort', done);
		if (signal.aborted) done();
	});
}
