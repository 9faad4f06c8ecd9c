/**
 * The files that PATH was moved to: `PATH.20260131T235959999Z`, compressed to `….gz`. Their names sort by time.
 *
 *   PATH ─ moveAway ─▶ PATH.TIME ─ tidy ─▶ PATH.TIME.gz ─ tidy (too many, too old) ─▶ removed
 *
 * `tidy` starts from what lies in the folder, so what a crash left half done is finished by the next one.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { access, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Turns } from '#platform/turns.ts';

export type RotationOptions = {
	readonly path: string;
	readonly compress: boolean;
	/** Rotated files kept. */
	readonly keepFiles: number;
	/** 0 = any age. */
	readonly keepHours: number;
	readonly now: () => number;
};

const hourMs = 3_600_000;
const stamp = /^\.(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z(\.gz)?$/;
const half = '.gz.half';

export class RotatedFiles {
	readonly #options: RotationOptions;
	/** Tidying goes on beside deliveries, one at a time. */
	readonly #turns = new Turns();

	constructor(options: RotationOptions) {
		this.#options = options;
	}

	/** To the first time from now on that has no file yet: none is ever overwritten. */
	async moveAway(): Promise<void> {
		const { path, now } = this.#options;
		for (let timeMs = now(); ; timeMs++) {
			const target = `${path}.${new Date(timeMs).toISOString().replace(/[-:.]/g, '')}`;
			if ((await exists(target)) || (await exists(`${target}.gz`))) continue;
			await rename(path, target);
			return;
		}
	}

	tidy(): Promise<void> {
		return this.#turns.take(() => this.#tidy());
	}

	/** Resolves when nothing is being tidied. */
	idle(): Promise<void> {
		return this.#turns.idle();
	}

	async #tidy(): Promise<void> {
		const { path, compress, keepFiles, keepHours, now } = this.#options;
		const folder = dirname(path);
		const name = basename(path);
		const ours = (await readdir(folder)).filter((file) => file.startsWith(`${name}.`));
		for (const file of ours.filter((file) => file.endsWith(half))) await rm(join(folder, file));
		const rotated = ours.filter((file) => stamp.test(file.slice(name.length))).sort();
		const isOld = (file: string): boolean =>
			keepHours > 0 && now() - timeOf(file.slice(name.length)) > keepHours * hourMs;
		for (const [i, file] of rotated.entries()) {
			const full = join(folder, file);
			if (i < rotated.length - keepFiles || isOld(file)) await rm(full);
			else if (compress && !file.endsWith('.gz')) await gzip(full);
		}
	}
}

function timeOf(suffix: string): number {
	return Date.parse(suffix.replace(stamp, '$1-$2-$3T$4:$5:$6.$7Z'));
}

async function gzip(path: string): Promise<void> {
	const unfinished = `${path}${half}`;
	await pipeline(
		createReadStream(path),
		createGzip(),
		createWriteStream(unfinished, { mode: 0o600, flags: 'wx', flush: true }),
	);
	await rename(unfinished, `${path}.gz`);
	await rm(path);
}

async function exists(path: string): Promise<boolean> {
	try {
		await access(path);
		return true;
	} catch {
		return false;
	}
}
