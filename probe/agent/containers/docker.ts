/**
 * Follows the containers of a Docker engine: those that run at the start, then every change.
 *
 * Reads only. The event stream is opened before the list, so that nothing falls between them. A container that ends is
 * reported once more as ENDED. An absent socket is fine and is looked for again every `retryMs`.
 * Bounds: `inspectionsMax` inspections at once, `containersMax` containers known.
 */
import { type Container, containerOfInspection } from './container.ts';
import { DockerApi } from './docker-api.ts';

export type ContainerChange = 'RUNNING' | 'CHANGED' | 'ENDED';
export type OnContainer = (change: ContainerChange, container: Container) => void;

export type DockerOptions = {
	readonly socketPath: string;
	readonly onContainer: OnContainer;
	readonly onProblem: (error: Error) => void;
	readonly signal: AbortSignal;
	readonly retryMs?: number;
};

const retryMsDefault = 5_000;
const inspectionsMax = 8;
const containersMax = 4096;
/** The stream is asked to filter as well, but what it sends is not relied on. */
const changes: Readonly<Record<string, ContainerChange>> = {
	create: 'RUNNING',
	start: 'RUNNING',
	rename: 'CHANGED',
	update: 'CHANGED',
	die: 'ENDED',
	// Of one that was made and never started.
	destroy: 'ENDED',
};
const eventsPath = `/events?filters=${encodeURIComponent(JSON.stringify({ type: ['container'], event: Object.keys(changes) }))}`;

export class DockerSource {
	readonly #options: DockerOptions;
	readonly #api: DockerApi;
	readonly #known = new Map<string, Container>();
	readonly #listed: Promise<void>;
	#resolveListed: () => void = () => {};

	constructor(options: DockerOptions) {
		this.#options = options;
		this.#api = new DockerApi(options.socketPath);
		this.#listed = new Promise((resolve) => {
			this.#resolveListed = resolve;
		});
	}

	/** Resolves after the first list was reported, or the first attempt failed. */
	get listed(): Promise<void> {
		return this.#listed;
	}

	/** Until the signal is aborted. */
	async run(): Promise<void> {
		const { signal, onProblem } = this.#options;
		while (!signal.aborted) {
			try {
				await this.#follow();
			} catch (error) {
				if (!signal.aborted && !isAbsent(error)) onProblem(error as Error);
			}
			this.#resolveListed();
			await sleep(this.#options.retryMs ?? retryMsDefault, signal);
		}
	}

	async #follow(): Promise<void> {
		const events = this.#api.streamJson(eventsPath, this.#options.signal);
		// Asking for the first event is what opens the stream.
		let next = events.next();
		next.catch(() => {});
		await this.#list();
		this.#resolveListed();
		for (let event = await next; !event.done; event = await next) {
			await this.#onEvent(event.value);
			next = events.next();
			next.catch(() => {});
		}
	}

	async #list(): Promise<void> {
		const answer = await this.#api.getJson('/containers/json', this.#options.signal);
		const ids = Array.isArray(answer)
			? answer
					.slice(0, containersMax)
					.map(idOf)
					.filter((id) => id !== '')
			: [];
		for (const id of this.#known.keys()) if (!ids.includes(id)) this.#end(id);
		for (let i = 0; i < ids.length; i += inspectionsMax) {
			await Promise.all(ids.slice(i, i + inspectionsMax).map((id) => this.#inspect(id, 'RUNNING')));
		}
	}

	async #onEvent(event: unknown): Promise<void> {
		const { Action: action, id } = event as { Action?: unknown; id?: unknown };
		const change = typeof action === 'string' ? changes[action] : undefined;
		if (change === undefined || typeof id !== 'string') return;
		if (change === 'ENDED') this.#end(id);
		else await this.#inspect(id, change);
	}

	async #inspect(id: string, change: ContainerChange): Promise<void> {
		try {
			const container = containerOfInspection(
				await this.#api.getJson(`/containers/${encodeURIComponent(id)}/json`, this.#options.signal),
			);
			if (container === null) return;
			if (this.#known.size < containersMax || this.#known.has(id)) this.#known.set(id, container);
			this.#options.onContainer(change, container);
		} catch (error) {
			// 404: it was gone before it could be asked about; its end is an event of its own.
			if ((error as { status?: number }).status !== 404) throw error;
		}
	}

	#end(id: string): void {
		const container = this.#known.get(id);
		if (container === undefined) return;
		this.#known.delete(id);
		this.#options.onContainer('ENDED', container);
	}
}

function idOf(item: unknown): string {
	const id = (item as { Id?: unknown } | null)?.Id;
	return typeof id === 'string' ? id : '';
}

function isAbsent(error: unknown): boolean {
	const code = (error as NodeJS.ErrnoException).code;
	return code === 'ENOENT' || code === 'ECONNREFUSED';
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
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
