/** A double of a schema registry: the two calls of Confluent's interface that Lanner makes, in memory. LANNER_TEST_REGISTRY=URL takes a real one. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type RegistryDouble = {
	readonly url: string;
	/** `METHOD PATH` of every request. */
	readonly requests: readonly string[];
	readonly subjects: ReadonlyMap<string, readonly number[]>;
	/** Answers every request with this status from now on; null = as it should. */
	failWith(status: number | null): void;
	close(): Promise<void>;
};

export async function startRegistryDouble(): Promise<RegistryDouble> {
	const schemas: string[] = [];
	const subjects = new Map<string, number[]>();
	const requests: string[] = [];
	let failure: number | null = null;
	const server = createServer(async (request, response) => {
		const { method, url = '' } = request;
		requests.push(`${method} ${url}`);
		const answer = (status: number, body: unknown): void => {
			response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
			response.end(JSON.stringify(body));
		};
		if (failure !== null) return answer(failure, { error_code: failure, message: 'as told' });
		const id = /^\/schemas\/ids\/(\d+)$/.exec(url)?.[1];
		if (method === 'GET' && id !== undefined) {
			const schema = schemas[Number(id) - 1];
			return schema === undefined ? answer(404, { error_code: 40403 }) : answer(200, { schema });
		}
		const subject = /^\/subjects\/([^/]+)\/versions$/.exec(url)?.[1];
		if (method !== 'POST' || subject === undefined) return answer(404, { error_code: 404 });
		const { schema } = JSON.parse(await bodyOf(request)) as { schema: string };
		if (!schemas.includes(schema)) schemas.push(schema);
		const own = subjects.get(subject) ?? [];
		subjects.set(subject, [...own, schemas.indexOf(schema) + 1]);
		return answer(200, { id: schemas.indexOf(schema) + 1 });
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		subjects,
		failWith(status) {
			failure = status;
		},
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}

async function bodyOf(request: IncomingMessage): Promise<string> {
	let body = '';
	for await (const chunk of request) body += String(chunk);
	return body;
}
