/**
 * `npm run package -- [--out DIR] [--version V] [--only npm,archive,deb] [--fast]`: everything a release consists of, into dist/release
 * (emptied first): the npm package, the self-contained archive, the .deb, the list of what is inside (SBOM), checksums.
 *
 * Reproducible: the same commit, npm lock file, compiler and Node give the same bytes. Times in archives are those of the commit
 * (or SOURCE_DATE_EPOCH). --fast compresses little; --version is for tests of upgrades.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { explain, SetupError, step } from '../setup/step.mjs';
import { buildArchive } from './archive.mjs';
import { buildDeb } from './deb.mjs';
import { writeSbom } from './sbom.mjs';
import { packForNpm, stageProgram } from './stage.mjs';

const root = resolve(import.meta.dirname, '../..');
const kinds = ['npm', 'archive', 'deb'];
const versionPattern = /^\d+\.\d+\.\d+(?:-[0-9a-z.]+)?$/;

function readOptions() {
	const { values } = parseArgs({
		options: {
			out: { type: 'string', default: join(root, 'dist/release') },
			version: {
				type: 'string',
				default: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
			},
			only: { type: 'string', default: kinds.join(',') },
			fast: { type: 'boolean', default: false },
		},
	});
	const wanted = values.only.split(',');
	const unknown = wanted.find((kind) => !kinds.includes(kind));
	if (unknown !== undefined)
		throw new SetupError(`--only ${unknown}: unknown`, `choose of ${kinds.join(', ')}`);
	if (!versionPattern.test(values.version))
		throw new SetupError(`--version ${values.version}: not a version`, 'give one as 1.2.3 or 1.2.3-rc.1');
	return { ...values, out: resolve(values.out), wanted };
}

/** Seconds since the epoch that all files are given. */
function buildTime() {
	const given = process.env.SOURCE_DATE_EPOCH;
	if (given !== undefined) return Number(given);
	try {
		return Number(execFileSync('git', ['log', '-1', '--format=%ct'], { cwd: root, encoding: 'utf8' }).trim());
	} catch {
		throw new SetupError(
			'this is no git checkout, so the time of its commit is not known',
			'set SOURCE_DATE_EPOCH',
		);
	}
}

function writeChecksums(folder) {
	const lines = readdirSync(folder)
		.filter((name) => statSync(join(folder, name)).isFile())
		.sort()
		.map(
			(name) =>
				`${createHash('sha256')
					.update(readFileSync(join(folder, name)))
					.digest('hex')}  ${name}\n`,
		);
	writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
}

async function main() {
	// npm pack writes the umask of its caller into the package.
	process.umask(0o022);
	const { out, version, wanted, fast } = readOptions();
	const time = buildTime();
	rmSync(out, { recursive: true, force: true });
	mkdirSync(out, { recursive: true });
	const work = mkdtempSync(join(tmpdir(), 'lanner-package-'));
	try {
		const npmPackage = await packForNpm(root, wanted.includes('npm') ? out : work);
		const program = join(work, 'program');
		await stageProgram({ root, npmPackage, target: program, version });
		writeSbom({ root, version, file: join(out, `lanner-${version}.cdx.json`), time });
		const common = { root, program, out, version, time, fast, work, node: process.execPath };
		if (wanted.includes('archive')) await step('making the archive', () => buildArchive(common));
		if (wanted.includes('deb')) await step('making the .deb', () => buildDeb(common));
		writeChecksums(out);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
	for (const name of readdirSync(out).sort()) console.log(join(out, basename(name)));
}

try {
	await main();
} catch (error) {
	console.error(explain(error));
	process.exit(error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? 2 : 3);
}
