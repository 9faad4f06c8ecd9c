/**
 * Whether a request was meant for this console. A page of another site can have its name resolved to our address (DNS rebinding) and would
 * then read alerts as if they were its own; its name in `Host` gives it away. Addresses cannot be rebound. What browsers say of where a
 * request comes from (`Sec-Fetch-Site`) keeps other sites from opening streams, which they could not read but would occupy.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** `names`: beside localhost and addresses. */
export function createHostCheck(names: readonly string[]): (host: string | undefined) => boolean {
	const known = new Set(['localhost', ...names.map((name) => name.toLowerCase())]);
	return (host) => {
		const [, address, name] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:/@\s]+))(?::\d{1,5})?$/.exec(host ?? '') ?? [];
		if (address !== undefined) return isIP(address) === 6;
		return name !== undefined && (isIP(name) === 4 || known.has(name.toLowerCase().replace(/\.$/, '')));
	};
}

/** Clients that are no browser say nothing. A link that somebody follows is `cross-site` too, and welcome: to the page, not to its data. */
export function isFromElsewhere(headers: IncomingHttpHeaders): boolean {
	const site = headers['sec-fetch-site'];
	return site === 'cross-site' || site === 'same-site';
}
