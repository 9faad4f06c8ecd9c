import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { GrpcClient, GrpcError } from '#agent/containers/grpc.ts';

const never = new AbortController().signal;
const message = (text: string): Buffer => {
	const head = Buffer.alloc(5);
	head.writeUInt32BE(Buffer.byteLength(text), 1);
	return Buffer.concat([head, Buffer.from(text)]);
};

/** A server that does as told with each call; its client. */
async function serve(t: TestContext, answer: (stream: ServerHttp2Stream, path: string) => void) {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-grpc-'));
	const server = createServer();
	server.on('stream', (stream, headers) => answer(stream, String(headers[':path'])));
	server.on('sessionError', () => {});
	await once(server.listen(join(folder, 'socket')), 'listening');
	const client = new GrpcClient(join(folder, 'socket'));
	t.after(() => {
		client.close();
		server.close();
		rmSync(folder, { recursive: true });
	});
	return client;
}

function end(stream: ServerHttp2Stream, status: string, parts: readonly Buffer[]): void {
	stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
	stream.on('wantTrailers', () =>
		stream.sendTrailers({ 'grpc-status': status, 'grpc-message': 'it%20said' }),
	);
	for (const part of parts) stream.write(part);
	stream.end();
}

async function all(client: GrpcClient): Promise<string[]> {
	const texts: string[] = [];
	for await (const bytes of client.stream({ method: '/a/B', request: Buffer.alloc(0), signal: never }))
		texts.push(Buffer.from(bytes).toString());
	return texts;
}

test('messages come whole, however they are cut on the way', async (t) => {
	const bytes = Buffer.concat([message('one'), message(''), message('three')]);
	const client = await serve(t, (stream) =>
		end(
			stream,
			'0',
			[...bytes].map((byte) => Buffer.of(byte)),
		),
	);
	assert.deepEqual(await all(client), ['one', '', 'three']);
});

test('a call that fails throws with the number and the words of the server, also after messages', async (t) => {
	const client = await serve(t, (stream) => end(stream, '5', [message('one')]));
	await assert.rejects(all(client), (error) => error instanceof GrpcError && error.status === 5);
	await assert.rejects(all(client), /\/a\/B: it said \(status 5\)/);
});

test('an answer without a body has its end in its first headers', async (t) => {
	const client = await serve(t, (stream) =>
		stream.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true }),
	);
	await assert.rejects(all(client), (error) => error instanceof GrpcError && error.status === 12);
});

test('a stream that breaks off is an error, not an end', async (t) => {
	const client = await serve(t, (stream) => {
		stream.respond({ ':status': 200 });
		stream.write(message('one'));
		setImmediate(() => stream.session?.destroy());
	});
	await assert.rejects(all(client));
});

test('what is no gRPC, too long, or compressed is refused', async (t) => {
	const client = await serve(t, (stream) => stream.respond({ ':status': 404 }, { endStream: true }));
	await assert.rejects(all(client), /404/);
	const long = await serve(t, (stream) => end(stream, '0', [Buffer.from('00ffffffff', 'hex')]));
	await assert.rejects(all(long), /more than/);
	const packed = await serve(t, (stream) => end(stream, '0', [Buffer.from('0100000000', 'hex')]));
	await assert.rejects(all(packed), /compressed/);
});

test('after the connection broke the next call opens another', async (t) => {
	let calls = 0;
	const client = await serve(t, (stream) => {
		if (calls++ === 0) stream.session?.destroy();
		else end(stream, '0', [message('again')]);
	});
	await assert.rejects(all(client));
	assert.deepEqual(await all(client), ['again']);
});
