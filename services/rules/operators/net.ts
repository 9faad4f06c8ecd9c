/**
 * IPv4 and IPv6 addresses and networks. An address is the byte string of its 4 or 16 bytes, so that equality is string
 * equality and the family is the length; families never mix (an IPv4-mapped IPv6 address is IPv6).
 */
import { ConstantError } from './constant-error.ts';

export type Network = { readonly base: string; readonly bits: number };

/** Address as written to its bytes, or null. */
export function parseAddress(text: string): string | null {
	return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): string | null {
	const parts = text.split('.');
	if (parts.length !== 4) return null;
	let bytes = '';
	for (const part of parts) {
		if (!/^(?:0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return null;
		bytes += String.fromCharCode(Number(part));
	}
	return bytes;
}

function parseV6(text: string): string | null {
	const halves = text.split('::');
	if (halves.length > 2) return null;
	const head = parseGroups(halves[0] as string);
	const tail = halves.length === 2 ? parseGroups(halves[1] as string) : '';
	if (head === null || tail === null) return null;
	const missing = 16 - head.length - tail.length;
	if (halves.length === 1) return missing === 0 ? head : null;
	return missing >= 2 ? head + '\0'.repeat(missing) + tail : null;
}

/** `a:b:…` to bytes; the last group may be an IPv4 address. */
function parseGroups(text: string): string | null {
	if (text === '') return '';
	const groups = text.split(':');
	let bytes = '';
	for (const [i, group] of groups.entries()) {
		if (group.includes('.')) {
			const v4 = i === groups.length - 1 ? parseV4(group) : null;
			if (v4 === null) return null;
			bytes += v4;
		} else {
			if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return null;
			const value = Number.parseInt(group, 16);
			bytes += String.fromCharCode(value >> 8, value & 255);
		}
	}
	return bytes;
}

export function parseIpConstant(text: string): string {
	const bytes = parseConstant(text);
	if (bytes === null) throw new ConstantError(`${text} is not an IP address`);
	return bytes;
}

/** A dotted tail in an IPv6 constant is refused, as Falco does, so that a rule loads in both or in neither. */
function parseConstant(text: string): string | null {
	return text.includes(':') && text.includes('.') ? null : parseAddress(text);
}

/** `address/bits`. A zero prefix is accepted for IPv4 only, as the language has it. */
export function parseNetConstant(text: string): Network {
	const slash = text.indexOf('/');
	const base = slash < 0 ? null : parseConstant(text.slice(0, slash));
	if (base === null) throw new ConstantError(`${text} is not an IP network: write address/bits`);
	const written = text.slice(slash + 1);
	const bits = /^[0-9]{1,3}$/.test(written) ? Number(written) : -1;
	const low = base.length === 4 ? 0 : 1;
	if (bits < low || bits > base.length * 8) {
		throw new ConstantError(`${text}: a prefix is ${low} to ${base.length * 8} bits`);
	}
	return { base, bits };
}

export function inNetwork(address: string, network: Network): boolean {
	if (address.length !== network.base.length) return false;
	const whole = network.bits >> 3;
	for (let i = 0; i < whole; i++) {
		if (address.charCodeAt(i) !== network.base.charCodeAt(i)) return false;
	}
	const rest = network.bits & 7;
	if (rest === 0) return true;
	const mask = (0xff00 >> rest) & 0xff;
	return ((address.charCodeAt(whole) ^ network.base.charCodeAt(whole)) & mask) === 0;
}
