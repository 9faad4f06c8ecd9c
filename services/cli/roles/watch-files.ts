/**
 * Watches files and folders (rules, lanner.yaml) and says when something about them may have changed; whether it did is for the caller to see
 * (contents, not times). Folders are watched, not files: an editor replaces the file, a Kubernetes ConfigMap swaps the symbolic
 * link of a folder beside it. Every folder that a symbolic link on the way stands in is watched too.
 *
 * Bursts become one call: it comes when nothing happened for `quietMs`, and at the latest `quietMsMax` after the first event.
 * Some file systems tell nothing, and the number of watches is limited by the system: so there is a look every `pollMs` as well.
 * Bounds: `foldersMax` watches. Failure: a folder that cannot be watched is reported once; the look every `pollMs` remains.
 */
import { type FSWatcher, lstatSync, readlinkSync, statSync, watch } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { expandPaths } from '../commands/rules/files.ts';

export type WatchOptions = {
	/** Files and folders, as for `readRulesFiles`. */
	readonly paths: readonly string[];
	readonly onChange: () => void;
	readonly onProblem: (error: Error, folder: string) => void;
	readonly quietMs?: number;
	readonly pollMs?: number;
};

const quietMsDefault = 200;
const quietMsMax = 2_000;
const pollMsDefault = 5_000;
const foldersMax = 256;
/** As Linux: more is a loop. */
const linksMax = 40;

/** Starts watching; returns what ends it. */
export function watchFiles(options: WatchOptions): () => void {
	const watcher = new FilesWatcher(options);
	watcher.start();
	return () => watcher.stop();
}

class FilesWatcher {
	readonly #options: WatchOptions;
	readonly #problems = new Set<string>();
	#watchers: FSWatcher[] = [];
	#seen = '';
	#quiet: NodeJS.Timeout | undefined;
	#poll: NodeJS.Timeout | undefined;
	/** When the burst began; 0 = there is none. */
	#burstMs = 0;

	constructor(options: WatchOptions) {
		this.#options = options;
	}

	start(): void {
		this.#seen = fingerprint(this.#options.paths);
		this.#watch();
		this.#poll = setInterval(() => this.#look(), this.#options.pollMs ?? pollMsDefault);
		this.#poll.unref();
	}

	stop(): void {
		clearInterval(this.#poll);
		clearTimeout(this.#quiet);
		for (const watcher of this.#watchers) watcher.close();
	}

	/** Anew after every change: a watch of a folder that was replaced is a watch of the old one. */
	#watch(): void {
		for (const watcher of this.#watchers) watcher.close();
		this.#watchers = [];
		for (const folder of foldersOf(this.#options.paths)) this.#watchFolder(folder);
	}

	#watchFolder(folder: string): void {
		try {
			const watcher = watch(folder, { persistent: false }, () => this.#onEvent());
			watcher.on('error', (error) => this.#report(error, folder));
			this.#watchers.push(watcher);
		} catch (error) {
			// A folder that is not there now is seen by the watch of the one above it.
			if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#report(error as Error, folder);
		}
	}

	#report(error: Error, folder: string): void {
		if (this.#problems.has(folder)) return;
		this.#problems.add(folder);
		this.#options.onProblem(error, folder);
	}

	#onEvent(): void {
		const now = performance.now();
		if (this.#burstMs === 0) this.#burstMs = now;
		const left = Math.max(0, this.#burstMs + quietMsMax - now);
		clearTimeout(this.#quiet);
		this.#quiet = setTimeout(() => this.#look(), Math.min(this.#options.quietMs ?? quietMsDefault, left));
	}

	#look(): void {
		this.#burstMs = 0;
		const now = fingerprint(this.#options.paths);
		if (now === this.#seen) return;
		this.#seen = now;
		this.#watch();
		this.#options.onChange();
	}
}

/** What would be different if a file had been written, replaced, added or removed. Cheap: nothing is read. */
function fingerprint(paths: readonly string[]): string {
	try {
		return expandPaths(paths)
			.map((file) => {
				const { ino, size, mtimeNs } = statSync(file, { bigint: true });
				return `${file} ${ino} ${size} ${mtimeNs}`;
			})
			.join('\n');
	} catch (error) {
		// Gone for the moment, or unreadable: that is a state of its own, and the reload will say what it is.
		return String(error);
	}
}

/** Folders whose entries decide what the paths lead to. */
export function foldersOf(paths: readonly string[]): string[] {
	const folders = new Set<string>();
	for (const path of paths) {
		follow(resolve(path), folders);
		if (isFolder(path)) {
			folders.add(resolve(path));
			for (const file of filesIn(path)) follow(resolve(file), folders);
		}
	}
	return [...folders].slice(0, foldersMax);
}

/** Adds the folder of the last part, and of every symbolic link on the way to it. */
function follow(path: string, folders: Set<string>, links = 0): void {
	let reached: string = sep;
	const parts = path.split(sep).filter((part) => part !== '');
	for (const [index, part] of parts.entries()) {
		const next = join(reached, part);
		const target = linkAt(next);
		if (target !== null && links < linksMax) {
			folders.add(reached);
			const base = isAbsolute(target) ? target : join(reached, target);
			follow(join(base, ...parts.slice(index + 1)), folders, links + 1);
			return;
		}
		reached = next;
	}
	folders.add(dirname(reached));
}

function linkAt(path: string): string | null {
	try {
		return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
	} catch {
		// Not there (yet): the folder it would be in is watched.
		return null;
	}
}

function isFolder(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function filesIn(folder: string): string[] {
	try {
		return expandPaths([folder]);
	} catch {
		return [];
	}
}
