/**
 * Tokens for SASL OAUTHBEARER from an OAuth 2 token endpoint by client credentials (RFC 6749, 4.4). A token is kept until a tenth of its
 * life is left; kafkajs asks for one at every login and when a broker wants it renewed. Calls that meet share one request.
 */
import { shared } from '#platform/turns.ts';
import { LogRefusedError, LogUnavailableError } from '../log.ts';
import { basicAuthorization, requestJson } from './http.ts';

export type TokenEndpoint = {
	readonly url: string;
	readonly clientId: string;
	readonly clientSecret: string;
	readonly scope?: string;
	readonly ca?: string;
};

/** Used when the endpoint does not say how long a token lives. */
const lifeSDefault = 300;
/** Part of a token's life that is left when another is fetched. */
const renewalPart = 0.1;
const remedy = 'check kafka.sasl: tokenEndpoint, clientId, clientSecret and scope';

export function createTokenSource(endpoint: TokenEndpoint, nowMs: () => number): () => Promise<string> {
	let kept: { readonly token: string; readonly untilMs: number } | null = null;
	const renew = shared(async (): Promise<string> => {
		const startMs = nowMs();
		const { token, lifeS } = await fetchToken(endpoint);
		kept = { token, untilMs: startMs + lifeS * 1000 * (1 - renewalPart) };
		return token;
	});
	return async () => {
		if (kept !== null && nowMs() < kept.untilMs) return kept.token;
		return renew();
	};
}

async function fetchToken({ url, clientId, clientSecret, scope, ca }: TokenEndpoint) {
	const form = new URLSearchParams({ grant_type: 'client_credentials' });
	if (scope !== undefined) form.set('scope', scope);
	const answer = await requestJson({
		url,
		method: 'POST',
		headers: {
			// Both parts are form-encoded first, as the RFC says.
			authorization: basicAuthorization(encodeURIComponent(clientId), encodeURIComponent(clientSecret)),
			'content-type': 'application/x-www-form-urlencoded',
			accept: 'application/json',
		},
		body: form.toString(),
		...(ca === undefined ? {} : { ca }),
	}).catch((error: Error) => {
		throw new LogUnavailableError(`the token endpoint ${url} does not answer: ${error.message}`, {
			cause: error,
		});
	});
	const { access_token: token, expires_in: life, error } = (answer.body ?? {}) as Record<string, unknown>;
	if (answer.status >= 500)
		throw new LogUnavailableError(`the token endpoint ${url} answers with status ${answer.status}`);
	if (answer.status !== 200 || typeof token !== 'string' || token === '')
		throw new LogRefusedError(
			`the token endpoint ${url} gives no token: status ${answer.status}${typeof error === 'string' ? `, ${error.slice(0, 100)}` : ''}`,
			remedy,
		);
	return { token, lifeS: typeof life === 'number' && life > 0 ? life : lifeSDefault };
}
