/**
 * The images that Dockerfile starts from, made of Debian packages and this machine's Node, for places that reach no image registry:
 *
 *   node deploy/docker/base.mjs FOLDER      FOLDER/lanner-base.tar (arguments BASE) and FOLDER/lanner-build.tar (argument NODE)
 *
 * lanner-base holds what a Node program needs and no shell, no package manager: libraries, certificates, time zones. lanner-build is a
 * Debian with the compilers of the probe, Node and npm, and the certificates this machine trusts. Needs root, debootstrap and apt-get.
 * The same packages give the same files: times of files are those of the packages or SOURCE_DATE_EPOCH.
 */
import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	copyFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureDebianPackages, probePackages } from '../setup/debian.mjs';
import { explain, runProgram, SetupError, step } from '../setup/step.mjs';

const suite = 'bookworm';
/** Libraries of Node, certificates, and the names and times that programs look up. */
const runPackages = [
	'base-files',
	'ca-certificates',
	'gcc-12-base',
	'libc6',
	'libgcc-s1',
	'libstdc++6',
	'netbase',
	'tzdata',
];
const buildPackages = [...probePackages, 'binutils', 'ca-certificates'];
const npmFolder = '/usr/lib/node_modules/npm';

export const baseArchive = 'lanner-base.tar';
export const buildArchive = 'lanner-build.tar';

/** What every user of an image expects: the accounts root and nobody, /tmp. */
function layAccounts(root) {
	writeFileSync(
		join(root, 'etc/passwd'),
		'root:x:0:0:root:/root:/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n',
	);
	writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
	mkdirSync(join(root, 'tmp'), { recursive: true });
	chmodSync(join(root, 'tmp'), 0o1777);
}

/** As update-ca-certificates does, which would need a shell in the image. */
function layCertificates(root) {
	const folder = join(root, 'usr/share/ca-certificates/mozilla');
	const all = readdirSync(folder)
		.sort()
		.map((name) => readFileSync(join(folder, name), 'utf8'));
	mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
	writeFileSync(join(root, 'etc/ssl/certs/ca-certificates.crt'), all.join(''));
}

/** The package's own record, where scanners and deploy/docker/sbom.mjs look in images without dpkg. */
function recordPackage(root, file) {
	const control = execFileSync('dpkg-deb', ['--field', file], { encoding: 'utf8' });
	const name = /^Package: (.+)$/m.exec(control)[1];
	mkdirSync(join(root, 'var/lib/dpkg/status.d'), { recursive: true });
	writeFileSync(join(root, 'var/lib/dpkg/status.d', name), control);
}

async function makeBase(folder, archive) {
	const packages = join(folder, 'packages');
	const root = join(folder, 'base');
	mkdirSync(packages, { recursive: true });
	mkdirSync(root, { recursive: true });
	await runProgram('apt-get', ['download', ...runPackages], {
		cwd: packages,
		remedy: 'run apt-get update, and check that packages can be fetched',
	});
	for (const name of readdirSync(packages).sort()) {
		execFileSync('dpkg-deb', ['--extract', join(packages, name), root]);
		recordPackage(root, join(packages, name));
	}
	for (const unused of ['usr/share/doc', 'usr/share/man', 'usr/share/lintian', 'usr/share/bug'])
		rmSync(join(root, unused), { recursive: true, force: true });
	layAccounts(root);
	layCertificates(root);
	pack(root, archive);
}

async function makeBuild(folder, archive) {
	const root = join(folder, 'build');
	const include = `--include=${buildPackages.join(',')}`;
	await runProgram(
		'debootstrap',
		['--variant=minbase', include, suite, root, 'http://deb.debian.org/debian'],
		{
			remedy: 'install debootstrap, and check that packages can be fetched',
		},
	);
	rmSync(join(root, 'var/cache/apt/archives'), { recursive: true, force: true });
	mkdirSync(join(root, 'usr/local/bin'), { recursive: true });
	copyFileSync(process.execPath, join(root, 'usr/local/bin/node'));
	if (!existsSync(npmFolder))
		throw new SetupError(`there is no npm in ${npmFolder}`, 'install Node.js with npm');
	cpSync(npmFolder, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
	for (const name of ['npm', 'npx'])
		execFileSync('ln', [
			'-sf',
			`../lib/node_modules/npm/bin/${name}-cli.js`,
			join(root, 'usr/local/bin', name),
		]);
	trustAsHere(root);
	pack(root, archive);
}

/** A machine behind a proxy of its own trusts more than Debian does; npm in the build must, too. */
function trustAsHere(root) {
	const bundle = 'etc/ssl/certs/ca-certificates.crt';
	if (!existsSync(join('/', bundle))) return;
	copyFileSync(join('/', bundle), join(root, bundle));
	mkdirSync(join(root, 'usr/local/etc'), { recursive: true });
	writeFileSync(join(root, 'usr/local/etc/npmrc'), `cafile=/${bundle}\n`);
}

function pack(root, archive) {
	const epoch = process.env.SOURCE_DATE_EPOCH ?? '1700000000';
	const same = [
		'--sort=name',
		'--numeric-owner',
		'--owner=0',
		'--group=0',
		`--mtime=@${epoch}`,
		'--clamp-mtime',
	];
	mkdirSync(dirname(archive), { recursive: true });
	execFileSync('tar', [...same, '-C', root, '-cf', archive, '.']);
}

/** Makes what is not there yet. */
export async function ensureBases(folder) {
	const wanted = [
		[join(folder, baseArchive), makeBase],
		[join(folder, buildArchive), makeBuild],
	].filter(([archive]) => !existsSync(archive));
	if (wanted.length === 0) return;
	if (process.getuid() !== 0) throw new SetupError('base images are made by root only', 'run this as root');
	await ensureDebianPackages('to make base images', ['debootstrap', 'binutils']);
	const work = mkdtempSync(join(tmpdir(), 'lanner-base-'));
	try {
		for (const [archive, make] of wanted)
			await step(`making ${archive} from Debian packages`, () => make(work, archive));
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

if (import.meta.filename === process.argv[1]) {
	try {
		const folder = process.argv[2];
		if (folder === undefined)
			throw new SetupError('no folder is named', 'node deploy/docker/base.mjs FOLDER');
		await ensureBases(folder);
	} catch (error) {
		console.error(explain(error));
		process.exitCode = 3;
	}
}
