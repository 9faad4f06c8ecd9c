/** `lanner` as a child process of a test: lines as they come, waiting for one, stopping. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');
const waitMsDefault = 20_000;

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** Processes named capture that `pid` started, from any of its threads. */
export function capturesOf(pid: number): number[] {
	const children = readdirSync(`/proc/${pid}/task`).flatMap((tid) =>
		readFileSync(`/proc/${pid}/task/${tid}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
	);
	return children.filter((child) => nameOf(child) === 'capture');
}

/** Empty when it has gone meanwhile. */
function nameOf(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/comm`, 'latin1').trim();
	} catch (error) {
		if (
			(error as NodeJS.ErrnoException).code === 'ENOENT' ||
			(error as NodeJS.ErrnoException).code === 'ESRCH'
		)
			return '';
		throw error;
	}
}

/** Of Node, for `lanner` from the sources; to be run in the root of the repository. */
export function launchArguments(args: readonly string[]): string[] {
	return ['--import', 'tsx', join(root, 'test/support/launch.ts'), ...args];
}

/** Why a user cannot run `lanner` from the sources; false = it can. */
export function outOfReach(uid: number): string | false {
	const read = spawnSync('test', ['-r', join(root, 'package.json')], { uid, gid: uid });
	return read.status === 0 ? false : `user ${uid} may not read ${root}`;
}

export class LannerProcess {
	readonly child: ChildProcess;
	readonly stdout: string[] = [];
	readonly stderr: string[] = [];
	readonly exited: Promise<Exit>;
	readonly #waiters = new Set<() => void>();

	constructor(
		args: readonly string[],
		env: Readonly<Record<string, string>> = {},
		user: { readonly uid?: number; readonly gid?: number } = {},
	) {
		this.child = spawn(process.execPath, launchArguments(args), {
			...user,
			cwd: root,
			env: { ...process.env, ...env },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		this.#collect('stdout');
		this.#collect('stderr');
		this.exited = new Promise((resolve) =>
			this.child.once('close', (code, signal) => resolve({ code, signal })),
		);
	}

	#collect(name: 'stdout' | 'stderr'): void {
		createInterface({ input: this.child[name]!, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
			this[name].push(line);
			for (const wake of this.#waiters) wake();
		});
	}

	/** The first line (from `from` on) that `matches`; throws after `waitMs` with what there was. */
	async line(
		name: 'stdout' | 'stderr',
		matches: (line: string) => boolean,
		options: { from?: number; waitMs?: number } = {},
	): Promise<string> {
		const end = Date.now() + (options.waitMs ?? waitMsDefault);
		while (true) {
			const found = this[name].slice(options.from ?? 0).find(matches);
			if (found !== undefined) return found;
			const left = end - Date.now();
			if (left <= 0)
				throw new Error(
					`no such line on ${name} in time:\n${matches}\n--- stdout\n${this.stdout.join('\n')}\n--- stderr\n${this.stderr.join('\n')}`,
				);
			await new Promise<void>((resolve) => {
				const wake = (): void => {
					clearTimeout(timer);
					this.#waiters.delete(wake);
					resolve();
				};
				const timer = setTimeout(wake, left);
				this.#waiters.add(wake);
			});
		}
	}

	ready(): Promise<string> {
		return this.line('stderr', (line) => line.includes('"msg":"ready"'));
	}

	async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
		this.child.kill(signal);
		return this.exited;
	}
}
