/** Options of the output `program`. */
import { choice, integer, type RelationProblem, required, text, texts, type ValueOf } from '../option.ts';

export const programOptions = {
	program: text({
		default: required,
		path: true,
		description: 'Path of the program; started without a shell, alerts as JSON lines on its standard input.',
	}),
	args: texts({ default: [], description: 'Its arguments.' }),
	mode: choice(['stream', 'once'], {
		default: 'stream',
		description:
			'One process that keeps running, or one for each alert, whose exit code is the result (0, 65 refused, 78 blocked, else retry).',
	}),
	environment: texts({
		default: [],
		description: 'Names of environment variables it gets beside PATH, LANG and TZ.',
	}),
	writeTimeoutMs: integer({
		default: 10_000,
		min: 100,
		max: 300_000,
		unit: 'milliseconds',
		description: 'stream: time in which it must take an alert from its standard input.',
	}),
	runTimeoutMs: integer({
		default: 30_000,
		min: 100,
		max: 3_600_000,
		unit: 'milliseconds',
		description: 'once: time in which it must have ended.',
	}),
	outputBytesMax: integer({
		default: 16_384,
		min: 0,
		max: 1_048_576,
		unit: 'bytes',
		description: 'What it may write to our log for an alert (stream: in a second); the rest is counted.',
	}),
};

const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** Paths count from the output. */
export function checkProgram(output: ValueOf<typeof programOptions>): RelationProblem[] {
	const { environment, mode } = output;
	const problems: RelationProblem[] = [];
	const wrong = environment.findIndex((name) => !variableName.test(name));
	if (wrong !== -1)
		problems.push({
			path: ['environment', wrong],
			message: `"${environment[wrong]}" is not the name of a variable; names only, their values come from the environment of lanner`,
		});
	const [option, other] =
		mode === 'once' ? (['writeTimeoutMs', 'stream'] as const) : (['runTimeoutMs', 'once'] as const);
	if (output[option] !== programOptions[option].default)
		problems.push({
			path: [option],
			message: `${output[option]} has no meaning with mode ${mode}; only with ${other}`,
		});
	return problems;
}
