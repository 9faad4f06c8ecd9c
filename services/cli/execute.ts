/** Runs one command line: finds the command, gives help, and turns what is thrown into a message and an exit code. */
import { type Command, type ExitCode, FailureError, type Io, UsageError } from './command.ts';
import { findCommand } from './commands.ts';
import { overview, unknownCommand } from './help.ts';

const helpWords = new Set(['help', '--help', '-h']);

/** Errors of set-up steps and adapters carry what to do as `remedy` or `hint`. */
function remedyOf(error: Error): string {
	for (const key of ['remedy', 'hint'] as const) {
		const value = (error as unknown as Record<string, unknown>)[key];
		if (typeof value === 'string' && value !== '') return `\n  what to do: ${value}`;
	}
	return '';
}

/** An operational error says so by a `code` (ours, or the system's such as ENOENT) or a remedy; all else is a bug. */
function isOperational(error: Error): boolean {
	return (
		error instanceof FailureError ||
		'remedy' in error ||
		('code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_'))
	);
}

export function describeFailure(error: unknown): string {
	if (!(error instanceof Error)) return `lanner: ${String(error)}`;
	if (isOperational(error)) return `lanner: ${error.message}${remedyOf(error)}`;
	return `lanner: this is a bug in lanner: ${error.stack ?? error.message}\n  what to do: please report it with the lines above and "lanner version"`;
}

async function runCommand(
	name: string,
	command: Command,
	argv: readonly string[],
	io: Io,
): Promise<ExitCode> {
	const end = argv.indexOf('--');
	const options = end === -1 ? argv : argv.slice(0, end);
	if (options.includes('--help') || options.includes('-h')) {
		io.stdout.write(command.help);
		return 0;
	}
	try {
		return await command.run(argv, io);
	} catch (error) {
		if (!(error instanceof UsageError)) throw error;
		io.stderr.write(`lanner: ${error.message}\n  see: lanner help ${name}\n`);
		return 2;
	}
}

async function showHelp(topic: readonly string[], io: Io): Promise<ExitCode> {
	if (topic.length === 0) {
		io.stdout.write(overview());
		return 0;
	}
	const found = findCommand(topic);
	if (found === null) {
		io.stderr.write(`lanner: ${unknownCommand(topic)}\n`);
		return 2;
	}
	io.stdout.write((await found.entry.load()).help);
	return 0;
}

/** The whole of a command line; never throws. */
export async function execute(argv: readonly string[], io: Io): Promise<ExitCode> {
	try {
		const [first] = argv;
		if (first === undefined) {
			io.stderr.write(overview());
			return 2;
		}
		if (helpWords.has(first)) return await showHelp(argv.slice(1), io);
		const found = findCommand(first === '--version' ? ['version'] : argv);
		if (found === null) {
			io.stderr.write(`lanner: ${unknownCommand(argv)}\n`);
			return 2;
		}
		return await runCommand(found.entry.name, await found.entry.load(), found.rest, io);
	} catch (error) {
		io.stderr.write(`${describeFailure(error)}\n`);
		return 3;
	}
}
