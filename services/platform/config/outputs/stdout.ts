/** Options of the output `stdout`. */
import { choice, type RelationProblem, type ValueOf } from '../option.ts';

export const stdoutOptions = {
	format: choice(['text', 'json'], {
		default: 'text',
		description: "Falco's text line, or JSON lines.",
	}),
	colour: choice(['auto', 'always', 'never'], {
		default: 'auto',
		description: 'Colour by priority; auto = on a terminal.',
	}),
};

export function checkStdout({ format, colour }: ValueOf<typeof stdoutOptions>): RelationProblem[] {
	if (format === 'text' || colour !== 'always') return [];
	return [{ path: ['colour'], message: '"always" goes only with format text' }];
}
