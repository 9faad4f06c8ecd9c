/** A role of the fleet as a real process that can be killed, stopped, resumed and started again. What it says goes to a file. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = join(import.meta.dirname, '../..');
const stopMsMax = 20_000;
/** On a busy machine a dozen programs that start at once take minutes. */
const readyMsMax = 300_000;

export class Role {
	readonly name: string;
	readonly #args: readonly string[];
	readonly #logFile: string;
	#child: ChildProcess | null = null;
	#exited: Promise<void> = Promise.resolve();
	/** Its end was asked for. */
	#asked = false;
	readonly #ownEnds: string[] = [];
	paused = false;

	/** `args`: of node. */
	constructor(name: string, args: readonly string[], folder: string) {
		this.name = name;
		this.#args = args;
		this.#logFile = join(folder, `${name}.log`);
	}

	static lanner(name: string, args: readonly string[], folder: string): Role {
		return new Role(name, [join(root, 'lanner'), ...args], folder);
	}

	get pid(): number | undefined {
		return this.#child?.pid;
	}

	/** Ends that nobody asked for: a role waits for what is away, so each is a bug. */
	get ownEnds(): readonly string[] {
		return this.#ownEnds;
	}

	get runs(): boolean {
		return this.#child !== null;
	}

	start(): void {
		const log = openSync(this.#logFile, 'a');
		const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', process.execPath, ...this.#args], {
			stdio: ['ignore', log, log],
			cwd: root,
		});
		closeSync(log);
		this.#child = child;
		this.paused = false;
		this.#asked = false;
		this.#exited = new Promise((resolve) => child.once('close', () => resolve()));
		child.once('close', (code, signal) => {
			if (this.#child === child) this.#child = null;
			if (!this.#asked)
				this.#ownEnds.push(`${this.name} ended by itself with ${signal ?? `exit code ${code}`}`);
		});
	}

	/** Until its log says so. */
	async said(text: string): Promise<void> {
		const end = Date.now() + readyMsMax;
		while (!readFileSync(this.#logFile, 'utf8').includes(text)) {
			if (Date.now() > end)
				throw new Error(
					`${this.name} did not say ${text}: ${readFileSync(this.#logFile, 'utf8').slice(-2000)}`,
				);
			await sleep(100);
		}
	}

	async kill(): Promise<void> {
		this.#asked = true;
		this.#child?.kill('SIGKILL');
		await this.#exited;
	}

	pause(): void {
		this.paused = true;
		this.#child?.kill('SIGSTOP');
	}

	resume(): void {
		this.paused = false;
		this.#child?.kill('SIGCONT');
	}

	/** SIGTERM; gives how long it took, or null when it had to be killed. */
	async stop(): Promise<number | null> {
		const child = this.#child;
		if (child === null) return 0;
		const startMs = performance.now();
		let killed = false;
		this.#asked = true;
		this.resume();
		child.kill('SIGTERM');
		const timer = setTimeout(() => {
			killed = true;
			child.kill('SIGKILL');
		}, stopMsMax);
		await this.#exited;
		clearTimeout(timer);
		return killed ? null : performance.now() - startMs;
	}
}
