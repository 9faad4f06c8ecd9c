/**
 * What the images hold, as folders to copy, one for what all roles share and one each for what a role has beside it:
 *
 *   node deploy/docker/stage.mjs --base / --out OUT      (run by Dockerfile; --base: the files of the image that it is copied onto)
 *
 * The program is the one of archive and .deb (deploy/package). capture and the datagram helper are only where they are used, so that an
 * evaluator has no file that could become privileged. Programs of the base lose their set-user-id bits: the probe's container may raise
 * privileges (that is how capture gets its two), and nothing else in it should. All times are SOURCE_DATE_EPOCH.
 */
import { execFileSync } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	copyFileSync,
	existsSync,
	lstatSync,
	lutimesSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { copyNode, packForNpm, stageProgram } from '../package/stage.mjs';
import { explain, step } from '../setup/step.mjs';
import { roles } from './build.mjs';
import { writeImageSbom } from './sbom.mjs';

/** The account of all roles; a number that no distribution gives to another. */
export const account = { name: 'lanner', id: 10001 };
const programFolder = 'usr/lib/lanner';
const captureCapabilities = 'cap_bpf,cap_perfmon+ep';
const setUserOrGroupId = 0o6000;

async function stageRole({ root, base, out, version }) {
	const work = mkdtempSync(join(tmpdir(), 'lanner-stage-'));
	const role = join(out, 'role');
	const program = join(role, programFolder);
	try {
		const npmPackage = await packForNpm(root, work);
		await stageProgram({ root, npmPackage, target: program, version });
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
	copyFileSync(join(import.meta.dirname, 'healthcheck.mjs'), join(program, 'healthcheck.mjs'));
	copyNode(process.execPath, join(role, 'usr/local/bin/node'));
	addAccount(base, role);
	clearSetUserId(base, role);
}

function addAccount(base, role) {
	const { name, id } = account;
	const lines = {
		'etc/passwd': `${name}:x:${id}:${id}:Lanner:/var/lib/lanner:/usr/sbin/nologin\n`,
		'etc/group': `${name}:x:${id}:\n`,
	};
	mkdirSync(join(role, 'etc/lanner'), { recursive: true });
	for (const [path, line] of Object.entries(lines)) {
		const before = existsSync(join(base, path)) ? readFileSync(join(base, path), 'utf8') : '';
		writeFileSync(join(role, path), before.replace(/\n*$/, before === '' ? '' : '\n') + line, {
			mode: 0o644,
		});
	}
	const data = join(role, 'var/lib/lanner');
	mkdirSync(data, { recursive: true });
	chownSync(data, id, id);
	chmodSync(data, 0o750);
}

function clearSetUserId(base, role, folder = '') {
	for (const entry of readdirSync(join(base, folder), { withFileTypes: true })) {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) clearSetUserId(base, role, path);
		if (!entry.isFile()) continue;
		const { mode, uid, gid } = lstatSync(join(base, path));
		if ((mode & setUserOrGroupId) === 0) continue;
		mkdirSync(dirname(join(role, path)), { recursive: true });
		copyFileSync(join(base, path), join(role, path));
		chownSync(join(role, path), uid, gid);
		chmodSync(join(role, path), mode & 0o777);
	}
}

/** Takes a program out of what is shared and gives it to one role. */
function moveTo(out, name, role) {
	const from = join(out, 'role', programFolder, 'probe/build', name);
	const to = join(out, role, programFolder, 'probe/build', name);
	mkdirSync(dirname(to), { recursive: true });
	renameSync(from, to);
	return to;
}

function setTimes(path, epochS) {
	if (lstatSync(path).isDirectory()) for (const name of readdirSync(path)) setTimes(join(path, name), epochS);
	lutimesSync(path, epochS, epochS);
}

async function main() {
	const { values } = parseArgs({ options: { base: { type: 'string' }, out: { type: 'string' } } });
	const root = resolve(import.meta.dirname, '../..');
	const version = process.env.VERSION || JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
	const { base, out } = values;
	await step('staging the program', () => stageRole({ root, base, out, version }));
	const capture = moveTo(out, 'capture', 'probe');
	execFileSync('/usr/sbin/setcap', [captureCapabilities, capture]);
	moveTo(out, 'datagram', 'sink');
	// A container cannot be given ambient capabilities, so launch would have none to keep.
	rmSync(join(out, 'role', programFolder, 'probe/build/launch'));
	const epochS = Number(process.env.SOURCE_DATE_EPOCH || 0);
	for (const role of roles) {
		mkdirSync(join(out, role, programFolder), { recursive: true });
		writeImageSbom({
			root,
			base,
			version,
			epochS,
			role,
			file: join(out, role, programFolder, 'sbom.cdx.json'),
		});
	}
	setTimes(out, epochS);
}

try {
	await main();
} catch (error) {
	console.error(explain(error));
	process.exitCode = 3;
}
