/**
 * What an image holds, as CycloneDX, in /usr/lib/lanner/sbom.cdx.json: what the program has (deploy/package/sbom.mjs), and the Debian
 * packages of the base. Only roles with a C program name the libraries linked into it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSbom } from '../package/sbom.mjs';

/** Development packages of Debian: here the static libraries in capture and datagram. */
const isLinkedLibrary = ({ purl }) => /^pkg:deb\/debian\/[^@]+-dev@/.test(purl);
/** datagram is C alone. */
const linked = {
	probe: () => true,
	sink: ({ name }) => name === 'libc6-dev',
	evaluator: () => false,
	console: () => false,
};

export function writeImageSbom({ root, base, version, epochS, role, file }) {
	writeSbom({ root, version, file, time: epochS });
	const sbom = JSON.parse(readFileSync(file, 'utf8'));
	const program = sbom.components.filter((one) => !isLinkedLibrary(one) || linked[role](one));
	sbom.components = [...program, ...debianComponents(base)];
	writeFileSync(file, `${JSON.stringify(sbom, null, '\t')}\n`);
}

/** Records of dpkg: one file in an ordinary Debian, one a package in images without dpkg. */
export function debianComponents(base) {
	const status = join(base, 'var/lib/dpkg/status');
	const folder = join(base, 'var/lib/dpkg/status.d');
	const joint = existsSync(status) ? readFileSync(status, 'utf8').split('\n\n') : [];
	const names = existsSync(folder) ? readdirSync(folder).filter((name) => !name.endsWith('.md5sums')) : [];
	const records = [...joint, ...names.sort().map((name) => readFileSync(join(folder, name), 'utf8'))];
	return records.map(componentOf).filter((one) => one !== null);
}

function componentOf(record) {
	const field = (name) => new RegExp(`^${name}: (.+)$`, 'm').exec(record)?.[1];
	const name = field('Package');
	const isRemoved = field('Status')?.endsWith(' installed') === false;
	if (name === undefined || isRemoved) return null;
	const version = field('Version');
	const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${field('Architecture')}`;
	return { type: 'library', name, version, purl, 'bom-ref': purl };
}
