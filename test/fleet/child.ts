/**
 * One program that tests need as a process, of the local fleet or beside it. It dies with the process that started it (setpriv --pdeathsig), also when that is
 * killed; what it says goes to a file, whose end is shown when it does not come up.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type ChildOptions = {
	readonly name: string;
	readonly program: string;
	readonly args: readonly string[];
	readonly env?: Readonly<Record<string, string>>;
	readonly logFile: string;
	/** True once it serves; asked every 50 ms. */
	readonly ready: () => Promise<boolean>;
	/** Default 180,000: brokers elect a controller first, which a busy machine may take minutes for. */
	readonly readyMsMax?: number;
	/** How long it may take to obey SIGTERM; default 10,000. */
	readonly stopMsMax?: number;
};

const readyMsDefault = 180_000;
const pollMs = 50;
const stopMsDefault = 10_000;
const logShownChars = 3_000;

export class Child {
	readonly #options: ChildOptions;
	#process: ChildProcess | null = null;
	#exited: Promise<void> = Promise.resolve();

	constructor(options: ChildOptions) {
		this.#options = options;
	}

	get pid(): number {
		const pid = this.#process?.pid;
		if (pid === undefined) throw new Error(`${this.#options.name} does not run`);
		return pid;
	}

	/** Starts it and waits until it serves. */
	async start(): Promise<void> {
		const { name, program, args, env, logFile, readyMsMax = readyMsDefault } = this.#options;
		const log = openSync(logFile, 'a');
		const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', program, ...args], {
			stdio: ['ignore', log, log],
			env: { ...process.env, ...env },
		});
		closeSync(log);
		this.#process = child;
		let failure: string | null = null;
		this.#exited = new Promise((resolve) => {
			child.once('error', (error) => {
				failure = error.message;
				resolve();
			});
			child.once('exit', (code, signal) => {
				failure ??= `it ended with ${signal ?? `exit code ${code}`}`;
				resolve();
			});
		});
		const end = Date.now() + readyMsMax;
		while (!(await this.#options.ready())) {
			failure ??= Date.now() > end ? `it was not ready after ${readyMsMax / 1000} s` : null;
			if (failure !== null) {
				child.kill('SIGKILL');
				const said = readFileSync(logFile, 'utf8').slice(-logShownChars);
				throw new Error(`${name} did not start: ${failure}\n${said}`);
			}
			await sleep(pollMs);
		}
	}

	/** kill -9, as a crash. */
	async kill(): Promise<void> {
		this.#process?.kill('SIGKILL');
		await this.#exited;
		this.#process = null;
	}

	/** SIGSTOP: it answers nothing, its connections stay open. */
	pause(): void {
		this.#process?.kill('SIGSTOP');
	}

	resume(): void {
		this.#process?.kill('SIGCONT');
	}

	/** SIGTERM, and SIGKILL when that is not obeyed in time. */
	async stop(): Promise<void> {
		const child = this.#process;
		if (child === null) return;
		child.kill('SIGCONT');
		child.kill('SIGTERM');
		const timer = setTimeout(() => child.kill('SIGKILL'), this.#options.stopMsMax ?? stopMsDefault);
		await this.#exited;
		clearTimeout(timer);
		this.#process = null;
	}
}

/** Whether something listens there. */
export function answers(port: number, host = '127.0.0.1'): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = createConnection({ host, port });
		socket.once('connect', () => {
			socket.destroy();
			resolve(true);
		});
		socket.once('error', () => resolve(false));
	});
}
