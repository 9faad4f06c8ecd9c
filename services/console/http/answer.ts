/** Answers, with the headers that every one of them carries. */
import type { ServerResponse } from 'node:http';

/**
 * Nothing but our own files is loaded, no script stands in a page, nobody frames it, and no text becomes markup: the browser itself refuses
 * `innerHTML` and its like (trusted types without a policy).
 */
const contentPolicy = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self'",
	"connect-src 'self'",
	"base-uri 'none'",
	"form-action 'self'",
	"frame-ancestors 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types 'none'",
].join('; ');

export const commonHeaders: Readonly<Record<string, string>> = {
	'content-security-policy': contentPolicy,
	'x-content-type-options': 'nosniff',
	'x-frame-options': 'DENY',
	'referrer-policy': 'no-referrer',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

export type Answer = {
	readonly status: number;
	readonly type?: string;
	readonly body?: string | Uint8Array;
	readonly headers?: Readonly<Record<string, string>>;
};

export const jsonType = 'application/json; charset=utf-8';

export function jsonAnswer(value: unknown): Answer {
	return { status: 200, type: jsonType, body: `${JSON.stringify(value)}\n` };
}

/** For people and programs alike: one sentence. */
export function problemAnswer(status: number, error: string, headers: Answer['headers'] = {}): Answer {
	return { status, type: jsonType, body: `${JSON.stringify({ error })}\n`, headers };
}

export function send(
	response: ServerResponse,
	{ status, type = 'text/plain; charset=utf-8', body = '', headers = {} }: Answer,
	{ withBody }: { readonly withBody: boolean },
): void {
	response.writeHead(status, {
		...commonHeaders,
		'cache-control': 'no-store',
		'content-type': type,
		'content-length': Buffer.byteLength(body),
		...headers,
	});
	response.end(withBody ? body : undefined);
}
