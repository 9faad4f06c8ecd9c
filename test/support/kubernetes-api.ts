/**
 * An API server of Kubernetes as far as readers see one: lists in pages, watches from a version on, bookmarks, 410 for a version that is too
 * old, 401 for a token that is not the present one; over HTTPS, on loopback. Written from the API's documentation (Efficient detection of changes,
 * Retrieving large result sets in chunks): a stand-in, since no real server can be had here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

export type KubernetesObject = {
	readonly metadata: {
		readonly name: string;
		readonly namespace: string;
		readonly uid: string;
		readonly labels?: Readonly<Record<string, string>>;
		readonly annotations?: Readonly<Record<string, string>>;
		readonly ownerReferences?: readonly object[];
	};
	readonly spec?: { readonly nodeName?: string; readonly selector?: Readonly<Record<string, string>> };
};

type Change = {
	readonly version: number;
	readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
	readonly object: KubernetesObject;
};
type Watch = { readonly plural: string; readonly node: string; readonly response: ServerResponse };

export class FakeApiServer {
	token = 'first';
	/** As `METHOD path?query`. */
	readonly asked: string[] = [];
	pageSize = 500;
	readonly #server: Server;
	readonly #objects = new Map<string, Map<string, { object: KubernetesObject; version: number }>>();
	readonly #changes = new Map<string, Change[]>();
	readonly #watches = new Set<Watch>();
	#version = 100;
	/** Watches from before it are refused. */
	#oldest = 0;

	private constructor(tls: { readonly key: Buffer; readonly cert: Buffer }) {
		this.#server = createServer(tls, (request, response) => this.#answer(request, response));
	}

	static async start(tls: { readonly key: Buffer; readonly cert: Buffer }): Promise<FakeApiServer> {
		const server = new FakeApiServer(tls);
		await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
		return server;
	}

	get url(): string {
		return `https://localhost:${(this.#server.address() as AddressInfo).port}`;
	}

	get watching(): number {
		return this.#watches.size;
	}

	put(plural: string, object: KubernetesObject): void {
		const objects = this.#of(plural);
		const type = objects.has(object.metadata.uid) ? 'MODIFIED' : 'ADDED';
		objects.set(object.metadata.uid, { object, version: ++this.#version });
		this.#tell(plural, { version: this.#version, type, object });
	}

	remove(plural: string, uid: string): void {
		const found = this.#of(plural).get(uid);
		if (found === undefined) throw new Error(`there is no ${plural} ${uid}`);
		this.#of(plural).delete(uid);
		this.#tell(plural, { version: ++this.#version, type: 'DELETED', object: found.object });
	}

	/** All that happened is forgotten: a watch from now on must begin with a list. */
	compact(): void {
		this.#oldest = ++this.#version;
	}

	bookmark(): void {
		for (const { response } of this.#watches)
			response.write(line('BOOKMARK', { metadata: { resourceVersion: String(this.#version) } }));
	}

	/** Ends all watches, in the middle of a line. */
	cut(): void {
		for (const { response } of this.#watches) {
			response.write('{"type":"ADDED","object":{"metadata":{"na');
			response.destroy();
		}
	}

	/** As a server that sends what it has, in pieces of any size. */
	splitNext = false;

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#of(plural: string): Map<string, { object: KubernetesObject; version: number }> {
		const objects = this.#objects.get(plural) ?? new Map();
		this.#objects.set(plural, objects);
		return objects;
	}

	#tell(plural: string, change: Change): void {
		this.#changes.set(plural, [...(this.#changes.get(plural) ?? []), change]);
		for (const watch of this.#watches) if (watch.plural === plural) this.#send(watch, change);
	}

	#send({ node, response }: Watch, { type, object, version }: Change): void {
		if (node !== '' && object.spec?.nodeName !== node) return;
		const text = line(type, versioned(object, version));
		if (!this.splitNext) return void response.write(text);
		const middle = Math.floor(text.length / 2);
		response.write(text.slice(0, middle));
		setImmediate(() => response.write(text.slice(middle)));
	}

	#answer(request: IncomingMessage, response: ServerResponse): void {
		this.asked.push(`${request.method} ${request.url}`);
		const url = new URL(request.url ?? '', 'https://localhost');
		if (request.headers.authorization !== `Bearer ${this.token}`) {
			refuse(response, 401, 'Unauthorized');
			return;
		}
		const parts = url.pathname.split('/').filter(Boolean);
		const named = parts.includes('namespaces');
		const plural = (named ? parts.at(-2) : parts.at(-1)) ?? '';
		if (named) this.#get(response, plural, parts.at(-3) ?? '', parts.at(-1) ?? '');
		else if (url.searchParams.get('watch') === '1') this.#watch(response, plural, url.searchParams);
		else this.#list(response, plural, url.searchParams);
	}

	#get(response: ServerResponse, plural: string, namespace: string, name: string): void {
		const found = [...this.#of(plural).values()].find(
			({ object: { metadata } }) => metadata.namespace === namespace && metadata.name === name,
		);
		if (found === undefined) refuse(response, 404, `${plural} "${name}" not found`);
		else answer(response, 200, versioned(found.object, found.version));
	}

	#list(response: ServerResponse, plural: string, query: URLSearchParams): void {
		const node = nodeOf(query);
		const all = [...this.#of(plural).values()].filter(
			({ object }) => node === '' || object.spec?.nodeName === node,
		);
		const from = Number(query.get('continue') ?? 0);
		const to = from + Math.min(this.pageSize, Number(query.get('limit')));
		answer(response, 200, {
			kind: 'List',
			metadata: {
				resourceVersion: String(this.#version),
				...(to < all.length ? { continue: String(to) } : {}),
			},
			items: all.slice(from, to).map(({ object, version }) => versioned(object, version)),
		});
	}

	#watch(response: ServerResponse, plural: string, query: URLSearchParams): void {
		const from = Number(query.get('resourceVersion'));
		response.writeHead(200, { 'content-type': 'application/json' });
		if (from < this.#oldest) {
			const status = {
				kind: 'Status',
				code: 410,
				reason: 'Expired',
				message: `too old resource version: ${from}`,
			};
			response.end(line('ERROR', status));
			return;
		}
		const watch = { plural, node: nodeOf(query), response };
		this.#watches.add(watch);
		response.once('close', () => this.#watches.delete(watch));
		response.flushHeaders();
		for (const change of this.#changes.get(plural) ?? [])
			if (change.version > from) this.#send(watch, change);
	}
}

function nodeOf(query: URLSearchParams): string {
	return /^spec\.nodeName=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1] ?? '';
}

function versioned({ metadata, ...rest }: KubernetesObject, version: number): object {
	return { ...rest, metadata: { ...metadata, resourceVersion: String(version) } };
}

function line(type: string, object: object): string {
	return `${JSON.stringify({ type, object })}\n`;
}

function answer(response: ServerResponse, status: number, body: object): void {
	response.writeHead(status, { 'content-type': 'application/json' });
	response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, message: string): void {
	answer(response, status, { kind: 'Status', status: 'Failure', code: status, message });
}
