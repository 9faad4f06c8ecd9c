/** Small requests to the servers beside Kafka: a token endpoint, a schema registry. Answers are JSON and bounded. */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export type HttpRequest = {
	readonly url: string;
	readonly method: 'GET' | 'POST';
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
	/** PEM of the authorities that are trusted; absent = those of Node. */
	readonly ca?: string;
};

export type HttpAnswer = { readonly status: number; readonly body: unknown };

const timeoutMs = 10_000;
const answerBytesMax = 1 << 20;

/** Rejects when there is no answer, or one that is too long; a status is for the caller. `body` is null when it is not JSON. */
export function requestJson({ url, method, headers, body, ca }: HttpRequest): Promise<HttpAnswer> {
	const send = url.startsWith('https:') ? requestHttps : requestHttp;
	return new Promise((resolve, reject) => {
		const sent = send(
			url,
			{ method, headers, signal: AbortSignal.timeout(timeoutMs), ...(ca === undefined ? {} : { ca }) },
			(answer) => {
				const chunks: Buffer[] = [];
				let bytes = 0;
				answer.on('data', (chunk: Buffer) => {
					bytes += chunk.length;
					chunks.push(chunk);
					if (bytes > answerBytesMax)
						answer.destroy(new Error(`the answer is longer than ${answerBytesMax} bytes`));
				});
				answer.on('error', reject);
				answer.on('end', () =>
					resolve({ status: answer.statusCode ?? 0, body: parseJson(Buffer.concat(chunks)) }),
				);
			},
		);
		sent.on('error', reject);
		sent.end(body);
	});
}

export function basicAuthorization(user: string, password: string): string {
	return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function parseJson(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString());
	} catch {
		// An error page of a proxy, for example: the status says enough.
		return null;
	}
}
