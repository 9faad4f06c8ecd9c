/**
 * Many short containers, each with a file read that alerts: which alerts there were, and which of them lack the image for good.
 * By hand: node --import tsx test/e2e/containers/many.ts 200 [docker|containerd]. It says what of the time is the engine's own, by
 * running as many before Lanner is there.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Containerd } from '#test/support/containerd.ts';
import { DockerEngine, type Engine } from '#test/support/docker.ts';
import { LannerProcess } from '#test/support/lanner-process.ts';

export type ContainerAlert = {
	readonly id: string;
	readonly rule: string;
	readonly output: string;
	readonly output_fields: Readonly<Record<string, unknown>>;
	readonly lanner: { readonly amends: string | null; readonly container_id: string };
};

const atOnce = 4;
/** From the sources, on a busy machine. */
const startMs = 90_000;
export const rulesFile = join(import.meta.dirname, 'rules.yaml');

export function alertsOf(lanner: LannerProcess): ContainerAlert[] {
	return lanner.stdout.map((line) => JSON.parse(line) as ContainerAlert);
}

export async function startWatching(
	engine: Engine,
	rules: readonly string[],
): Promise<{ readonly lanner: LannerProcess; readonly stop: () => Promise<void> }> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-containers-'));
	const config = join(folder, 'lanner.yaml');
	writeFileSync(config, `probe:\n  ${engine.option}: ${engine.socket}\n`);
	const lanner = new LannerProcess([
		...['run', '--json', '--config', config, '--data', join(folder, 'data')],
		...rules.flatMap((file) => ['--rules', file]),
	]);
	await lanner.line('stderr', (line) => line.includes('"msg":"ready"'), { waitMs: startMs });
	return {
		lanner,
		stop: async () => {
			await lanner.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Alerts that show another image or none, and were not amended. */
export function withoutImage(alerts: readonly ContainerAlert[], repository: string): ContainerAlert[] {
	const known = (alert: ContainerAlert): boolean =>
		alert.output_fields['container.image.repository'] === repository;
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

const namesOf = (count: number, prefix: string): string[] =>
	Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

/** Seconds until all have run and are gone. */
async function runAll(engine: Engine, names: readonly string[]): Promise<number> {
	const startedMs = performance.now();
	const left = [...names];
	const worker = async (): Promise<void> => {
		for (let name = left.shift(); name !== undefined; name = left.shift())
			await engine.runShort(name, 'cat', '/etc/shadow');
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
	return (performance.now() - startedMs) / 1000;
}

export async function runMany(engine: Engine, lanner: LannerProcess, count: number): Promise<ManyResult> {
	const names = namesOf(count, 'many');
	const seconds = await runAll(engine, names);
	await lanner.line('stdout', (line) => line.includes(`app=${names.at(-1)}`));
	await new Promise((resolve) => setTimeout(resolve, 1000));
	const alerts = alertsOf(lanner).filter(({ output }) => output.includes('cat /etc/shadow'));
	const seen = new Set(alerts.map(({ output_fields: fields }) => fields['container.label.app']));
	return {
		seconds,
		silent: names.filter((name) => !seen.has(name)).length,
		alerts: alerts.length,
		amendments: alerts.filter(({ lanner: { amends } }) => amends !== null).length,
		withoutImage: withoutImage(alerts, engine.repository),
	};
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	const count = Number(process.argv[2] ?? 200);
	const engine = await (process.argv[3] === 'containerd' ? Containerd.start() : DockerEngine.start());
	try {
		const secondsOfEngine = await runAll(engine, namesOf(count, 'alone'));
		const { lanner, stop } = await startWatching(engine, [rulesFile]);
		const result = await runMany(engine, lanner, count);
		await stop();
		console.log(JSON.stringify({ containers: count, secondsOfEngine, ...result }, null, 2));
		process.exitCode = result.withoutImage.length === 0 && result.silent === 0 ? 0 : 1;
	} finally {
		await engine.stop();
	}
}
