/**
 * `lanner alerts tail`: the alert topic as it grows, or from a time on. Every partition is followed at once; alerts of one host come in
 * their order. Without --group nothing is left behind in the cluster but an empty consumer group, which expires.
 */
import { randomUUID } from 'node:crypto';
import { openEmbeddedLog } from '#log/embedded/index.ts';
import { type Assignment, type EventLog, LogTruncatedError } from '#log/log.ts';
import type { Logger } from '#platform/logger.ts';
import { whenAborted } from '#platform/signals.ts';
import { type Priority, priorities } from '#schemas/alert/priority.ts';
import { alertToText } from '#schemas/alert/render.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { createStdoutOutput } from '#sink/outputs/stdout.ts';
import { type Command, FailureError, parseArguments, UsageError } from '../../command.ts';
import { openLog, usesKafka } from '../../roles/open-log.ts';
import { configHelp, embeddedLogOptions, readSettings, type Settings } from '../../roles/settings.ts';
import { parseSince } from './since.ts';

const help = `lanner alerts tail: prints the alerts of the log as they come.

  --config FILE      ${configHelp}; with kafka.brokers for a fleet
  --since TIME       begin at this time of arrival: 15m, 2h, 7d ago, or 2026-01-31T12:00:00Z (default: now; on one host: the beginning)
  --priority LEVEL   only this severe or more: Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug
  --json             JSON lines (default: text)
  --no-follow        end when everything that is there has been printed
  --group NAME       go on where this consumer group stopped, and share the partitions with its other members
  --data DIR         folder of the embedded log (default: /var/lib/lanner as root, else lanner in $XDG_STATE_HOME)

On one host (no kafka.brokers) the log belongs to the process that runs: while one does, use its outputs; when none does, what is there is
printed and the command ends. An alert may come twice with the same id.
Exit: 0 stopped on request or all printed, 2 usage, 3 cannot run.

Examples:
  lanner alerts tail --config lanner.yaml
  lanner alerts tail --config lanner.yaml --since 2h --json --no-follow | jq -r .rule | sort | uniq -c
`;

const readBytesMax = 1 << 20;
const readWaitMs = 500;
/** Reads without a record after which a partition is at its end, for --no-follow. */
const emptyReadsAtEnd = 2;

type Start = { readonly sinceMs: number } | 'earliest' | 'latest';

export const alertsTail: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				config: { type: 'string' },
				data: { type: 'string' },
				since: { type: 'string' },
				priority: { type: 'string', default: 'Debug' },
				json: { type: 'boolean', default: false },
				'no-follow': { type: 'boolean', default: false },
				group: { type: 'string' },
			},
		});
		const settings = readSettings({ configFile: values.config, data: values.data }, io);
		const fleet = usesKafka(settings);
		if (values.group !== undefined && values['no-follow'])
			throw new UsageError('--no-follow reads every partition, --group shares them: give one of the two');
		const since = values.since === undefined ? null : parseSince(values.since, Date.now());
		const tail = new Tail({
			logger: settings.logger,
			output: createStdoutOutput({
				stream: io.stdout,
				format: values.json ? 'json' : 'text',
				colour: 'auto',
				line: alertToText,
			}),
			rankMax: priorities.indexOf(parsePriority(values.priority)),
			start: since === null ? (fleet ? 'latest' : 'earliest') : { sinceMs: since },
			keepsProgress: values.group !== undefined,
			follow: fleet && !values['no-follow'],
		});
		const log = fleet ? await openLog(settings) : await openIdleLog(settings);
		try {
			await tail.run(log, values.group ?? `tail.${randomUUID()}`, io.stopSignal());
		} finally {
			await log.close();
		}
		return 0;
	},
};

/** The embedded log when no process has it. */
async function openIdleLog(settings: Settings): Promise<EventLog> {
	try {
		return await openEmbeddedLog(embeddedLogOptions(settings));
	} catch (error) {
		if ((error as { code?: unknown }).code !== 'folder-in-use') throw error;
		throw new FailureError(
			`the log of this host belongs to the lanner that runs (process ${(error as { pid?: number }).pid})`,
			'read its standard output or another output of lanner.yaml (kind: file); to read the alert topic from elsewhere, use Kafka',
		);
	}
}

