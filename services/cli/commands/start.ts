/**
 * `lanner start`, which `npm start` calls: `lanner run` where the probe can run, else the same pipeline on the recording
 * that ships with the repository, clearly said to be one.
 */
import { join } from 'node:path';
import { type Command, type ExitCode, FailureError, type Io } from '../command.ts';
import { replay } from './replay.ts';
import { run } from './run.ts';

const help = `lanner start: watches this host and prints alerts (lanner run). Where that cannot be done, says what is missing and shows the
alerts of a recording that ships with lanner instead. Takes the options of lanner run.

Examples:
  sudo npm start
  lanner start --json
`;

const recording = 'deploy/demo/recorded-host.avro';

export const start: Command = {
	help,
	async run(argv, io) {
		const missing =
			process.getuid?.() === 0
				? null
				: 'not started as root: the probe needs CAP_BPF and CAP_PERFMON to load into the kernel';
		if (missing !== null) return showRecording(missing, 'sudo npm start', argv, io);
		try {
			return await run.run(argv, io);
		} catch (error) {
			const reason = unavailable(error);
			if (reason === null) throw error;
			return showRecording(reason.message, reason.remedy, argv, io);
		}
	},
};

/** Why the probe cannot run here; null = the failure is another one, which a recording would only hide. */
function unavailable(error: unknown): { message: string; remedy: string } | null {
	if (!(error instanceof Error) || !('code' in error) || error.code !== 'capture-unavailable') return null;
	return { message: error.message, remedy: 'hint' in error ? String(error.hint) : '' };
}

async function showRecording(
	missing: string,
	remedy: string,
	argv: readonly string[],
	io: Io,
): Promise<ExitCode> {
	io.stderr.write(`lanner: this host cannot be watched: ${missing}\n`);
	if (remedy !== '') io.stderr.write(`  what to do: ${remedy}\n`);
	io.stderr.write(
		`lanner: what follows was RECORDED on another machine (${recording}); it is not happening here\n`,
	);
	try {
		return await replay.run(
			[join(io.root, recording), ...(argv.includes('--json') ? ['--json'] : []), ...rulesOf(argv)],
			io,
		);
	} catch (error) {
		if (!(error instanceof FailureError)) throw error;
		throw new FailureError(`the recording cannot be shown: ${error.message}`, error.remedy);
	}
}

/** The rules files given for `run`, as `replay` takes them. */
function rulesOf(argv: readonly string[]): string[] {
	const rules: string[] = [];
	for (const [i, word] of argv.entries()) {
		if (word.startsWith('--rules=')) rules.push(word);
		else if (word === '--rules' && argv[i + 1] !== undefined) rules.push(word, argv[i + 1] as string);
	}
	return rules;
}
