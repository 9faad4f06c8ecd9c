/**
 * What is inside, as CycloneDX: the npm packages by `npm sbom`, and what it does not know: this Node, and the libraries that the
 * probe's programs are linked with. No serial number and no time of the run: the same inputs give the same file.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

/** Static libraries in capture and datagram, by the Debian package they come from. */
const linkedPackages = ['libbpf-dev', 'libelf-dev', 'zlib1g-dev', 'libc6-dev'];

function linkedLibraries() {
	return linkedPackages.flatMap((name) => {
		// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholder.
		const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f', '${Version}', name], {
			encoding: 'utf8',
		});
		if (status !== 0) return [];
		const purl = `pkg:deb/debian/${name}@${stdout}?arch=amd64`;
		return [{ type: 'library', name, version: stdout, purl, 'bom-ref': purl, scope: 'required' }];
	});
}

const bytesMax = 16 << 20;

export function writeSbom({ root, version, file, time }) {
	const options = ['--omit=dev', '--sbom-format=cyclonedx', '--package-lock-only'];
	const said = execFileSync('npm', ['sbom', ...options], {
		cwd: root,
		encoding: 'utf8',
		maxBuffer: bytesMax,
	});
	const sbom = JSON.parse(said);
	delete sbom.serialNumber;
	sbom.metadata.timestamp = new Date(time * 1000).toISOString();
	sbom.metadata.component.version = version;
	const node = process.versions.node;
	const runtime = { type: 'platform', name: 'node', version: node, purl: `pkg:generic/node@${node}` };
	sbom.components.push({ ...runtime, 'bom-ref': runtime.purl }, ...linkedLibraries());
	writeFileSync(file, `${JSON.stringify(sbom, null, '\t')}\n`);
}
