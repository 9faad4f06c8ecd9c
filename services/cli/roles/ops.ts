/** Metrics and health of a role: what it says about itself, and the server that tells it when `ops.<role>Port` is given. */
import { Metrics } from '#platform/metrics.ts';
import { collectProcessMetrics } from '#platform/ops/process-metrics.ts';
import { startOpsServer } from '#platform/ops/server.ts';
import { FailureError, type Io } from '../command.ts';
import { readVersion } from '../commands/version.ts';
import type { Settings } from './settings.ts';

export type OpsRole = 'run' | 'probe' | 'evaluator' | 'sink' | 'console';

export class Ops {
	readonly metrics = new Metrics();
	readonly #missing = new Map<string, () => string | null>();
	#close: () => Promise<void> = async () => {};

	/** `missing`: what `part` of the role lacks to do its work, for people; null = nothing. */
	readiness(part: string, missing: () => string | null): void {
		this.#missing.set(part, missing);
	}

	missing(): string[] {
		return [...this.#missing].flatMap(([part, missing]) => {
			const what = missing();
			return what === null ? [] : [`${part}: ${what}`];
		});
	}

	async listen(role: OpsRole, { config, logger }: Pick<Settings, 'config' | 'logger'>): Promise<void> {
		const { host } = config.ops;
		const port = config.ops[`${role}Port`];
		if (port === null) return;
		try {
			const { metrics } = this;
			const server = await startOpsServer({ host, port, metrics, missing: () => this.missing() });
			this.#close = () => server.close();
		} catch (error) {
			throw new FailureError(
				`metrics cannot be served on ${host}:${port}: ${(error as Error).message}`,
				`choose another ops.${role}Port or ops.host, or null to switch them off`,
			);
		}
		logger.info({ host, port }, 'metrics and health are served');
	}

	async close(): Promise<void> {
		await this.#close();
	}
}

/** Before the role starts: a probe that asks meanwhile hears that it is not ready. */
export async function startOps(
	role: OpsRole,
	settings: Pick<Settings, 'config' | 'logger'>,
	{ root }: Pick<Io, 'root'>,
): Promise<Ops> {
	const ops = new Ops();
	collectProcessMetrics(ops.metrics, readVersion(root));
	await ops.listen(role, settings);
	return ops;
}
