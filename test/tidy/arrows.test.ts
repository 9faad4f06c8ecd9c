/** The import arrows of DESIGN section 3, as data with the reason for each; what is not listed is not allowed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { root, sourceFiles } from './tree.ts';

const arrows: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	schemas: {},
	'services/state': { '#schemas': 'the fold reads events and writes state records' },
	'services/rules': {
		'#schemas': 'fields read events; texts remember what rules found out about them',
		'#state': 'process fields are looked up in the process tree',
	},
	'services/platform': { '#schemas': 'priorities of alerts, which outputs choose by' },
	'services/log': {
		'#schemas': 'recordings are Avro files of batches',
		'#platform': 'folder lock and checksums',
	},
	'services/store': { '#schemas': 'state records', '#platform': 'folder lock and checksums' },
	'services/evaluator': {
		'#schemas': 'batches in, alerts out',
		'#state': 'joins events with the process tree',
		'#rules': 'matches',
		'#log': 'the port it consumes and appends through',
		'#store': 'the port it commits through',
		'#platform': 'logger and metrics',
	},
	'services/sink': {
		'#schemas': 'alerts',
		'#rules': 'when, template and grouping of an output are in its language',
		'#log': 'the port it consumes through',
		'#platform': 'logger, metrics, escaping',
	},
	'services/console': {
		'#schemas': 'alerts, state of hosts',
		'#log': 'the port it consumes through',
		'#platform': 'logger, metrics',
	},
	'probe/agent': {
		'#schemas': 'frames become batches',
		'#log': 'the port it appends through',
		'#platform': 'logger and metrics',
	},
	'services/cli': {
		'#schemas': 'the only place that names concrete adapters and wires every role',
		'#state': 'wiring',
		'#rules': 'wiring',
		'#log': 'wiring',
		'#store': 'wiring',
		'#evaluator': 'wiring',
		'#sink': 'wiring',
		'#console': 'wiring',
		'#agent': 'wiring',
		'#platform': 'wiring',
	},
};

/** Nothing of the outside world: no I/O, no clock, no environment (hashing is a pure function). */
const pureFolders = ['services/rules', 'services/state'];
/** Build-time generators of committed tables; never imported by the product. */
const generators = /\/generate(\/|\.ts$)/;
const pureModules = new Set(['node:crypto', 'node:assert', 'node:assert/strict']);
const impureGlobals =
	/\b(?:Date\.now|new Date\(\)|performance\.now|process\.(?:env\b|hrtime\b|cwd\()|Math\.random|setTimeout\(|fetch\()/;

function folderOf(file: string): string {
	const found = Object.keys(arrows).find((folder) => file.startsWith(`${folder}/`));
	assert.ok(found, `${file} is in no folder that DESIGN section 3 names`);
	return found;
}

/** Also `import('…')` and `export … from`. */
function importsOf(text: string): string[] {
	return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] as string);
}

const files = sourceFiles().filter(
	(file) => file.endsWith('.ts') && !file.startsWith('test/') && !file.startsWith('deploy/'),
);

test('imports across folders follow the arrows', () => {
	const wrong: string[] = [];
	for (const file of files) {
		const folder = folderOf(file);
		for (const target of importsOf(readFileSync(join(root, file), 'utf8'))) {
			if (target.startsWith('#')) {
				const alias = target.slice(0, target.indexOf('/'));
				const own = alias === `#${folder.split('/').at(-1)}`;
				if (own) wrong.push(`${file} imports ${target}: inside a folder use a relative path`);
				else if (!(alias in (arrows[folder] ?? {})))
					wrong.push(`${file} imports ${target}: no arrow ${folder} → ${alias}`);
			} else if (target.startsWith('.')) {
				const to = relative(root, join(root, dirname(file), target));
				if (!to.startsWith(`${folder}/`))
					wrong.push(`${file} imports ${target}: leaves its folder, use a # import`);
			}
		}
	}
	assert.deepEqual(wrong, []);
});

test('rules and state do no I/O and read no clock, environment or randomness', () => {
	const wrong: string[] = [];
	for (const file of files) {
		if (!pureFolders.some((folder) => file.startsWith(`${folder}/`)) || generators.test(file)) continue;
		const text = readFileSync(join(root, file), 'utf8');
		for (const target of importsOf(text)) {
			if (target.startsWith('node:') && !pureModules.has(target)) wrong.push(`${file} imports ${target}`);
		}
		const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
		const found = impureGlobals.exec(code);
		if (found !== null) wrong.push(`${file} uses ${found[0]}`);
	}
	assert.deepEqual(wrong, []);
});

test('no import cycle between files', () => {
	const edges = new Map<string, string[]>();
	for (const file of files) {
		// Types vanish at run time: a cycle of types alone is none.
		const text = readFileSync(join(root, file), 'utf8').replace(/^(?:import|export) type [\s\S]*?;$/gm, '');
		edges.set(
			file,
			importsOf(text)
				.filter((target) => target.startsWith('.'))
				.map((target) => relative(root, join(root, dirname(file), target))),
		);
	}
	const state = new Map<string, 'open' | 'done'>();
	const cycles: string[] = [];
	const visit = (file: string, path: readonly string[]): void => {
		if (state.get(file) === 'done') return;
		if (state.get(file) === 'open') {
			cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
			return;
		}
		state.set(file, 'open');
		for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
		state.set(file, 'done');
	};
	for (const file of edges.keys()) visit(file, []);
	assert.deepEqual(cycles, []);
});
