/**
 * The suites as data. A suite is a folder of test files for Node's runner, or one command that passes by exit code 0.
 * `needs`: tools (programs the tests use as counterparts), fleet (Kafka and Redis, see test/fleet), machines (Debian with systemd, see test/support/machine.ts), probe (built capture), cross (compiler for arm64). `skipWhen` answers null or the reason.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const minute = 60_000;

function noKernelAccess({ probeProblem }) {
	if (process.getuid() !== 0) return 'needs root to load the probe';
	if (!existsSync('/sys/kernel/btf/vmlinux')) return 'this kernel has no BTF (/sys/kernel/btf/vmlinux)';
	return probeProblem;
}

const bin = (name) => join('node_modules/.bin', name);

export const suites = {
	lint: { command: [bin('biome'), 'check', '.'], needs: [], limitMs: 2 * minute },
	types: { command: [bin('tsc'), '--noEmit'], needs: [], limitMs: 3 * minute },
	tidy: { folder: 'test/tidy', needs: [], concurrency: 2, limitMs: 3 * minute },
	unit: { folder: 'test/unit', needs: [], concurrency: 2, limitMs: 8 * minute },
	property: { folder: 'test/property', needs: [], concurrency: 2, limitMs: 5 * minute },
	golden: { folder: 'test/golden', needs: [], concurrency: 2, limitMs: 3 * minute },
	contract: { folder: 'test/contract', needs: [], concurrency: 2, limitMs: 3 * minute },
	sim: { folder: 'test/sim', needs: [], concurrency: 2, limitMs: 3 * minute },
	conformance: {
		command: [process.execPath, '--import', 'tsx', 'test/conformance/run.ts'],
		counts: true,
		needs: [],
		limitMs: 3 * minute,
		skipWhen: ({ root }) =>
			existsSync(join(root, '../shared/reference/cases'))
				? null
				: 'the reference cases (../shared/reference/cases) are not here',
	},
	integration: { folder: 'test/integration', needs: ['tools', 'fleet'], concurrency: 2, limitMs: 8 * minute },
	e2e: {
		folder: 'test/e2e',
		needs: ['tools', 'probe', 'fleet'],
		concurrency: 1,
		limitMs: 10 * minute,
		skipWhen: noKernelAccess,
	},
	cross: {
		folder: 'test/cross',
		needs: ['cross', 'probe'],
		concurrency: 1,
		limitMs: 5 * minute,
		skipWhen: ({ probeProblem }) =>
			probeProblem ??
			(existsSync('/usr/bin/aarch64-linux-gnu-gcc') ? null : 'no cross compiler (gcc-aarch64-linux-gnu)'),
	},
	// Skipped where helm is not there: `npm run test:deploy` builds it.
	chart: { folder: 'test/deploy/chart', needs: [], concurrency: 2, limitMs: 5 * minute },
	// Images, compose and privileges on a real Docker engine: minutes, so by script (npm run test:deploy).
	images: {
		folder: 'test/deploy/images',
		needs: ['tools', 'fleet', 'chart-tools'],
		concurrency: 1,
		limitMs: 60 * minute,
		inherit: true,
	},
	// Not in `npm test`: packages are built, machines are booted (npm run test:packages).
	packages: {
		folder: 'test/deploy/hosts',
		needs: ['fleet', 'machines', 'probe'],
		concurrency: 1,
		limitMs: 40 * minute,
		skipWhen: noKernelAccess,
	},
	// What deploy/docs/day-two.md says, tried on a fleet at work; not in npm test (npm run test:day-two).
	'day-two': { folder: 'test/day-two', needs: ['fleet'], concurrency: 1, limitMs: 20 * minute },
	// Small parameters: that a bench still runs, not what it measures.
	smoke: {
		folder: 'test/bench',
		needs: [],
		concurrency: 1,
		limitMs: 3 * minute,
		env: { LANNER_BENCH: 'smoke' },
	},
	bench: {
		folder: 'test/bench',
		needs: ['probe'],
		concurrency: 1,
		limitMs: 60 * minute,
		env: { LANNER_BENCH: 'full' },
		inherit: true,
	},
};

const check = [
	'lint',
	'types',
	'tidy',
	'unit',
	'property',
	'golden',
	'contract',
	'sim',
	'conformance',
	'chart',
	'smoke',
];

export const groups = {
	check,
	all: [...check.slice(0, -1), 'integration', 'e2e', 'cross', 'smoke'],
};
