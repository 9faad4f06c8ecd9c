/**
 * What an answer means, for every preset that does not know better:
 *
 *   2xx                            delivered
 *   408, 425, 429, 5xx             tried again, not before Retry-After
 *   3xx, 401, 403 to 407, 410, 415   our settings (address, credentials, type or compression of the body): blocked; nothing is given up
 *   other 4xx                      about these alerts: refused
 */
import { type DeliveryResult, delivered } from '../../output.ts';

export type Answer = {
	readonly status: number;
	readonly retryAfter: string | null;
	/** The begin of the body, at most `answerBytesMax` bytes. */
	readonly body: string;
};

export const settingsStatuses: ReadonlySet<number> = new Set([401, 403, 404, 405, 406, 407, 410, 415]);
const retriedStatuses: ReadonlySet<number> = new Set([408, 425, 429]);
const retryAfterMsMax = 3_600_000;
const saidCharsMax = 200;

export function judge(answer: Answer, target: string, nowMs: number): DeliveryResult {
	const { status } = answer;
	if (status >= 200 && status < 300) return delivered;
	const reason = `${target} answered ${status}${said(answer.body)}`;
	const code = `output-http-${status}`;
	const afterMs = retryAfterMs(answer.retryAfter, nowMs);
	const later = afterMs === null ? {} : { afterMs };
	if (status < 400 || settingsStatuses.has(status)) return { kind: 'blocked', code, reason, ...later };
	if (status < 500 && !retriedStatuses.has(status)) return { kind: 'refused', code, reason };
	return { kind: 'retry', code, reason, ...later };
}

/** For a 400 whose body says that our settings are wrong: no alert of the request is at fault. */
export function allBlocked(count: number, reason: string): readonly DeliveryResult[] {
	return Array.from({ length: count }, () => ({ kind: 'blocked', code: 'output-http-400', reason }));
}

/** The begin of an answer for people: control characters out, no longer than a line. */
export function said(body: string): string {
	const text = body
		.slice(0, saidCharsMax)
		.replace(/[^\x20-\x7e]+/g, ' ')
		.trim();
	return text === '' ? '' : `: ${text}`;
}

/** Seconds (Discord: with a fraction) or an HTTP date; null when there is none that makes sense. */
export function retryAfterMs(value: string | null, nowMs: number): number | null {
	if (value === null) return null;
	const ms = /^\d+(\.\d+)?$/.test(value) ? Math.ceil(Number(value) * 1000) : Date.parse(value) - nowMs;
	return Number.isFinite(ms) && ms > 0 ? Math.min(ms, retryAfterMsMax) : null;
}

export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		// An answer that is not JSON (a proxy's page): the caller has the status.
		return null;
	}
}
