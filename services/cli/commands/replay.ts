/** `lanner replay`: the alerts that a recording gives with the rules of now. */
import { ProfiledReplay } from '#evaluator/profile.ts';
import { measureShares, Replay, type Shares } from '#evaluator/replay.ts';
import { escapeControls } from '#platform/escape.ts';
import { alertToJson, alertToText } from '#schemas/alert/render.ts';
import { DecodeError } from '#schemas/decode-error.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import {
	type Command,
	type ExitCode,
	FailureError,
	type Io,
	parseArguments,
	UsageError,
} from '../command.ts';
import { createProgress } from '../roles/progress.ts';
import { loadRulesInForce } from '../roles/rules/in-force.ts';
import { readSource } from '../roles/sources.ts';
import { printed } from '../standard-output.ts';
import { profileJson, profileText } from './replay-profile.ts';

const help = `lanner replay SOURCE: prints the alerts of a recording. The same recording and rules always give the same alerts.

  SOURCE          recording made by lanner record; - is standard input
  --rules FILE    rules file, or a folder of them; can be given several times (default: the rules that come with lanner)
  --all           every rule that matches alerts (default: the first in order of definition)
  --json          alerts as JSON lines (default: text)
  --stats         counts and speed on standard error: events per CPU second, split into decode, state and rules
  --stats-json    the same as one JSON object
  --profile       what each rule costs, on standard error: a second evaluation beside the one whose alerts are printed, with counters and
                  clocks in its code (so the whole takes several times as long; reading the clock is taken off the times)
  --profile-json  the same as one JSON object
  --top N         rows of each table of the profile, the dearest first (default 20; 0 = all)

A profile tells of each rule, for all events of the types that it is about:
  time            own + shared: the milliseconds that evaluation took for the rule
  own             in conditions that only this rule has
  shared          its part of what it shares with other rules: the time of each shared condition or field, divided by the rules that share it
  evaluations     how often its condition was asked; conditions shared with other rules and look-ups of values come first, so a rule that
                  they exclude is not asked and costs nothing more
  matches         events that it matches, also where an earlier rule alerts instead
  ruled out       events for which what is remembered of the process and the paths told that it cannot match. An event that is ruled out for
                  every rule ends there; if one rule is left, all rules of the type are asked
  kept alone      events that would have been ruled out but for this rule: the others were asked because of it
A condition that was answered before (for this event, this process, this path) is remembered and not computed again.

Exit: 0 fine, 2 usage, 3 the recording or the rules cannot be used.

Examples:
  lanner replay incident.avro --json > alerts.jsonl
  lanner replay incident.avro --rules new-rules.yaml --stats
  lanner replay incident.avro --rules new-rules.yaml --profile > /dev/null
`;

/** --stats reads a recording once more to tell the shares; standard input, which can be read once only, is kept in memory for it. */
const keptBytesMax = 2 ** 31;

export const replay: Command = {
	help,
	async run(argv, io) {
		const { values, positionals } = parseArguments({
			args: [...argv],
			allowPositionals: true,
			options: {
				rules: { type: 'string', multiple: true, default: [] },
				all: { type: 'boolean', default: false },
				json: { type: 'boolean', default: false },
				stats: { type: 'boolean', default: false },
				'stats-json': { type: 'boolean', default: false },
				profile: { type: 'boolean', default: false },
				'profile-json': { type: 'boolean', default: false },
				top: { type: 'string' },
			},
		});
		const [source, ...more] = positionals;
		if (source === undefined || more.length > 0) throw new UsageError('name one recording');
		const profile = values.profile || values['profile-json'];
		if (values.top !== undefined && !profile) throw new UsageError('--top is for --profile');
		const options = {
			...values,
			source,
			statsJson: values['stats-json'],
			profile,
			profileJson: values['profile-json'],
			top: topOf(values.top),
		};
		return replaySource(options, io);
	},
};

const topDefault = 20;

/** Rows; `Infinity` = all. */
function topOf(given: string | undefined): number {
	if (given === undefined) return topDefault;
	if (!/^\d{1,9}$/.test(given)) throw new UsageError(`--top takes a number, not '${given}'`);
	return given === '0' ? Number.POSITIVE_INFINITY : Number(given);
}

type Options = {
	readonly source: string;
	readonly rules: readonly string[];
	readonly all: boolean;
	readonly json: boolean;
	readonly stats: boolean;
	readonly statsJson: boolean;
	readonly profile: boolean;
	readonly profileJson: boolean;
	readonly top: number;
};

type Totals = {
	batches: number;
	repeated: number;
	damaged: number;
	events: number;
	alerts: number;
	bytes: number;
};

