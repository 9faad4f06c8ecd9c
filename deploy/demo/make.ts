/**
 * Makes recorded-host.avro: records this host while actions.sh runs and keeps only the events of that script and its
 * descendants, so that nothing else of the machine it was made on is in it. Run as root:
 *
 *   node --import tsx deploy/demo/make.ts
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecording, openRecording } from '#log/recording/index.ts';
import { type BatchEvent, decodeEventBatch, encodeEventBatch } from '#schemas/event-batch.ts';
import type { EventBatch, EventHeader } from '#schemas/generated/event-batch.ts';

const root = join(import.meta.dirname, '../..');
const script = join(import.meta.dirname, 'actions.sh');
const target = join(import.meta.dirname, 'recorded-host.avro');
const demoHost = { hostId: '00000000-0000-0000-0000-0000000d3340', hostName: 'recorded-host' };
/** Of the host, not of one process: they make the state complete. */
const keptFamilies = new Set(['ProbeStarted', 'ProbeStopped', 'SnapshotMarked', 'Heartbeat']);

const folder = mkdtempSync(join(tmpdir(), 'lanner-demo-'));
try {
	const raw = join(folder, 'raw.avro');
	await recordActions(raw);
	await keepActions(raw);
} finally {
	rmSync(folder, { recursive: true });
}

async function recordActions(path: string): Promise<void> {
	const record = spawn(join(root, 'lanner'), ['record', '-o', path], {
		stdio: ['ignore', 'inherit', 'pipe'],
	});
	for await (const chunk of record.stderr) if (String(chunk).includes('recording')) break;
	spawnSync('bash', [script], { stdio: 'ignore' });
	record.kill('SIGTERM');
	await once(record, 'exit');
}

async function keepActions(path: string): Promise<void> {
	const info = { version: '0.1.0', host: demoHost.hostName, kernel: 'recorded' };
	const writer = await createRecording({ path: target, info, replace: true, sync: Buffer.alloc(16, 0xd3) });
	const recording = await openRecording(createReadStream(path));
	const processes = new Set<string>();
	let sequence = 1;
	for await (const { message } of recording.batches()) {
		const batch = decodeEventBatch(message);
		if (batch.producer !== 'CAPTURE') continue;
		const events = batch.events.filter((event) => isKept(event, processes));
		if (events.length === 0) continue;
		await writer.write(
			encodeEventBatch({ ...batch, ...demoHost, firstSequence: sequence, events } satisfies EventBatch),
		);
		sequence += events.length;
	}
	await writer.close();
}

function isKept(event: BatchEvent, processes: Set<string>): boolean {
	const [name, record] = Object.entries(event)[0] as [
		string,
		{ header: EventHeader } & Record<string, unknown>,
	];
	const family = name.replace('lanner.events.', '');
	if (keptFamilies.has(family)) return true;
	const { pid, start } = record.header;
	const key = `${pid}:${start}`;
	if (family === 'ProcessExecuted' && JSON.stringify(argumentsOf(record)).includes('deploy/demo/actions.sh'))
		processes.add(key);
	if (!processes.has(key)) return false;
	if (family === 'ProcessCloned') processes.add(`${record.childPid}:${record.childStart}`);
	return true;
}

function argumentsOf({ process }: Record<string, unknown>): string[] {
	const facts = (process as { 'lanner.events.Process'?: { args: readonly Buffer[] } } | null)?.[
		'lanner.events.Process'
	];
	return (facts?.args ?? []).map((arg) => arg.toString('latin1'));
}
