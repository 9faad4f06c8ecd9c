/** What ships: the list of the npm package, and the packages that must lie beside the bundle. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { debianVersion } from '../../../deploy/package/deb.mjs';
import { outsideBundle, packagePaths } from '../../../deploy/package/node-modules.mjs';

const root = join(import.meta.dirname, '../../..');

test('what the sources require at run time is what packages ship beside the bundle', () => {
	const required = new Set();
	for (const name of readdirSync(join(root, 'services'), { recursive: true })) {
		if (!name.endsWith('.ts')) continue;
		for (const [, path] of readFileSync(join(root, 'services', name), 'utf8').matchAll(
			/\brequire\('([^']+)'\)/g,
		))
			required.add(/^(?:@[^/]+\/)?[^/]+/.exec(path)[0]);
	}
	assert.deepEqual([...required].sort(), [...outsideBundle].sort());
});

test('packages that native ones need for this platform are shipped with them', () => {
	const paths = packagePaths(root);
	for (const name of ['snappy', '@napi-rs/snappy-linux-x64-gnu', '@node-rs/crc32-linux-x64-gnu', 'lz4-napi'])
		assert.ok(paths.includes(`node_modules/${name}`), `${name} is not among ${paths.join(' ')}`);
	assert.ok(!paths.some((path) => path.includes('esbuild')), 'esbuild builds, it does not run');
});

test('a package that is not in the lock file is an error, not an omission', () => {
	assert.throws(() => packagePaths(root, ['no-such-package']), /no-such-package, needed by lanner/);
});

test('the npm package holds rules, recording, launcher and the files of the console, and no sources', () => {
	const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
		cwd: root,
		encoding: 'utf8',
	});
	const names = JSON.parse(said)[0].files.map(({ path }) => path);
	for (const name of [
		'lanner',
		'LICENSE',
		'deploy/lanner.yaml',
		'deploy/rules/10-execution.yaml',
		'deploy/demo/recorded-host.avro',
		'services/console/page/index.html',
		'services/console/page/main.mjs',
	])
		assert.ok(names.includes(name), `${name} is missing`);
	const strange = names.filter((name) =>
		/\.(?:ts|c|h|o)$|^(?:test|services(?!\/console\/page)|schemas)\/|lock\.json$/.test(name),
	);
	assert.deepEqual(strange, []);
});

test('Debian sorts a release candidate before its release', () => {
	assert.equal(debianVersion('1.2.0-rc.1'), '1.2.0~rc.1');
	assert.equal(debianVersion('1.2.0'), '1.2.0');
});
