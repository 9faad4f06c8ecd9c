/**
 * Many short containers, each with a file read that alerts: which alerts there were, and which of them lack the image for good.
 * By hand: node --import tsx test/e2e/containers/many.ts 200 (about a minute on a quiet machine).
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DockerEngine, image } from '#test/support/docker.ts';
import { LannerProcess } from '#test/support/lanner-process.ts';

export type ContainerAlert = {
	readonly id: string;
	readonly rule: string;
	readonly output: string;
	readonly output_fields: Readonly<Record<string, unknown>>;
	readonly lanner: { readonly amends: string | null; readonly container_id: string };
};

const atOnce = 4;
export const rulesFile = join(import.meta.dirname, 'rules.yaml');

export function alertsOf(lanner: LannerProcess): ContainerAlert[] {
	return lanner.stdout.map((line) => JSON.parse(line) as ContainerAlert);
}

export async function startWatching(
	engine: DockerEngine,
	rules: readonly string[],
): Promise<{ readonly lanner: LannerProcess; readonly stop: () => Promise<void> }> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-containers-'));
	const config = join(folder, 'lanner.yaml');
	writeFileSync(config, `probe:\n  dockerSocket: ${engine.socket}\n`);
	const lanner = new LannerProcess([
		...['run', '--json', '--config', config, '--data', join(folder, 'data')],
		...rules.flatMap((file) => ['--rules', file]),
	]);
	await lanner.ready();
	return {
		lanner,
		stop: async () => {
			await lanner.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Alerts about an image that show none, and were not amended. */
export function withoutImage(alerts: readonly ContainerAlert[]): ContainerAlert[] {
	const known = (alert: ContainerAlert): boolean =>
		alert.output_fields['container.image.repository'] === image.split(':')[0];
	const amended = new Set(alerts.filter(known).map(({ lanner }) => lanner.amends));
	return alerts.filter((alert) => !known(alert) && !amended.has(alert.id));
}

export type ManyResult = {
	readonly seconds: number;
	/** Containers of which no alert came. */
	readonly silent: number;
	readonly alerts: number;
	readonly amendments: number;
	readonly withoutImage: readonly ContainerAlert[];
};

export async function runMany(
	engine: DockerEngine,
	lanner: LannerProcess,
	count: number,
): Promise<ManyResult> {
	const startedMs = performance.now();
	const names = Array.from({ length: count }, (_, i) => `many-${i}`);
	const left = [...names];
	const worker = async (): Promise<void> => {
		for (let name = left.shift(); name !== undefined; name = left.shift())
			await engine.run(['--name', name, '--label', `app=${name}`], 'cat', '/etc/shadow');
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	const seconds = (performance.now() - startedMs) / 1000;
	await lanner.line('stdout', (line) => line.includes(`app=${names.at(-1)}`));
	await new Promise((resolve) => setTimeout(resolve, 1000));
	const alerts = alertsOf(lanner).filter(({ output }) => output.includes('cat /etc/shadow'));
	const seen = new Set(alerts.map(({ output_fields: fields }) => fields['container.name']));
	return {
		seconds,
		silent: names.filter((name) => !seen.has(name)).length,
		alerts: alerts.length,
		amendments: alerts.filter(({ lanner: { amends } }) => amends !== null).length,
		withoutImage: withoutImage(alerts),
	};
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const count = Number(process.argv[2] ?? 200);
	const engine = await DockerEngine.start();
	try {
		const { lanner, stop } = await startWatching(engine, [rulesFile]);
		const result = await runMany(engine, lanner, count);
		await stop();
		console.log(JSON.stringify({ containers: count, ...result }, null, 2));
		process.exitCode = result.withoutImage.length === 0 && result.silent === 0 ? 0 : 1;
	} finally {
		await engine.stop();
	}
}
