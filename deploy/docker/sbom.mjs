/**
 * What an image is made of, as CycloneDX 1.5 in /usr/lib/lanner/sbom.cdx.json: npm packages of package-lock.json (also those inside the
 * bundle), Node, the Debian packages of the base, and in the probe the libraries linked into capture. The same inputs give the same text.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Builds bundles in a checkout; no image has it. */
const onlyInCheckouts = new Set(['esbuild']);
/** Linked statically into capture. */
const captureLibraries = ['libbpf-dev', 'libelf-dev', 'zlib1g-dev', 'libc6-dev'];

function component(type, name, version, purl, more = {}) {
	return { 'bom-ref': purl, type, name, version, ...more, purl };
}

export function npmComponents(root) {
	const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
	return Object.entries(packages).flatMap(([path, { version, dev, license, integrity }]) => {
		const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
		const isInstalled = path !== '' && dev !== true && existsSync(join(root, path));
		if (!isInstalled || [...onlyInCheckouts].some((one) => name === one || name.startsWith(`@${one}/`))) return [];
		const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
		return [
			component('library', name, version, purl, {
				...(license === undefined ? {} : { licenses: [{ expression: license }] }),
				...(integrity === undefined ? {} : { hashes: [hashOf(integrity)] }),
			}),
		];
	});
}

function hashOf(integrity) {
	const [algorithm, base64] = integrity.split(' ')[0].split('-');
	const content = Buffer.from(base64, 'base64').toString('hex');
	return { alg: algorithm.toUpperCase().replace('SHA', 'SHA-'), content };
}

/** Records of dpkg: one file in an ordinary Debian, one a package where there is no dpkg. */
export function debianComponents(base) {
	const status = join(base, 'var/lib/dpkg/status');
	const folder = join(base, 'var/lib/dpkg/status.d');
	const text = existsSync(status) ? readFileSync(status, 'utf8') : '';
	const files = existsSync(folder) ? readdirSync(folder).filter((name) => !name.endsWith('.md5sums')) : [];
	const records = [text.split('\n\n'), files.map((name) => readFileSync(join(folder, name), 'utf8'))].flat();
	return records.flatMap((record) => {
		const field = (name) => new RegExp(`^${name}: (.+)$`, 'm').exec(record)?.[1];
		const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
		const isRemoved = field('Status')?.endsWith(' installed') === false;
		return name === undefined || isRemoved ? [] : [debian(name, version, architecture)];
	});
}

function debian(name, version, architecture) {
	const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
	return component('library', name, version, purl);
}

function libraryComponents() {
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders.
	const format = '${Package} ${Version} ${Architecture}\n';
	const lines = execFileSync('dpkg-query', ['-W', '-f', format, ...captureLibraries], { encoding: 'utf8' });
	return lines
		.trim()
		.split('\n')
		.map((line) => debian(...line.split(' ')));
}

export function makeSbom({ root, base, version, epochS, probe }) {
	const node = process.versions.node;
	const all = [
		...npmComponents(root),
		component('platform', 'node', node, `pkg:generic/node@${node}`),
		...debianComponents(base),
		...(probe ? libraryComponents() : []),
	];
	const components = [...new Map(all.map((one) => [one.purl, one])).values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
	const product = component('application', 'lanner', version, `pkg:generic/lanner@${version}`, {
		licenses: [{ license: { id: 'Apache-2.0' } }],
	});
	const digest = createHash('sha256').update(JSON.stringify([product, components])).digest('hex');
	return {
		$schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
		bomFormat: 'CycloneDX',
		specVersion: '1.5',
		serialNumber: `urn:uuid:${asUuid(digest)}`,
		version: 1,
		metadata: { timestamp: new Date(epochS * 1000).toISOString(), component: product },
		components,
	};
}

/** Version 8: of our own making. */
function asUuid(hex) {
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function writeSbom({ folder, ...options }) {
	writeFileSync(join(folder, 'sbom.cdx.json'), `${JSON.stringify(makeSbom(options), null, '\t')}\n`);
}
