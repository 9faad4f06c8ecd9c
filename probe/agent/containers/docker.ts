/**
 * Follows the containers of a Docker engine: those that run at the start, then every change.
 *
 * Reads only. The event stream is opened before the list, so that nothing falls between them. A container that ends is
 * reported once more as ENDED. An absent socket is fine and is looked for again every `retryMs`.
 *
 * Facts are to be ahead of a container's first program, but an inspection waits for the engine's lock of the container, which
 * `start` holds until that program runs. So when one is made the list is asked, too, which takes no lock and knows all but what
 * only an inspection tells (privileged, user, limits); what the event itself says is the last resort.
 *
 * Events of one container are dealt with in order, those of several at once. Bounds: `inspectionsMax` inspections at
 * once, and those of source.ts.
 */
import { type Container, containerOfEvent, containerOfInspection, containerOfListing } from './container.ts';
import { DockerApi } from './docker-api.ts';
import {
	type ContainerChange,
	type ContainerSource,
	containersMax,
	followForEver,
	KnownContainers,
	type SourceOptions,
	WorkByContainer,
} from './source.ts';

export type DockerOptions = SourceOptions & {
	/** Podman answers the same calls. */
	readonly runtime?: 'docker' | 'podman';
};

const inspectionsMax = 8;
/** The stream is asked to filter as well, but what it sends is not relied on. */
const changes: Readonly<Record<string, ContainerChange>> = {
	create: 'RUNNING',
	start: 'RUNNING',
	rename: 'CHANGED',
	update: 'CHANGED',
	die: 'ENDED',
	// Podman's word.
	died: 'ENDED',
	// Of one that was made and never started.
	destroy: 'ENDED',
	remove: 'ENDED',
};
const eventsPath = `/events?filters=${encodeURIComponent(JSON.stringify({ type: ['container'], event: Object.keys(changes) }))}`;

export class DockerSource implements ContainerSource {
	readonly #options: DockerOptions;
	readonly #api: DockerApi;
	readonly #known: KnownContainers;
	readonly #work: WorkByContainer;
	readonly #inspections = new Gate(inspectionsMax);
	readonly #listed: Promise<void>;
	#resolveListed: () => void = () => {};

	constructor(options: DockerOptions) {
		this.#options = options;
		this.#api = new DockerApi(options.socketPath);
		this.#known = new KnownContainers(options.onContainer);
		this.#work = new WorkByContainer(options);
		this.#listed = new Promise((resolve) => {
			this.#resolveListed = resolve;
		});
	}

	/** Resolves after the first list was reported, or the first attempt failed. */
	get listed(): Promise<void> {
		return this.#listed;
	}

	/** Until the signal is aborted. */
	run(): Promise<void> {
		return followForEver(this.#options, () => this.#follow(), this.#resolveListed);
	}

	async #follow(): Promise<void> {
		const events = this.#api.streamJson(eventsPath, this.#options.signal);
		// Asking for the first event is what opens the stream.
		let next = events.next();
		next.catch(() => {});
		await this.#list();
		this.#resolveListed();
		for (let event = await next; !event.done; event = await next) {
			const { value } = event;
			const id = (value as { id?: unknown } | null)?.id;
			if (typeof id === 'string') await this.#work.add(id, () => this.#onEvent(id, value));
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
		this.#known.endAllBut(new Set(ids));
		await Promise.all(ids.map((id) => this.#inspect(id, 'RUNNING')));
	}

	async #onEvent(id: string, event: unknown): Promise<void> {
		const { Action: action } = event as { Action?: unknown };
		const change = typeof action === 'string' ? changes[action] : undefined;
		if (change === undefined) return;
		if (change === 'ENDED') this.#known.end(id);
		else if (action === 'create') await this.#created(id, event);
		else await this.#inspect(id, change);
	}

	/** Whichever answers first, then the inspection. */
	async #created(id: string, event: unknown): Promise<void> {
		let answered = false;
		const inspecting = this.#inspection(id).finally(() => {
			answered = true;
		});
		inspecting.catch(() => {});
		const listed = await this.#listing(id);
		if (!answered && listed !== null) this.#report('RUNNING', listed);
		const facts = await inspecting;
		if (facts !== null) this.#report('RUNNING', facts);
		else if (listed === null) this.#report('RUNNING', containerOfEvent(event));
	}

	async #inspect(id: string, change: ContainerChange): Promise<void> {
		const facts = await this.#inspection(id);
		if (facts !== null) this.#report(change, facts);
	}

	#report(change: ContainerChange, container: Container | null): void {
		if (container === null) return;
		const { runtime = 'docker' } = this.#options;
		this.#known.report(change, runtime === container.runtime ? container : { ...container, runtime });
	}

	/** Null = it was gone before it could be asked about. */
	async #inspection(id: string): Promise<Container | null> {
		await this.#inspections.enter();
		try {
			const path = `/containers/${encodeURIComponent(id)}/json`;
			return containerOfInspection(await this.#api.getJson(path, this.#options.signal));
		} catch (error) {
			if ((error as { status?: number }).status === 404) return null;
			throw error;
		} finally {
			this.#inspections.leave();
		}
	}

	async #listing(id: string): Promise<Container | null> {
		const filters = encodeURIComponent(JSON.stringify({ id: [id] }));
		const path = `/containers/json?all=true&filters=${filters}`;
		const answer = await this.#api.getJson(path, this.#options.signal);
		const found = Array.isArray(answer) ? answer.find((item) => idOf(item) === id) : undefined;
		return found === undefined ? null : containerOfListing(found);
	}
}

/** Lets in so many at once, the others in order. */
class Gate {
	#free: number;
	readonly #queue: (() => void)[] = [];

	constructor(places: number) {
		this.#free = places;
	}

	async enter(): Promise<void> {
		if (this.#free > 0) this.#free--;
		else await new Promise<void>((resolve) => this.#queue.push(resolve));
	}

	leave(): void {
		const next = this.#queue.shift();
		if (next === undefined) this.#free++;
		else next();
	}
}

function idOf(item: unknown): string {
	const id = (item as { Id?: unknown } | null)?.Id;
	return typeof id === 'string' ? id : '';
}
