/** Configuration → output. The only place that knows all kinds. */
import type { OutputConfig } from '#platform/config/index.ts';
import type { Logger } from '#platform/logger.ts';
import type { Output } from '../output.ts';
import { createFileOutput } from './file/index.ts';
import { createProgramOutput } from './program/index.ts';
import { createStdoutOutput, type TextStream } from './stdout.ts';
import { createSyslogOutput } from './syslog/index.ts';
import { lineOf, withTemplate } from './template.ts';
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
	const { template } = config;
	const line = lineOf(template);
	switch (config.kind) {
		case 'stdout': {
			const { format, colour } = config;
			const output = createStdoutOutput({ stream: stdout, format, colour, line });
			return format === 'text' ? output : withTemplate(output, template);
		}
		case 'file': {
			const output = createFileOutput({ ...config, line, now, logger });
			return config.format === 'text' ? output : withTemplate(output, template);
		}
		case 'syslog':
			return withTemplate(createSyslogOutput(config, { now, datagramProgram }), template);
		case 'webhook':
			return withTemplate(createWebhookOutput(config, { now }), template);
		case 'program':
			return withTemplate(createProgramOutput({ ...config, env, logger }), template);
	}
}