function parsePriority(text: string): Priority {
	const found = priorities.find((one) => one.toLowerCase() === text.toLowerCase());
	if (found === undefined) throw new UsageError(`--priority ${text} is none of ${priorities.join(', ')}`);
	return found;
}

type TailOptions = {
	readonly logger: Logger;
	readonly output: ReturnType<typeof createStdoutOutput>;
	/** Index into `priorities` of the least severe that is printed. */
	readonly rankMax: number;
	readonly start: Start;
	readonly keepsProgress: boolean;
	readonly follow: boolean;
};

class Tail {
	readonly #options: TailOptions;
	/** Ends everything: the reader of standard output has gone, or all is printed. */
	readonly #end = new AbortController();

	constructor(options: TailOptions) {
		this.#options = options;
	}

	async run(log: EventLog, group: string, stop: AbortSignal): Promise<void> {
		const consumer = await log.consume({ topic: 'lanner.alerts', group, stop });
		const ending = AbortSignal.any([stop, this.#end.signal]);
		const release = whenAborted(ending, () => void consumer.close());
		const partitions: Promise<void>[] = [];
		let left: number | null = null;
		try {
			for await (const assignment of consumer.assignments()) {
				left ??= await assignment.partitionCount();
				const following = this.#follow(assignment, ending)
					.finally(() => assignment.release())
					.then((atEnd) => {
						if (atEnd && left !== null && --left === 0) this.#end.abort();
					});
				// Told below; a partition that failed ends the others.
				following.catch(() => this.#end.abort());
				partitions.push(following);
			}
			await Promise.all(partitions);
		} finally {
			release();
			await consumer.close();
		}
	}

	/** True when everything was printed and nothing more is waited for. */
	async #follow(assignment: Assignment, stop: AbortSignal): Promise<boolean> {
		const { start, keepsProgress, follow } = this.#options;
		const ending = AbortSignal.any([stop, assignment.revoked]);
		const known = keepsProgress ? await assignment.progress() : null;
		await assignment.seek(known ?? start);
		let emptyReads = 0;
		while (!ending.aborted) {
			const records = await this.#read(assignment);
			emptyReads = records.length === 0 ? emptyReads + 1 : 0;
			if (!follow && emptyReads >= emptyReadsAtEnd) return true;
			// While the log is away this waits: silence is not taken for the end.
			if (!follow && emptyReads > 0) await assignment.endOffset();
			if (records.length === 0) continue;
			const printed = await this.#print(records.flatMap((record) => this.#decode(record, assignment)));
			if (!printed) this.#end.abort();
			else if (keepsProgress) await assignment.reportProgress(records.at(-1)!.offset + 1n);
		}
		return false;
	}

	async #read(assignment: Assignment): Promise<Awaited<ReturnType<Assignment['read']>>> {
		try {
			return await assignment.read({ maxBytes: readBytesMax, waitMs: readWaitMs });
		} catch (error) {
			if (!(error instanceof LogTruncatedError)) throw error;
			this.#options.logger.warn({ err: error }, 'Alerts were removed by retention before they were read');
			await assignment.seek('earliest');
			return [];
		}
	}

	/** None when it is filtered, came before --since, or cannot be decoded (told). */
	#decode(
		{ value, offset, appendedMs }: { value: Uint8Array; offset: bigint; appendedMs: number },
		{ partition }: Assignment,
	): Alert[] {
		const { start, rankMax, logger } = this.#options;
		if (typeof start === 'object' && appendedMs < start.sinceMs) return [];
		try {
			const alert = alertCodec.decode(value);
			return priorities.indexOf(alert.priority as Priority) <= rankMax ? [alert] : [];
		} catch (error) {
			logger.warn({ partition, offset: String(offset), err: error }, 'A record is not an alert');
			return [];
		}
	}

	/** False when nobody reads any more. */
	async #print(alerts: readonly Alert[]): Promise<boolean> {
		const { output } = this.#options;
		for (let at = 0; at < alerts.length; at += output.batchMax) {
			const results = await output.deliver(alerts.slice(at, at + output.batchMax), this.#end.signal);
			if (results.some(({ kind }) => kind !== 'delivered')) return false;
		}
		return true;
	}
}
