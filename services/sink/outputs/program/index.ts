/**
 * A program of the user's, started without a shell, that gets alerts as JSON lines on its standard input: one that keeps running
 * (`stream.ts`), or one for each alert (`once.ts`). What both have in common (environment, group, what they write) is in `process.ts`.
 */
import type { Output } from '../../output.ts';
import { createOnceOutput } from './once.ts';
import type { ProgramOptions } from './process.ts';
import { createStreamOutput } from './stream.ts';

export function createProgramOutput(
	options: ProgramOptions & {
		readonly mode: 'stream' | 'once';
		readonly writeTimeoutMs: number;
		readonly runTimeoutMs: number;
	},
): Output {
	return options.mode === 'once' ? createOnceOutput(options) : createStreamOutput(options);
}
