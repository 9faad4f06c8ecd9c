/** What the container engines of tests share: where their programs are, and an image's root file system of busybox, from Debian's busybox-static. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const busybox = ['/bin/busybox', '/usr/bin/busybox'];
const tarBytesMax = 64 << 20;

/** Places where a program may be, by its name. */
export type Places = Readonly<Record<string, readonly string[]>>;

/** Path of a program whose presence `engineProblem` has found. */
export function programPath(places: Places, name: string): string {
	const path = places[name]?.find(existsSync);
	if (path === undefined) throw new Error(`${name} is missing`);
	return path;
}

/** Why there can be no engine here; null = there can. `from`: Debian packages that have the programs. */
export function engineProblem(places: Places, from: string): string | null {
	if (process.getuid?.() !== 0) return 'needs root';
	const missing = Object.entries({ ...places, busybox }).filter(([, paths]) => !paths.some(existsSync));
	return missing.length === 0 ? null : `${missing.map(([name]) => name).join(', ')} missing (${from})`;
}

/** The root file system as a tar, made below `folder`: a shell, three programs, accounts. */
export function busyboxTar(folder: string): Buffer {
	const root = join(folder, 'rootfs');
	mkdirSync(join(root, 'bin'), { recursive: true });
	mkdirSync(join(root, 'etc'));
	copyFileSync(programPath({ busybox }, 'busybox'), join(root, 'bin/busybox'));
	for (const name of ['sh', 'cat', 'sleep', 'true']) symlinkSync('busybox', join(root, 'bin', name));
	writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
	writeFileSync(join(root, 'etc/shadow'), 'root:*:1::::::\n');
	return execFileSync('tar', ['-C', root, '-cf', '-', '.'], { maxBuffer: tarBytesMax });
}
