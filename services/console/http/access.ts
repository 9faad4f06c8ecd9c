/**
 * Who may see alerts. Without a token everybody who reaches the port (the configuration allows that on loopback only). With one: a bearer
 * token, or the cookie of a browser that signed in with it.
 *
 *   sign-in: token ─▶ cookie `<expires>.<HMAC-SHA256(expires)>`, keyed by the token: nothing is kept, a new token ends all sessions
 *
 * All comparisons take the same time whatever is given. Failures are counted by address (IPv6: its /64); after `failuresMax` in `failureMs`
 * an address is told to wait, whatever it sends, except with the cookie that it has. Bounded: `addressesMax`, the oldest goes first.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Metrics } from '#platform/metrics.ts';

const failuresMax = 10;
const failureMs = 60_000;
const addressesMax = 1_000;
const cookieName = 'lanner_console';
const cookieForm = new RegExp(`^\\s*${cookieName}=(\\d{1,12})\\.([0-9a-f]{64})\\s*$`);

export type AccessOptions = {
	/** Null = there is none to give. */
	readonly token: string | null;
	readonly sessionMs: number;
	/** Cookies are for TLS only. */
	readonly isTls: boolean;
	readonly metrics: Metrics;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

export type Verdict =
	/** Until `untilMs`, milliseconds since the epoch; null = for ever. */
	| { readonly kind: 'granted'; readonly untilMs: number | null }
	| { readonly kind: 'denied' }
	| { readonly kind: 'limited'; readonly retryAfterS: number };

type Request = Pick<IncomingMessage, 'headers'> & {
	readonly socket: { readonly remoteAddress?: string | undefined };
};
type Failures = { count: number; readonly sinceMs: number };

export class Access {
	readonly #options: AccessOptions;
	/** Key of the cookies, and what a given token is compared with. */
	readonly #digest: Buffer | null;
	readonly #failures = new Map<string, Failures>();

	constructor(options: AccessOptions) {
		this.#options = options;
		this.#digest = options.token === null ? null : digestOf(options.token);
		for (const result of ['accepted', 'refused', 'limited'] as const)
			options.metrics.add('lanner_console_logins_total', { result }, 0);
	}

	get needsToken(): boolean {
		return this.#digest !== null;
	}

	check(request: Request): Verdict {
		if (this.#digest === null) return { kind: 'granted', untilMs: null };
		const untilMs = this.#sessionEnd(request.headers.cookie);
		if (untilMs !== null) return { kind: 'granted', untilMs };
		const given = /^Bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
		return given === undefined ? { kind: 'denied' } : this.#tryToken(request, given);
	}

	/** The value of Set-Cookie with the verdict `granted`. */
	signIn(request: Request, token: string): { readonly verdict: Verdict; readonly cookie: string } {
		const verdict = this.#tryToken(request, token);
		const { metrics, now, sessionMs } = this.#options;
		if (verdict.kind !== 'granted') {
			if (verdict.kind === 'denied') metrics.add('lanner_console_logins_total', { result: 'refused' });
			return { verdict, cookie: '' };
		}
		metrics.add('lanner_console_logins_total', { result: 'accepted' });
		const expiresS = Math.floor((now() + sessionMs) / 1000);
		return { verdict, cookie: this.#cookie(`${expiresS}.${this.#sign(expiresS)}`, sessionMs / 1000) };
	}

	/** Set-Cookie of a browser that signs out. */
	signOut(): string {
		return this.#cookie('', 0);
	}

	#cookie(value: string, maxAgeS: number): string {
		const secure = this.#options.isTls ? '; Secure' : '';
		return `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.floor(maxAgeS)}${secure}`;
	}

	#tryToken(request: Request, given: string): Verdict {
		const address = addressOf(request);
		const nowMs = this.#options.now();
		const failures = this.#failures.get(address);
		const waitMs = failures === undefined ? 0 : failures.sinceMs + failureMs - nowMs;
		if (failures !== undefined && failures.count >= failuresMax && waitMs > 0) {
			this.#options.metrics.add('lanner_console_logins_total', { result: 'limited' });
			return { kind: 'limited', retryAfterS: Math.ceil(waitMs / 1000) };
		}
		if (this.#digest === null || timingSafeEqual(digestOf(given), this.#digest))
			return { kind: 'granted', untilMs: null };
		if (failures !== undefined && waitMs > 0) failures.count++;
		else this.#begin(address, nowMs);
		return { kind: 'denied' };
	}

	#begin(address: string, nowMs: number): void {
		this.#failures.delete(address);
		this.#failures.set(address, { count: 1, sinceMs: nowMs });
		for (const oldest of this.#failures.keys()) {
			if (this.#failures.size <= addressesMax) break;
			this.#failures.delete(oldest);
		}
	}

	/** Null = no session, or one that has ended. */
	#sessionEnd(cookies: string | undefined): number | null {
		for (const pair of (cookies ?? '').split(';')) {
			const [, digits, signature] = cookieForm.exec(pair) ?? [];
			if (digits === undefined || signature === undefined) continue;
			const expiresS = Number(digits);
			const isOurs = timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(expiresS)));
			if (isOurs && expiresS * 1000 > this.#options.now()) return expiresS * 1000;
		}
		return null;
	}

	#sign(expiresS: number): string {
		return createHmac('sha256', this.#digest ?? '')
			.update(`session ${expiresS}`)
			.digest('hex');
	}
}

function digestOf(token: string): Buffer {
	return createHash('sha256').update(`lanner console\n${token}`).digest();
}

function addressOf({ socket }: Request): string {
	const address = socket.remoteAddress ?? '';
	if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
	const [head = '', tail] = address.split('::');
	const groups = head.split(':');
	const zeros = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length;
	return [...groups, ...Array<string>(Math.max(zeros, 0)).fill('0')].slice(0, 4).join(':');
}
