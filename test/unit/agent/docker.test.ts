import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DockerSource } from '#agent/containers/docker.ts';

/** A Docker engine as far as the agent asks one. */
async function startEngine(t: TestContext) {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-docker-'));
	const socketPath = join(folder, 'docker.sock');
	const running = new Map([['aaa', 'web']]);
	/** What the list says of those that are made and do not run yet. */
	const listed: { Id: string }[] = [];
	/** Those whose inspection is not answered. */
	const locked = new Set<string>();
	const methods = new Set<string>();
	let events: ServerResponse | null = null;
	const server = createServer((request, response) => {
		methods.add(request.method ?? '');
		const path = request.url ?? '';
		if (path === '/containers/json')
			return void response.end(JSON.stringify([...running.keys()].map((Id) => ({ Id }))));
		if (path.startsWith('/containers/json?all=true'))
			return void response.end(JSON.stringify(listed.filter(({ Id }) => path.includes(Id))));
		if (path.startsWith('/events')) {
			events = response;
			return void response.flushHeaders();
		}
		const id = /^\/containers\/([a-z]+)\/json$/.exec(path)?.[1] ?? '';
		const name = running.get(id);
		if (locked.has(id)) return;
		if (name === undefined) response.statusCode = 404;
		response.end(JSON.stringify({ Id: id, Name: `/${name}`, Config: { Image: 'lab:1' } }));
	});
	await new Promise<void>((resolve) => void server.listen(socketPath, resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
		rmSync(folder, { recursive: true, force: true });
	});
	return {
		socketPath,
		running,
		listed,
		locked,
		methods,
		send: (event: object) => events?.write(`${JSON.stringify(event)}\n`),
	};
}

test('running containers are reported first, then those that start and end; only GET is used', async (t) => {
	const engine = await startEngine(t);
	const seen: string[] = [];
	let wake = (): void => {};
	const stop = new AbortController();
	const source = new DockerSource({
		socketPath: engine.socketPath,
		signal: stop.signal,
		onContainer: (change, { id, name, image }) => {
			seen.push(`${change} ${id} ${name} ${image}`);
			wake();
		},
		onProblem: (error) => seen.push(String(error)),
	});
	const until = async (count: number): Promise<void> => {
		while (seen.length < count)
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
	};
	const running = source.run();
	await source.listed;
	assert.deepEqual(seen, ['RUNNING aaa web lab:1']);
	engine.running.set('bbb', 'job');
	engine.send({ Action: 'start', id: 'bbb' });
	await until(2);
	engine.send({ Action: 'start', id: 'gone' });
	engine.send({ Action: 'exec_start', id: 'aaa' });
	engine.send({ Action: 'die', id: 'bbb' });
	await until(3);
	assert.deepEqual(seen.slice(1), ['RUNNING bbb job lab:1', 'ENDED bbb job lab:1']);
	assert.deepEqual([...engine.methods], ['GET']);
	stop.abort();
	await running;
});

test('no Docker is no problem', async () => {
	const stop = new AbortController();
	const source = new DockerSource({
		socketPath: '/nonexistent/docker.sock',
		signal: stop.signal,
		onContainer: () => assert.fail(),
		onProblem: () => assert.fail(),
	});
	const running = source.run();
	await source.listed;
	stop.abort();
	await running;
});

test('the facts of a container are known while the engine is still starting it, or when it has gone already', async (t) => {
	const engine = await startEngine(t);
	const stop = new AbortController();
	const seen: string[] = [];
	let wake = (): void => {};
	const source = new DockerSource({
		socketPath: engine.socketPath,
		signal: stop.signal,
		onContainer: (change, { id, name, imageTag, mounts, labels, privileged, complete }) => {
			const facts = { mounts: mounts.map(({ source: from }) => from), labels, privileged, complete };
			seen.push(`${change} ${id} ${name} ${imageTag} ${JSON.stringify(facts)}`);
			wake();
		},
		onProblem: (error) => seen.push(String(error)),
	});
	const running = source.run();
	await source.listed;
	seen.length = 0;
	engine.locked.add('starting');
	engine.listed.push({
		...{ Id: 'starting', Names: ['/early'], Image: 'lab:2', Labels: { app: 'web' }, Created: 7 },
		...{ Mounts: [{ Source: '/proc', Destination: '/host/proc', RW: false }] },
	} as { Id: string });
	engine.send({ Action: 'create', id: 'starting' });
	const Attributes = { image: 'lab:3', name: 'brief', app: 'job' };
	engine.send({ Action: 'create', id: 'gone', Actor: { ID: 'gone', Attributes } });
	while (seen.length < 2)
		await new Promise<void>((resolve) => {
			wake = resolve;
		});
	assert.deepEqual(seen.sort(), [
		'RUNNING gone brief 3 {"mounts":[],"labels":[{"key":"app","value":"job"}],"privileged":null,"complete":true}',
		'RUNNING starting early 2 {"mounts":["/proc"],"labels":[{"key":"app","value":"web"}],"privileged":null,"complete":true}',
	]);
	stop.abort();
	await running;
});
