/**
 * A schema registry with Confluent's interface, and the framing that goes with it: `00`, id of the schema (4 bytes, big-endian), Avro body. Only
 * for `lanner.alerts`, when `kafka.schemaRegistry.url` is set. Roles never see it: what is appended is framed on its way out, what is
 * read is given back in single-object encoding, whichever of the two the record has.
 *
 * Failure: a registry that is away makes appends wait as Kafka itself does, and reads wait here; one that refuses (rights, an incompatible
 * schema) is a `LogRefusedError`. A record whose id nobody knows is given as it is: its reader buries it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { prefixBytes, prefixOf } from '#schemas/codec.ts';
import { schemaVersions } from '#schemas/generated/schema-versions.ts';
import { type LogRecord, LogRefusedError, LogUnavailableError } from '../log.ts';
import { basicAuthorization, type HttpAnswer, requestJson } from './http.ts';
import type { LogLogger } from './options.ts';

export type SchemaRegistryOptions = {
	readonly url: string;
	readonly username?: string;
	readonly password?: string;
	readonly ca?: string;
};

const frameBytes = 5;
const waitMs = 2_000;
const idsMax = 1_000;
const contentType = 'application/vnd.schemaregistry.v1+json';

/** The alert schemas that we know, by marker and fingerprint. */
const schemaByPrefix = new Map(
	schemaVersions.alert.map((text) => [prefixOf(JSON.parse(text)).toString('hex'), text]),
);

export class AlertFraming {
	readonly #options: SchemaRegistryOptions;
	readonly #logger: LogLogger;
	readonly #subject: string;
	readonly #idByPrefix = new Map<string, number>();
	/** null = not one of ours. */
	readonly #prefixById = new Map<number, Buffer | null>();

	/** `topic`: its name in the cluster; the subject is `<topic>-value`. */
	constructor(topic: string, options: SchemaRegistryOptions, logger: LogLogger) {
		this.#subject = `${topic}-value`;
		this.#options = options;
		this.#logger = logger;
	}

	async frame<R extends { readonly value: Uint8Array }>(records: readonly R[]): Promise<R[]> {
		const framed: R[] = [];
		for (const record of records) {
			const id = await this.#idOf(Buffer.from(record.value.subarray(0, prefixBytes)).toString('hex'));
			const value = Buffer.alloc(frameBytes + record.value.length - prefixBytes);
			value.writeUInt32BE(id, 1);
			value.set(record.value.subarray(prefixBytes), frameBytes);
			framed.push({ ...record, value });
		}
		return framed;
	}

	/** Waits for a registry that is away, until `revoked`. */
	async unframe(records: readonly LogRecord[], revoked: AbortSignal): Promise<readonly LogRecord[]> {
		const unframed: LogRecord[] = [];
		for (const record of records) {
			const { value } = record;
			const isFramed = value.length > frameBytes && value[0] === 0;
			const prefix = isFramed ? await this.#prefixOf(Buffer.from(value).readUInt32BE(1), revoked) : null;
			if (revoked.aborted) return [];
			unframed.push(
				prefix === null ? record : { ...record, value: Buffer.concat([prefix, value.subarray(frameBytes)]) },
			);
		}
		return unframed;
	}

	async #idOf(prefix: string): Promise<number> {
		const known = this.#idByPrefix.get(prefix);
		if (known !== undefined) return known;
		const schema = schemaByPrefix.get(prefix);
		if (schema === undefined) throw new Error(`an alert of no known schema: ${prefix}`);
		const answer = await this.#ask(
			'POST',
			`/subjects/${encodeURIComponent(this.#subject)}/versions`,
			JSON.stringify({ schema, schemaType: 'AVRO' }),
		);
		const id = (answer.body as { id?: unknown } | null)?.id;
		if (answer.status !== 200 || typeof id !== 'number') throw this.#refusal('register the schema', answer);
		this.#idByPrefix.set(prefix, id);
		return id;
	}

	async #prefixOf(id: number, revoked: AbortSignal): Promise<Buffer | null> {
		while (!revoked.aborted) {
			const known = this.#prefixById.get(id);
			if (known !== undefined) return known;
			try {
				const prefix = await this.#lookUp(id);
				if (this.#prefixById.size >= idsMax) this.#prefixById.clear();
				this.#prefixById.set(id, prefix);
			} catch (error) {
				if (!(error instanceof LogUnavailableError)) throw error;
				this.#logger.warn({ id, err: error }, 'the schema registry is away; asking is tried again');
				await sleep(waitMs, undefined, { signal: revoked }).catch(() => undefined);
			}
		}
		return null;
	}

	async #lookUp(id: number): Promise<Buffer | null> {
		const answer = await this.#ask('GET', `/schemas/ids/${id}`);
		if (answer.status === 404) return null;
		const schema = (answer.body as { schema?: unknown } | null)?.schema;
		if (answer.status !== 200 || typeof schema !== 'string')
			throw this.#refusal(`look up schema ${id}`, answer);
		const prefix = prefixOf(JSON.parse(schema));
		return schemaByPrefix.has(prefix.toString('hex')) ? prefix : null;
	}

	async #ask(method: 'GET' | 'POST', path: string, body?: string): Promise<HttpAnswer> {
		const { url, username, password, ca } = this.#options;
		const answer = await requestJson({
			url: `${url.replace(/\/$/, '')}${path}`,
			method,
			headers: {
				accept: contentType,
				'content-type': contentType,
				...(username === undefined ? {} : { authorization: basicAuthorization(username, password ?? '') }),
			},
			...(body === undefined ? {} : { body }),
			...(ca === undefined ? {} : { ca }),
		}).catch((error: Error) => {
			throw new LogUnavailableError(`the schema registry ${url} does not answer: ${error.message}`, {
				cause: error,
			});
		});
		if (answer.status >= 500)
			throw new LogUnavailableError(`the schema registry ${url} answers with status ${answer.status}`);
		return answer;
	}

	#refusal(what: string, { status, body }: HttpAnswer): LogRefusedError {
		const said = (body as { message?: unknown } | null)?.message;
		return new LogRefusedError(
			`the schema registry ${this.#options.url} does not let us ${what} (${this.#subject}): status ${status}${typeof said === 'string' ? `, ${said.slice(0, 300)}` : ''}`,
			'check kafka.schemaRegistry (url, username, password), the rights of its user, and the compatibility level of the subject',
		);
	}
}
