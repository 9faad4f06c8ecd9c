/** `lanner record`: live events to a recording, which any Avro tool can read and `lanner replay` evaluates. */
import { hostname, release } from 'node:os';
import {
	createRecording,
	isRecordingCodec,
	type RecordingCodec,
	recordingCodecs,
} from '#log/recording/index.ts';
import { parseInterval } from '#platform/interval.ts';
import { eventTypeIndex, eventTypes } from '#schemas/generated/event-names.ts';
import { type Command, FailureError, type Io, parseArguments, UsageError } from '../command.ts';
import { watchLive } from '../roles/live-agent.ts';
import { configHelp, readSettings } from '../roles/settings.ts';
import { readVersion } from './version.ts';

const help = `lanner record -o FILE: writes this host's events to a recording until it is stopped. Needs root.

  -o, --output FILE    recording to make; an existing file is kept unless --force is given
  --duration TIME      stop after this time: 30 (seconds), 30s, 5m, 1h30m
  --seconds N          the same in seconds
  --force              replace an existing file
  --codec CODEC        deflate (default), or null: about six times the bytes, replayed with two thirds of the CPU
  --also LIST          event types to record beside those that rules usually ask for: close,read
  --config FILE        ${configHelp}

Exit: 0 stopped, 2 usage, 3 cannot record.

Examples:
  lanner record -o incident.avro --duration 5m
  lanner record -o all-closes.avro --also close --codec null
  lanner replay incident.avro
`;

export const record: Command = {
	help,
	async run(argv, io) {
		const { values } = parseArguments({
			args: [...argv],
			options: {
				output: { type: 'string', short: 'o' },
				duration: { type: 'string' },
				seconds: { type: 'string' },
				force: { type: 'boolean', default: false },
				also: { type: 'string', default: '' },
				codec: { type: 'string', default: 'deflate' },
				config: { type: 'string' },
			},
		});
		if (values.output === undefined) throw new UsageError('name the recording with -o FILE');
		const { codec } = values;
		if (!isRecordingCodec(codec))
			throw new UsageError(`--codec ${codec} is unknown: ${recordingCodecs.join(' or ')}`);
		const time = values.duration ?? values.seconds;
		const durationMs = time === undefined ? null : parseDuration(time);
		await recordLive(
			{
				path: values.output,
				durationMs,
				replace: values.force,
				codec,
				also: parseEventTypes(values.also),
				configFile: values.config,
			},
			io,
		);
		return 0;
	},
};

const durationMsMax = 24 * 3_600_000;

export function parseDuration(text: string): number {
	const ms = /^[0-9]+(?:\.[0-9]+)?$/.test(text) ? Number(text) * 1000 : parseInterval(text);
	if (ms === null || !(ms > 0 && ms <= durationMsMax))
		throw new UsageError(`${text} is not a duration of at most 24h, such as 30s or 1h30m`);
	return ms;
}

function parseEventTypes(list: string): string[] {
	const names = list.split(',').filter((name) => name !== '');
	const unknown = names.find((name) => !eventTypeIndex.has(name));
	if (unknown !== undefined)
		throw new UsageError(`--also: ${unknown} is no event type; lanner rules events --all lists them`);
	return names;
}

type Options = {
	readonly path: string;
	readonly durationMs: number | null;
	readonly replace: boolean;
	readonly codec: RecordingCodec;
	readonly also: readonly string[];
	readonly configFile: string | undefined;
};

async function recordLive(
	{ path, durationMs, replace, codec, also, configFile }: Options,
	io: Io,
): Promise<void> {
	const settings = readSettings({ configFile, data: undefined }, io);
	const info = { version: readVersion(io.root), host: hostname(), kernel: release() };
	const writer = await createRecording({ path, info, codec, replace }).catch(
		(error: NodeJS.ErrnoException) => {
			const remedy =
				error.code === 'EEXIST' ? 'choose another name, or replace it with --force' : 'check the path';
			throw new FailureError(`${path} cannot be made: ${error.message}`, remedy);
		},
	);
	const timeout = new AbortController();
	let timer: NodeJS.Timeout | undefined;
	let batches = 0;
	try {
		await watchLive(
			{
				settings,
				// A rule of all types stands for what capture chooses by itself.
				eventTypes: also.length === 0 ? null : [also, eventTypes],
				signal: AbortSignal.any([io.stopSignal(), timeout.signal]),
				onBatch: async (message) => {
					batches++;
					await writer.write(message);
				},
				// The time counts from the first event on, not from the start of the set-up.
				onReady: () => {
					settings.logger.info({ path }, 'recording');
					if (durationMs !== null) timer = setTimeout(() => timeout.abort(), durationMs);
				},
			},
			io,
		);
	} finally {
		clearTimeout(timer);
		await writer.close();
	}
	settings.logger.info({ path, batches, bytes: writer.bytes }, 'recorded');
}
