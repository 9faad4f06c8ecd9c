/** Configuration → output. The only place that knows all kinds. */
import type { OutputConfig } from '#platform/config/index.ts';
import type { Logger } from '#platform/logger.ts';
import type { Output } from '../output.ts';
import { createFileOutput } from './file/index.ts';
import { createProgramOutput } from './program/index.ts';
import { createStdoutOutput, type TextStream } from './stdout.ts';
import { createSyslogOutput } from './syslog/index.ts';
import { createWebhookOutput } from './webhook/index.ts';

export type OutputSurroundings = {
	readonly stdout: TextStream;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly now: () => number;
	readonly logger: Logger;
	/** The helper that speaks to unix datagram sockets (probe/build/datagram). */
	readonly datagramProgram: string;
};

export function createOutput(
	config: OutputConfig,
	{ stdout, env, now, logger, datagramProgram }: OutputSurroundings,
): Output {
	switch (config.kind) {
		case 'stdout':
			return createStdoutOutput({ stream: stdout, format: config.format, colour: config.colour });
		case 'file':
			return createFileOutput({ ...config, now, logger });
		case 'syslog':
			return createSyslogOutput(config, { now, datagramProgram });
		case 'webhook':
			return createWebhookOutput(config, { now });
		case 'program':
			return createProgramOutput({ ...config, env, logger });
	}
}
