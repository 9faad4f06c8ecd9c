/**
 * A network for machines of a test (machine.ts): a bridge that this process has an address on, and for each machine a network namespace
 * with one end of a cable. Nothing is routed further, so nothing else is reached, and nothing reaches in.
 */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
/** 10.231.N.0/24: N as free as a question to the kernel tells. */
const triesMax = 50;
const firstHost = 11;

export class MachineNetwork {
	/** Of this process. */
	readonly address: string;
	readonly #prefix: string;
	readonly #bridge: string;
	readonly #namespaces: string[] = [];

	constructor() {
		this.#bridge = `lnb${process.pid.toString(36)}`;
		const used = ip('-4', '-o', 'addr', 'show');
		let prefix = '';
		for (let tries = 0; prefix === '' || used.includes(` ${prefix}.`); tries++) {
			if (tries > triesMax) throw new Error('no free network 10.231.N.0/24');
			prefix = `10.231.${randomInt(1, 255)}`;
		}
		this.#prefix = prefix;
		this.address = `${prefix}.1`;
		ip('link', 'add', this.#bridge, 'type', 'bridge');
		ip('addr', 'add', `${this.address}/24`, 'dev', this.#bridge);
		ip('link', 'set', this.#bridge, 'up');
	}

	/** A namespace with an address, for `Machine.boot`. */
	plug(): { readonly namespace: string; readonly address: string } {
		const number = this.#namespaces.length;
		const namespace = `${this.#bridge}-${number}`;
		const address = `${this.#prefix}.${firstHost + number}`;
		const cable = `${this.#bridge}v${number}`;
		ip('netns', 'add', namespace);
		this.#namespaces.push(namespace);
		ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'host0', 'netns', namespace);
		ip('link', 'set', cable, 'master', this.#bridge, 'up');
		ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'host0');
		for (const device of ['lo', 'host0']) ip('-n', namespace, 'link', 'set', device, 'up');
		return { namespace, address };
	}

	close(): void {
		// With a namespace goes its cable.
		for (const namespace of this.#namespaces) ip('netns', 'delete', namespace);
		ip('link', 'delete', this.#bridge);
	}
}
