/** For tests of the sink: alerts, a log in a temporary folder, outputs that do as told, a worker that runs until told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedLog } from '#log/embedded/index.ts';
import type { EventLog } from '#log/log.ts';
import type { Logger } from '#platform/logger.ts';
import { Metrics } from '#platform/metrics.ts';
import { alertCodec, deadLetterCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeadLetter } from '#schemas/generated/dead-letter.ts';
import { type DeliveryResult, delivered, type Output } from '#sink/output.ts';
import { runSinkWorker, type SinkWorkerOptions } from '#sink/worker/index.ts';

export function alertOf(given: Partial<Alert> = {}): Alert {
	return {
		id: '0123456789abcdef0123456789abcdef',
		timeS: 1_700_000_000,
		timeNs: 123_456_789,
		utcOffsetS: 0,
		hostId: 'host-1',
		hostName: 'web1',
		bootId: 'boot-1',
		producer: 'capture',
		sequence: 1,
		rule: 'Shadow read',
		ruleDigest: 'd',
		priority: 'Warning',
		source: 'syscall',
		tags: ['a', 'b'],
		output: 'Shadow read (user=root)',
		outputFields: [],
		eventType: 'openat',
		pid: 42,
		start: 7,
		containerId: '',
		incomplete: false,
		amends: null,
		...given,
	};
}

/** Everything that a watched process could put into a name to forge a line, a field or a message. */
export const hostileText =
	'x\n12:00:00.000000000: Emergency forged\r\x1b[2J\x9b31m"] <0>1 - - - - - \\ \u2028\u202e CEF:0|a|b=c\t\x00\x7f';

/** Ids a0, a1, …; one key, so one order. */
export async function appendAlerts(log: EventLog, ...alerts: readonly Partial<Alert>[]): Promise<void> {
	await log.append(
		'lanner.alerts',
		alerts.map(alertOf).map((alert) => ({ key: alert.hostId, value: alertCodec.encode(alert) })),
	);
}

export type LogFixture = {
	log: EventLog;
	readonly folder: string;
	reopen(): Promise<void>;
	cleanUp(): Promise<void>;
};

export async function logFixture(): Promise<LogFixture> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-sink-'));
	const open = () => openEmbeddedLog({ folder: join(folder, 'log') });
	const fixture: LogFixture = {
		log: await open(),
		folder,
		async reopen() {
			await fixture.log.close();
			fixture.log = await open();
		},
		async cleanUp() {
			await fixture.log.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
	return fixture;
}

export async function deadLetters(log: EventLog): Promise<DeadLetter[]> {
	const consumer = await log.consume({ topic: 'lanner.alerts.dead', group: 'test' });
	try {
		for await (const assignment of consumer.assignments()) {
			await assignment.seek('earliest');
			const records = await assignment.read({ maxBytes: 1 << 20, waitMs: 0 });
			return records.map(({ value }) => deadLetterCodec.decode(value));
		}
		return [];
	} finally {
		await consumer.close();
	}
}

export type LogLine = { readonly level: string; readonly message: string; readonly fields: object };

export function collectingLogger(): { logger: Logger; lines: LogLine[] } {
	const lines: LogLine[] = [];
	const at = (level: string) => (fields: object, message: string) =>
		void lines.push({ level, message, fields });
	return {
		lines,
		logger: {
			error: at('error'),
			warn: at('warn'),
			info: at('info'),
			debug: at('debug'),
			trace: at('trace'),
		},
	};
}

/** Takes alerts one at a time and asks `answer` what becomes of each. */
export function scriptedOutput(
	answer: (alert: Alert) => DeliveryResult | Promise<DeliveryResult> = () => delivered,
): {
	output: Output;
	taken: string[];
} {
	const taken: string[] = [];
	const output: Output = {
		batchMax: 10,
		async deliver(alerts) {
			const results: DeliveryResult[] = [];
			for (const alert of alerts) {
				const result = await answer(alert);
				results.push(result);
				if (result.kind === 'delivered') taken.push(alert.id);
				if (result.kind === 'retry' || result.kind === 'blocked') break;
			}
			return results;
		},
		close: async () => {},
	};
	return { output, taken };
}

export type RunningWorker = {
	readonly metrics: Metrics;
	readonly lines: LogLine[];
	drain(): Promise<void>;
	leave(): Promise<void>;
	stop(): Promise<void>;
};

export function startWorker(
	log: EventLog,
	output: Output,
	given: Partial<SinkWorkerOptions> = {},
): RunningWorker {
	const metrics = new Metrics();
	const { logger, lines } = collectingLogger();
	const drain = new AbortController();
	const leave = new AbortController();
	const stop = new AbortController();
	const running = runSinkWorker(
		{
			name: 'out',
			log,
			output,
			minimumPriority: 'Debug',
			satisfies: () => true,
			retry: { firstMs: 5, maxMs: 20, attemptsMax: 3 },
			rate: { alerts: 0, periodMs: 60_000 },
			group: { by: [], periodMs: 60_000 },
			inFlightMax: 100,
			logger,
			metrics,
			now: Date.now,
			random: () => 0.5,
			...given,
		},
		{ drain: drain.signal, leave: leave.signal, stop: stop.signal },
	);
	running.catch(() => undefined);
	const end = (controller: AbortController) => () => {
		controller.abort();
		return running;
	};
	return { metrics, lines, drain: end(drain), leave: end(leave), stop: end(stop) };
}

export async function until(condition: () => boolean, waitMs = 5_000): Promise<void> {
	const end = Date.now() + waitMs;
	while (!condition()) {
		if (Date.now() > end) throw new Error(`not in ${waitMs} ms: ${condition}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}
