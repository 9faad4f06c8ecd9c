/** `lanner-VERSION-linux-x64.tar.xz`: runs where it is unpacked (bin/lanner), and installs itself with install.sh. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../setup/step.mjs';
import { put, putDocumentation, putProgram, settleModes, units } from './layout.mjs';

export async function buildArchive({ root, program, node, out, version, time, fast, work }) {
	const name = `lanner-${version}-linux-x64`;
	const prefix = join(work, 'archive', name);
	putProgram({ root, program, node, prefix });
	for (const unit of units(root))
		put(join(prefix, 'lib/systemd/system', unit), { from: join(root, 'deploy/systemd', unit) });
	put(join(prefix, 'lib/sysusers.d/lanner.conf'), {
		from: join(root, 'deploy/package/files/lanner.sysusers'),
	});
	put(join(prefix, 'etc/lanner/lanner.yaml'), { from: join(root, 'deploy/package/files/lanner.yaml') });
	cpSync(join(program, 'deploy/rules'), join(prefix, 'etc/lanner/rules'), { recursive: true });
	put(join(prefix, 'install.sh'), { from: join(root, 'deploy/package/files/install.sh'), mode: 0o755 });
	put(join(prefix, 'VERSION'), { text: `${version}\n` });
	putDocumentation({ root, folder: join(prefix, 'share/doc/lanner') });
	settleModes(prefix);
	const file = join(out, `${name}.tar.${fast ? 'gz' : 'xz'}`);
	const same = [
		'--sort=name',
		`--mtime=@${time}`,
		'--owner=0',
		'--group=0',
		'--numeric-owner',
		'--format=gnu',
	];
	await runProgram(
		'tar',
		[...same, '-C', join(work, 'archive'), '-I', fast ? 'gzip -n1' : 'xz -T1 -6', '-cf', file, name],
		{
			remedy: 'install tar, gzip and xz-utils',
		},
	);
	return file;
}