async function replaySource(options: Options, io: Io): Promise<ExitCode> {
	const { ruleSet } = loadRulesInForce(
		{ paths: options.rules, ruleMatching: options.all ? 'all' : 'first' },
		io,
	);
	const run = new Replay(ruleSet);
	const profiled = options.profile ? new ProfiledReplay(ruleSet, clockNs) : null;
	const totals: Totals = { batches: 0, repeated: 0, damaged: 0, events: 0, alerts: 0, bytes: 0 };
	const kept: Buffer[] = [];
	const stats = options.stats || options.statsJson;
	const fromStdin = options.source === '-';
	const progress = createProgress(io.stderr, 'replay');
	const startS = cpuS();
	let profileS = 0;
	try {
		for await (const message of readSource(options.source, progress.update)) {
			await evaluate(message, { run, totals, json: options.json, io });
			if (profiled !== null) profileS += measureProfile(profiled, message);
			if (stats && fromStdin) keep(message, kept, totals);
		}
	} finally {
		progress.end();
	}
	const wholeS = cpuS() - startS - profileS;
	if (stats) {
		const again = fromStdin ? kept : readSource(options.source);
		const report = describe(totals, await measureShares(again, ruleSet, cpuS), wholeS);
		io.stderr.write(options.statsJson ? `${JSON.stringify(report)}\n` : statsText(report));
	}
	if (profiled !== null) {
		const profile = profiled.profile();
		const { top } = options;
		io.stderr.write(options.profileJson ? profileJson(profile, top) : profileText(profile, top));
	}
	return 0;
}

type Run = { run: Replay; totals: Totals; json: boolean; io: Io };

async function evaluate(message: Buffer, { run, totals, json, io }: Run): Promise<void> {
	const alerts: Alert[] = [];
	totals.batches++;
	totals.bytes += message.length;
	try {
		const { events, repeated, fault } = run.evaluate(message, alerts);
		totals.events += events;
		if (repeated) totals.repeated++;
		if (fault !== null) throw fault;
	} catch (error) {
		if (!(error instanceof DecodeError)) throw error;
		totals.damaged++;
		io.stderr.write(`lanner: batch ${totals.batches} of the recording is damaged: ${error.message}\n`);
	}
	totals.alerts += alerts.length;
	const lines = alerts.map((alert) => `${json ? alertToJson(alert) : escapeControls(alertToText(alert))}\n`);
	// Awaited, or a reader that is slower than this would have the alerts of the whole recording pile up here.
	if (lines.length > 0) await printed(io.stdout, lines.join(''));
}

/** Gives the CPU seconds that it took. A batch that cannot be read was told of by `evaluate`. */
function measureProfile(profiled: ProfiledReplay, message: Buffer): number {
	const before = cpuS();
	try {
		profiled.evaluate(message);
	} catch (error) {
		if (!(error instanceof DecodeError)) throw error;
	}
	return cpuS() - before;
}

function keep(message: Buffer, kept: Buffer[], totals: Totals): void {
	if (totals.bytes > keptBytesMax)
		throw new FailureError(
			'the recording is too large for --stats from standard input',
			'name the file, or leave --stats out',
		);
	kept.push(Buffer.from(message));
}

/** Of the wall: there is no clock of a process's CPU that is fine enough. */
function clockNs(): number {
	return performance.now() * 1e6;
}

function cpuS(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1e6;
}

type Report = Totals & {
	readonly cpuS: {
		readonly whole: number;
		readonly decode: number;
		readonly state: number;
		readonly rules: number;
	};
	readonly eventsPerCpuS: {
		readonly whole: number;
		readonly decode: number;
		readonly decodeAndState: number;
		readonly all: number;
	};
};

function describe(totals: Totals, { decode, state, all }: Shares, wholeS: number): Report {
	const rate = (events: number, seconds: number): number => Math.round(events / Math.max(seconds, 1e-6));
	return {
		...totals,
		cpuS: {
			whole: wholeS,
			decode: decode.cpuS,
			state: state.cpuS - decode.cpuS,
			rules: all.cpuS - state.cpuS,
		},
		eventsPerCpuS: {
			whole: rate(totals.events, wholeS),
			decode: rate(decode.events, decode.cpuS),
			decodeAndState: rate(state.events, state.cpuS),
			all: rate(all.events, all.cpuS),
		},
	};
}

function statsText({ cpuS: cpu, eventsPerCpuS: rates, ...totals }: Report): string {
	const n = (value: number): string => value.toLocaleString('en-US');
	const ns = (seconds: number): string =>
		`${Math.round((seconds / Math.max(totals.events, 1)) * 1e9)} ns an event`;
	return [
		`events ${n(totals.events)} in ${n(totals.batches)} batches (${n(totals.repeated)} repeated, ${n(totals.damaged)} damaged), alerts ${n(totals.alerts)}`,
		`evaluation ${n(rates.all)} events per CPU second (decode alone ${n(rates.decode)}, decode and state ${n(rates.decodeAndState)})`,
		`  decode ${ns(cpu.decode)}, state ${ns(cpu.state)}, rules ${ns(cpu.rules)}`,
		`whole replay with reading, inflating and printing: ${n(rates.whole)} events per CPU second`,
		'',
	].join('\n');
}
