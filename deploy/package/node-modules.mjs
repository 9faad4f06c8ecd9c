/**
 * The npm packages that run outside the bundle: native code and WebAssembly cannot go into it, and kafkajs is patched while it
 * loads. What they need themselves is read from package-lock.json; packages for other platforms are left out, as npm does.
 */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const outsideBundle = ['kafkajs', '@node-rs/crc32', 'snappy', 'lz4-napi', '@bokuweb/zstd-wasm'];

/** Paths below the root (`node_modules/…`) of `names` and everything they need that is installed here. */
export function packagePaths(root, names = outsideBundle) {
	const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
	const found = new Set();
	const visit = (name, from) => {
		// As Node looks: beside the package that asks, then in the folders above it.
		for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
			const path = `${base === '' ? '' : `${base}/`}node_modules/${name}`;
			const entry = packages[path];
			if (entry !== undefined) {
				if (found.has(path) || !existsSync(join(root, path))) return;
				found.add(path);
				const needed = { ...entry.dependencies, ...entry.optionalDependencies };
				for (const other of Object.keys(needed)) visit(other, path);
				return;
			}
			if (base === '') throw new Error(`${name}, needed by ${from || 'lanner'}, is not in package-lock.json`);
		}
	};
	for (const name of names) visit(name, '');
	return [...found].sort();
}

/** Not needed to run: types, sources of maps, notes of the authors. Licences stay. */
const leftOut = /\.(?:d\.[cm]?ts|ts|map|flow)$|\/(?:README|CHANGELOG)\.md$/i;

export function copyPackages(root, target) {
	for (const path of packagePaths(root)) {
		cpSync(join(root, path), join(target, path), {
			recursive: true,
			filter: (source) =>
				!leftOut.test(source) && !source.slice(root.length + path.length + 1).includes('/node_modules'),
		});
	}
}
