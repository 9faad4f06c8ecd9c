/** Network ends as rule tests write them: `192.0.2.1:443`, `[2001:db8::1]:443`, `/run/docker.sock`. */
export class EndpointError extends Error {}

export const families = { unix: 1, ipv4: 2, ipv6: 10 } as const;

export type Endpoint = { readonly family: number; readonly address: Buffer; readonly port: number };

export function parseEndpoint(text: string): Endpoint {
	if (text.startsWith('/') || text.startsWith('@'))
		return { family: families.unix, address: unixAddress(text), port: 0 };
	const found = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):(\d{1,5})$/.exec(text);
	if (found === null || Number(found[3]) > 65535)
		throw new EndpointError(
			`"${text}" is not an address such as 192.0.2.1:443, [2001:db8::1]:443 or /run/x.sock`,
		);
	const port = Number(found[3]);
	return found[1] === undefined
		? { family: families.ipv4, address: ipv4Bytes(found[2]!), port }
		: { family: families.ipv6, address: ipv6Bytes(found[1]), port };
}

/** Abstract names are written with a leading @. */
function unixAddress(text: string): Buffer {
	return Buffer.from(text.startsWith('@') ? `\0${text.slice(1)}` : text, 'utf8');
}

function ipv4Bytes(text: string): Buffer {
	const parts = text.split('.').map(Number);
	if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part > 255))
		throw new EndpointError(`"${text}" is not an IPv4 address`);
	return Buffer.from(parts);
}

function ipv6Bytes(text: string): Buffer {
	const [head = '', tail, ...more] = text.split('::');
	const groupsOf = (part: string): number[] =>
		part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
	const front = groupsOf(head);
	const back = tail === undefined ? [] : groupsOf(tail);
	const zeros = tail === undefined ? 0 : 8 - front.length - back.length;
	const groups = [...front, ...new Array<number>(Math.max(zeros, 0)).fill(0), ...back];
	if (more.length > 0 || groups.length !== 8 || groups.some((group) => !(group >= 0 && group <= 0xffff)))
		throw new EndpointError(`"${text}" is not an IPv6 address`);
	return Buffer.from(groups.flatMap((group) => [group >> 8, group & 255]));
}
