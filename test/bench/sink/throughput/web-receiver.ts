/** `web-receiver.ts CERT KEY FILE`: an HTTPS server that writes the ids of the alerts it gets to a file, in order, before it answers. Says its port. */
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const [cert = '', key = '', file = ''] = process.argv.slice(2);
const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.on('end', () => {
		const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { id: string } | { id: string }[];
		const alerts = Array.isArray(body) ? body : [body];
		appendFileSync(file, alerts.map(({ id }) => `${id}\n`).join(''));
		response.writeHead(204).end();
	});
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
