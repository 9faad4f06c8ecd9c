/**
 * What all set-up steps share: a line on standard error that names the step and says how long it took, running a
 * program with its output kept back until it fails, and the error that tells a person what to do.
 */
import { spawn } from 'node:child_process';

/** The end of a failed program's output that is shown, in characters; the reason is nearly always at the end. */
const outputShownMax = 4000;

/** A step failed for a reason that a person can mend; `remedy` says how. */
export class SetupError extends Error {
	constructor(message, remedy, output = '') {
		super(message);
		this.name = 'SetupError';
		this.remedy = remedy;
		this.output = output;
	}
}

/** Runs one step and names it with its time on standard error. */
export async function step(name, work) {
	const started = performance.now();
	process.stderr.write(`lanner: ${name} …`);
	try {
		const value = await work();
		process.stderr.write(` ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
		return value;
	} catch (error) {
		process.stderr.write(' failed\n');
		throw error;
	}
}

/** Runs a program; resolves with its output, throws SetupError with the end of the output when it fails. */
export function runProgram(program, args, { cwd, env, remedy }) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, {
			cwd,
			env: { ...process.env, ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let output = '';
		const keep = (chunk) => {
			output = (output + chunk).slice(-4 * outputShownMax);
		};
		child.stdout.on('data', keep);
		child.stderr.on('data', keep);
		child.on('error', (error) => reject(new SetupError(`cannot start ${program}: ${error.message}`, remedy)));
		child.on('close', (code, signal) => {
			if (code === 0) resolve(output);
			else
				reject(
					new SetupError(
						`${program} ${args.join(' ')} ended with ${signal ?? `exit code ${code}`}`,
						remedy,
						output,
					),
				);
		});
	});
}

/** The text shown for a failure: what failed, the end of the program's output, what to do. Bugs keep their stack. */
export function explain(error) {
	if (!(error instanceof SetupError)) return `lanner: ${error?.stack ?? error}`;
	const output = error.output.trim().slice(-outputShownMax);
	const shown = output === '' ? '' : `\n${output.replace(/^/gm, '  | ')}`;
	return `lanner: ${error.message}${shown}\n  what to do: ${error.remedy}`;
}
