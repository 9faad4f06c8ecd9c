/** `lanner_VERSION_amd64.deb` by dpkg-deb, with the folders and scripts of Debian policy. */
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runProgram } from '../setup/step.mjs';
import { put, putDocumentation, putProgram, rulesFiles, settleModes, units } from './layout.mjs';

const scripts = ['postinst', 'prerm', 'postrm'];

/** 1.0.0-rc.1 comes before 1.0.0, which Debian writes with a tilde. */
export const debianVersion = (version) => version.replace('-', '~');

export async function buildDeb({ root, program, node, out, version, time, fast, work }) {
	const tree = join(work, 'deb');
	const lib = putProgram({ root, program, node, prefix: join(tree, 'usr') });
	// Rules are configuration: one place, which the admin may change.
	rmSync(join(lib, 'deploy/rules'), { recursive: true });
	symlinkSync('/etc/lanner/rules', join(lib, 'deploy/rules'));
	const conffiles = putConfiguration(root, tree);
	for (const unit of units(root))
		put(join(tree, 'lib/systemd/system', unit), { from: join(root, 'deploy/systemd', unit) });
	putDebianDocumentation({ root, version, time, folder: join(tree, 'usr/share/doc/lanner') });
	for (const folder of ['var/lib/lanner', 'var/log/lanner'])
		mkdirSync(join(tree, folder), { recursive: true });
	settleModes(tree);
	putControl({ root, tree, version, conffiles });
	const file = join(out, `lanner_${debianVersion(version)}_amd64.deb`);
	const compression = fast ? ['-Zgzip', '-z1'] : ['-Zxz', '-z6'];
	await runProgram('dpkg-deb', ['--root-owner-group', ...compression, '--build', tree, file], {
		env: { SOURCE_DATE_EPOCH: String(time) },
		remedy: 'install dpkg (apt-get install dpkg), or leave the .deb out: --only npm,archive',
	});
	return file;
}

/** Paths of the files an admin may change; an upgrade asks before it touches those. */
function putConfiguration(root, tree) {
	put(join(tree, 'etc/lanner/lanner.yaml'), { from: join(root, 'deploy/package/files/lanner.yaml') });
	const rules = rulesFiles(root);
	for (const name of rules)
		put(join(tree, 'etc/lanner/rules', name), { from: join(root, 'deploy/rules', name) });
	return ['/etc/lanner/lanner.yaml', ...rules.map((name) => `/etc/lanner/rules/${name}`)];
}

function putDebianDocumentation({ root, version, time, folder }) {
	putDocumentation({ root, folder });
	for (const name of ['LICENSE', 'CHANGELOG.md']) rmSync(join(folder, name));
	const compress = (text) => gzipSync(text, { level: 9 });
	put(join(folder, 'changelog.gz'), { text: compress(readFileSync(join(root, 'CHANGELOG.md'))) });
	put(join(folder, 'copyright'), { from: join(root, 'deploy/package/debian/copyright') });
	const date = new Date(time * 1000).toUTCString().replace('GMT', '+0000');
	const entry = `lanner (${debianVersion(version)}) unstable; urgency=medium\n\n  * See changelog.gz.\n\n -- ${maintainer}  ${date}\n`;
	put(join(folder, 'changelog.Debian.gz'), { text: compress(entry) });
}

const maintainer = 'Lanner authors <lanner@example.invalid>';

function putControl({ root, tree, version, conffiles }) {
	const debian = join(root, 'deploy/package/debian');
	const { bytes, sums } = measure(tree);
	const fill = (text) =>
		text
			.replaceAll('@UNITS@', units(root).join(' '))
			.replaceAll('@VERSION@', debianVersion(version))
			.replaceAll('@MAINTAINER@', maintainer)
			.replaceAll('@KIBIBYTES@', String(Math.ceil(bytes / 1024)));
	const control = join(tree, 'DEBIAN');
	put(join(control, 'control'), { text: fill(readFileSync(join(debian, 'control'), 'utf8')) });
	put(join(control, 'conffiles'), { text: conffiles.map((path) => `${path}\n`).join('') });
	put(join(control, 'md5sums'), { text: sums.join('') });
	for (const name of scripts)
		put(join(control, name), { text: fill(readFileSync(join(debian, name), 'utf8')), mode: 0o755 });
	settleModes(control);
}

/** Size, and md5sums as dpkg --verify reads them (a check for damage, not for attackers). */
function measure(tree) {
	const files = readdirSync(tree, { recursive: true })
		.filter((name) => lstatSync(join(tree, name)).isFile())
		.sort();
	let bytes = 0;
	const sums = [];
	for (const name of files) {
		const content = readFileSync(join(tree, name));
		bytes += content.length;
		if (!name.startsWith('etc/')) sums.push(`${createHash('md5').update(content).digest('hex')}  ${name}\n`);
	}
	return { bytes, sums };
}
