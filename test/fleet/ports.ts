/** Ports that are free now, asked of the kernel; they lie outside the range that outgoing connections get. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below Linux' default range for outgoing connections (32768 on): no client takes one between the question and the use. */
const first = 20_000;
const last = 32_000;
const triesMax = 200;

export async function freePorts(count: number): Promise<number[]> {
	const found = new Set<number>();
	for (let tries = 0; tries < triesMax && found.size < count; tries++) {
		const port = randomInt(first, last);
		if (await isFree(port)) found.add(port);
	}
	if (found.size < count) throw new Error(`no ${count} free ports between ${first} and ${last}`);
	return [...found];
}

function isFree(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(false));
		server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
	});
}
