/**
 * The test runner behind `npm test`, `npm run check` and `npm run bench`. Sets up what the suites need, runs them one
 * after another, prints a table by suite and, last, one line `N passed, N failed[, N skipped]`. Test files are listed
 * here, because Node's own runner passes when its list of files is empty; a suite without files fails.
 *
 *   node test/run.mjs all | check | SUITE…  [-- FILE…]   (FILE: only test files whose path contains it)
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBundle } from '../deploy/setup/bundle.mjs';
import { ensureChartTools } from '../deploy/setup/chart-tools.mjs';
import {
	crossPackages,
	ensureDebianPackages,
	fleetPackages,
	machinePackages,
	testPackages,
} from '../deploy/setup/debian.mjs';
import { ensureGoExample, ensurePythonExample } from '../deploy/setup/examples.mjs';
import { ensureKafka } from '../deploy/setup/kafka.mjs';
import { ensureMachineImage } from '../deploy/setup/machine-image.mjs';
import { ensurePackages } from '../deploy/setup/packages.mjs';
import { ensureProbe } from '../deploy/setup/probe.mjs';
import { ensurePromtool } from '../deploy/setup/promtool.mjs';
import { explain } from '../deploy/setup/step.mjs';
import { runCommandSuite, runFileSuite } from './runner/run-suite.mjs';
import { groups, suites } from './runner/suites.mjs';
import { printSummary } from './runner/summary.mjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');

function chooseSuites(names) {
	const wanted = names.flatMap((name) => groups[name] ?? [name]);
	for (const name of wanted) {
		if (suites[name] !== undefined) continue;
		console.error(
			`unknown suite ${name}; suites: ${Object.keys(suites).join(' ')}; groups: ${Object.keys(groups).join(' ')}`,
		);
		process.exit(2);
	}
	return [...new Set(wanted)];
}

async function ensureTools(packages) {
	if (process.getuid() === 0) await ensureDebianPackages('for the tests', packages);
}

async function attempt(work) {
	try {
		await work();
	} catch (error) {
		console.error(explain(error));
	}
}

async function setUp(names) {
	const needs = new Set(names.flatMap((name) => suites[name].needs));
	await ensurePackages(root, { dev: true });
	// The tests that need what cannot be had skip themselves and say so.
	if (needs.has('tools')) await attempt(() => ensureTools(testPackages));
	if (needs.has('tools')) await attempt(() => ensurePromtool(root));
	if (needs.has('fleet')) {
		await attempt(() => ensureTools(fleetPackages));
		await attempt(() => ensureKafka(root));
		await attempt(() => ensurePythonExample(root));
		await attempt(() => ensureGoExample(root));
	}
	if (needs.has('cross')) await attempt(() => ensureTools(crossPackages));
	if (needs.has('chart-tools')) await attempt(() => ensureChartTools(root));
	if (needs.has('machines')) {
		await attempt(() => ensureTools(machinePackages));
		await attempt(() => ensureMachineImage(root));
	}
	await ensureBundle(root);
	if (!needs.has('probe')) return null;
	try {
		await ensureProbe(root);
		return null;
	} catch (error) {
		return explain(error);
	}
}

const args = process.argv.slice(2);
const split = args.includes('--') ? args.indexOf('--') : args.length;
const names = chooseSuites(args.slice(0, split).length === 0 ? ['all'] : args.slice(0, split));
const only = args.slice(split + 1);

const probeProblem = await setUp(names).catch((error) => {
	console.error(explain(error));
	process.exit(3);
});
mkdirSync(join(root, 'dist'), { recursive: true });

const results = [];
for (const name of names) {
	const suite = suites[name];
	const skip = suite.skipWhen?.({ root, probeProblem }) ?? null;
	if (skip !== null) results.push({ name, passed: 0, failed: 0, skipped: 1, seconds: 0, why: skip });
	else if (suite.folder !== undefined) results.push(await runFileSuite({ root, name, suite, only }));
	else results.push(await runCommandSuite({ root, name, suite }));
	if (skip !== null) console.log(`── ${name}: skipped, ${skip}`);
}
process.exitCode = printSummary(results);
