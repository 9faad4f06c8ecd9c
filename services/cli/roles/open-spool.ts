/** The agent's spool, in the data folder: only for a log that can be away. */
import { Spool } from '#agent/spool/spool.ts';
import type { Settings } from './settings.ts';

const hourMs = 3_600_000;

export function openSpool({ config, dataFolder, logger }: Settings): Promise<Spool> {
	const { spoolBytesMax, spoolAgeMaxHours, spoolSyncMs } = config.probe;
	return Spool.open({
		folder: `${dataFolder}/spool`,
		bytesMax: spoolBytesMax,
		ageMaxMs: spoolAgeMaxHours * hourMs,
		syncMs: spoolSyncMs,
		now: Date.now,
		nowMs: () => performance.now(),
		onProblem: (error) => logger.error({ err: error }, 'the spool cannot be brought to the disk'),
	});
}
