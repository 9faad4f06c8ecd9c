/**
 * The objects of one kind as the API server has them: a list, then a watch from the list's version on, then the watch again from the last version
 * seen; the whole list anew when that version is too old (410 Gone). What the list lacks has been deleted meanwhile.
 *
 * Failures are told once each and followed by a pause of 1 to 60 s; what was known stays until the server says otherwise.
 * Bound: `objectsMax`; further ones are left out, and that is told.
 */
import { BackOff } from '../back-off.ts';
import type { Json } from '../containers/json.ts';
import { sleep } from '../containers/source.ts';
import { ApiRefusedError, type KubernetesApi, watchSeconds } from './api.ts';

export type ObjectsOptions<T> = {
	readonly api: Pick<KubernetesApi, 'get' | 'watch'>;
	/** Of the list, for example `/api/v1/services`. */
	readonly path: string;
	readonly fieldSelector?: string;
	/** What is kept of an object. */
	readonly pick: (object: Json) => T;
	/** After a change of one object; `previous` = what was kept of it before. Undefined = it is, or was, not there. */
	readonly onChange: (now: T | undefined, previous: T | undefined) => void;
	readonly onProblem: (error: Error) => void;
	readonly signal: AbortSignal;
	readonly random: () => number;
	readonly backOffMs?: { readonly firstMs: number; readonly maxMs: number };
};

export const objectsMax = 10_000;
const pageObjects = 500;
const gone = 410;
const backOffDefault = { firstMs: 1_000, maxMs: 60_000 };

export class Objects<T> {
	readonly #options: ObjectsOptions<T>;
	readonly #known = new Map<string, T>();
	/** Where the next watch begins; null = a list is needed. */
	#version: string | null = null;
	#overflowTold = false;

	constructor(options: ObjectsOptions<T>) {
		this.#options = options;
	}

	values(): Iterable<T> {
		return this.#known.values();
	}

	/** Until the signal is aborted. */
	async run(): Promise<void> {
		const { signal, onProblem, random, backOffMs = backOffDefault } = this.#options;
		const backOff = new BackOff({ ...backOffMs, random });
		let told = '';
		while (!signal.aborted) {
			try {
				if (this.#version === null) await this.#list();
				told = '';
				await this.#watch(() => backOff.reset());
			} catch (error) {
				if (signal.aborted) return;
				if (error instanceof ApiRefusedError && error.status === gone) this.#version = null;
				else if ((error as Error).message !== told) {
					told = (error as Error).message;
					onProblem(error as Error);
				}
			}
			// Also after a watch that ended well: a server that ends them at once must not be asked without a pause.
			await sleep(backOff.nextMs(), signal);
		}
	}

	async #list(): Promise<void> {
		const seen = new Set<string>();
		let version = '';
		let next = '';
		do {
			const page = await this.#options.api.get(this.#query({ limit: String(pageObjects), continue: next }));
			for (const object of page.list('items')) {
				seen.add(object.object('metadata').text('uid'));
				this.#set(object);
			}
			version = page.object('metadata').text('resourceVersion');
			next = page.object('metadata').text('continue');
		} while (next !== '');
		for (const uid of [...this.#known.keys()]) if (!seen.has(uid)) this.#delete(uid);
		this.#version = version;
	}

	async #watch(onSign: () => void): Promise<void> {
		const query = this.#query({
			watch: '1',
			allowWatchBookmarks: 'true',
			timeoutSeconds: String(watchSeconds),
			resourceVersion: this.#version ?? '',
		});
		for await (const line of this.#options.api.watch(query)) {
			const type = line.text('type');
			const object = line.object('object');
			if (type === 'ERROR') throw new ApiRefusedError(query, object.number('code'), object.text('message'));
			if (type === 'ADDED' || type === 'MODIFIED') this.#set(object);
			else if (type === 'DELETED') this.#delete(object.object('metadata').text('uid'));
			const version = object.object('metadata').text('resourceVersion');
			if (version !== '') this.#version = version;
			onSign();
		}
	}

	#query(parameters: Readonly<Record<string, string>>): string {
		const { path, fieldSelector = '' } = this.#options;
		const given = Object.entries({ fieldSelector, ...parameters }).filter(([, value]) => value !== '');
		return `${path}?${new URLSearchParams(given)}`;
	}

	#set(object: Json): void {
		const uid = object.object('metadata').text('uid');
		const previous = this.#known.get(uid);
		if (uid === '' || (previous === undefined && this.#isFull())) return;
		const now = this.#options.pick(object);
		this.#known.set(uid, now);
		this.#options.onChange(now, previous);
	}

	#delete(uid: string): void {
		const previous = this.#known.get(uid);
		if (previous === undefined) return;
		this.#known.delete(uid);
		this.#options.onChange(undefined, previous);
	}

	#isFull(): boolean {
		if (this.#known.size < objectsMax) return false;
		if (!this.#overflowTold)
			this.#options.onProblem(
				new Error(`${this.#options.path}: more than ${objectsMax}; the rest is left out`),
			);
		this.#overflowTold = true;
		return true;
	}
}
