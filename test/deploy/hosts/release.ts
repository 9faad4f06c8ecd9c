/** Releases of this checkout for tests; see release.mjs. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export type Release = {
	readonly version: string;
	readonly npm: string;
	readonly archive: string;
	readonly deb: string;
};

export function release(version: string): Release {
	const out = execFileSync(process.execPath, [join(import.meta.dirname, 'release.mjs'), version], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	}).trim();
	const file = (end: string): string => join(out, readdirSync(out).find((name) => name.endsWith(end))!);
	return { version, npm: file('.tgz'), archive: file('.tar.gz'), deb: file('.deb') };
}
