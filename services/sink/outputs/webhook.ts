/**
 * Each alert as a JSON POST with its id as `Idempotency-Key`. Delivered is a 2xx; 408, 425, 429, 5xx and everything about
 * the connection is tried again, honouring Retry-After; 401, 403 and 404 are wrong settings, to which no alert must be lost:
 * they block; redirects and other 4xx are about this alert and refuse it.
 */
import { alertToJson } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { type DeliveryResult, delivered, type Output, retryBecause } from '../output.ts';

export type WebhookOptions = {
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly timeoutMs: number;
	/** Milliseconds since the epoch, for a Retry-After that is a date. */
	readonly now: () => number;
};

const settingsStatuses = new Set([401, 403, 404]);
const retriedStatuses = new Set([408, 425, 429]);
const retryAfterMsMax = 3_600_000;

export function createWebhookOutput(options: WebhookOptions): Output {
	checkAddress(options.url);
	return {
		batchMax: 20,
		async deliver(alerts, signal) {
			const results: DeliveryResult[] = [];
			for (const alert of alerts) {
				if (signal.aborted) break;
				const result = await post(alert, options, signal);
				results.push(result);
				if (result.kind === 'retry' || result.kind === 'blocked') break;
			}
			return results;
		},
		close: async () => {},
	};
}

/** Told at the start, without the address, which may hold a token. */
function checkAddress(url: string): void {
	const { username, password } = URL.canParse(url) ? new URL(url) : { username: null, password: null };
	if (username === '' && password === '') return;
	const problem = username === null ? 'is no address' : 'holds a user name or password';
	throw Object.assign(new Error(`The url of a webhook output ${problem}.`), {
		code: 'output-invalid',
		remedy: 'correct outputs[].url in lanner.yaml; credentials belong into headers',
	});
}

async function post(
	alert: Alert,
	{ url, headers, timeoutMs, now }: WebhookOptions,
	signal: AbortSignal,
): Promise<DeliveryResult> {
	// The address may hold a token: only its origin is ever named.
	const target = `webhook ${new URL(url).origin}`;
	try {
		const response = await fetch(url, {
			method: 'POST',
			headers: {
				'user-agent': 'lanner',
				...headers,
				'content-type': 'application/json',
				'idempotency-key': alert.id,
			},
			body: alertToJson(alert),
			redirect: 'manual',
			signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
		});
		await response.body?.cancel();
		return judge(response, target, now);
	} catch (error) {
		return retryBecause(error, target);
	}
}

function judge(response: Response, target: string, now: () => number): DeliveryResult {
	if (response.ok) return delivered;
	const { status } = response;
	const reason = `${target} answered ${status}`;
	const code = `output-http-${status}`;
	if (settingsStatuses.has(status)) return { kind: 'blocked', code, reason };
	if (status < 500 && !retriedStatuses.has(status)) return { kind: 'refused', code, reason };
	const afterMs = retryAfterMs(response.headers.get('retry-after'), now);
	return afterMs === null ? { kind: 'retry', code, reason } : { kind: 'retry', code, reason, afterMs };
}

/** Seconds or an HTTP date; null when there is none that makes sense. */
function retryAfterMs(value: string | null, now: () => number): number | null {
	if (value === null) return null;
	const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now();
	return Number.isFinite(ms) && ms > 0 ? Math.min(ms, retryAfterMsMax) : null;
}
