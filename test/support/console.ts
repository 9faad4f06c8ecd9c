/** For tests of the console: one on a free port over a log, requests to it, its stream as an array of events. */
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { compileFilter } from '#cli/roles/console.ts';
import { Console, type ConsoleOptions } from '#console/console.ts';
import type { EventLog } from '#log/log.ts';
import { Metrics } from '#platform/metrics.ts';
import { collectingLogger, type LogLine, until } from './sink.ts';

export const pageFolder = join(import.meta.dirname, '../../services/console/page');

export type RunningConsole = {
	readonly role: Console;
	readonly port: number;
	readonly url: string;
	readonly metrics: Metrics;
	readonly lines: LogLine[];
	stop(): Promise<void>;
};

export async function startTestConsole(
	log: Pick<EventLog, 'consume'>,
	given: Partial<ConsoleOptions> = {},
): Promise<RunningConsole> {
	const metrics = new Metrics();
	const { logger, lines } = collectingLogger();
	const role = new Console({
		...{ host: '127.0.0.1', port: 0, token: null, sessionHours: 12, hostNames: [], tls: null },
		...{ historyAlerts: 1000, historyBytesMax: 1 << 24, clientsMax: 8, pageFolder, version: '1.2.3' },
		...{ compileFilter, readStates: null },
		...{ logger, metrics, now: Date.now },
		...given,
	});
	const port = await role.listen();
	const stopping = new AbortController();
	const running = role.run(log, stopping.signal);
	running.catch(() => undefined);
	await until(() => role.missing() === null, 30_000);
	return {
		...{ role, port, metrics, lines, url: `http://127.0.0.1:${port}` },
		async stop() {
			stopping.abort();
			await running;
			await role.close();
		},
	};
}

export type Reply = {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly text: string;
};

/** With any header, also those that `fetch` keeps to itself. */
export function ask(
	url: string,
	{
		method = 'GET',
		headers = {},
		body = '',
	}: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Reply> {
	return new Promise((resolve, reject) => {
		const sent = httpRequest(url, { method, headers, agent: false }, (response) => {
			response.setEncoding('utf8');
			let text = '';
			response.on('data', (chunk: string) => {
				text += chunk;
			});
			response.on('end', () =>
				resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
			);
		});
		sent.on('error', reject);
		sent.end(body);
	});
}

export type StreamEvent = { readonly event: string; readonly id: string; readonly data: string };

export type OpenStream = {
	/** Those with data. */
	readonly events: StreamEvent[];
	/** Id of the last block, also one without data: what a browser would come back with. */
	lastId(): string;
	/** Ids of the alerts. */
	alertIds(): string[];
	readonly ended: Promise<void>;
	close(): void;
};

export function openStream(url: string, headers: Record<string, string> = {}): Promise<OpenStream> {
	return new Promise((resolve, reject) => {
		const sent = httpRequest(url, { headers, agent: false }, (response) => {
			if (response.statusCode !== 200) {
				response.resume();
				reject(new Error(`the stream is answered with ${response.statusCode}`));
				return;
			}
			const events: StreamEvent[] = [];
			let lastId = '';
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => {
				text += chunk;
				const blocks = text.split('\n\n');
				text = blocks.pop() ?? '';
				for (const block of blocks) {
					const fields = fieldsOf(block);
					lastId = fields.id ?? lastId;
					if (fields.data !== undefined)
						events.push({ event: fields.event ?? 'message', id: lastId, data: fields.data });
				}
			});
			const ended = new Promise<void>((done) => response.once('close', () => done()));
			resolve({
				...{ events, ended, lastId: () => lastId, close: () => void sent.destroy() },
				alertIds: () =>
					events.filter(({ event }) => event === 'message').map(({ data }) => JSON.parse(data).id as string),
			});
		});
		sent.on('error', reject);
		sent.end();
	});
}

function fieldsOf(block: string): Record<string, string> {
	return Object.fromEntries(
		block.split('\n').map((line) => {
			const at = line.indexOf(': ');
			return [line.slice(0, at), line.slice(at + 2)];
		}),
	);
}
