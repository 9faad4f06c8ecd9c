/** Options of the output `file`. */
import { boolean, choice, integer, type RelationProblem, required, text, type ValueOf } from '../option.ts';

export const fileOptions = {
	path: text({
		default: required,
		path: true,
		description: 'File that alerts are appended to; made with mode 0600.',
	}),
	format: choice(['json', 'text'], {
		default: 'json',
		description: 'JSON lines, or the text line of stdout.',
	}),
	rotateBytes: integer({
		default: 0,
		min: 0,
		max: 2 ** 40,
		unit: 'bytes',
		description: 'Before the file grows beyond this it is moved to PATH.TIME and begun anew; 0 = never.',
	}),
	rotateHours: integer({
		default: 0,
		min: 0,
		max: 87_600,
		unit: 'hours',
		description: 'The same once the file is so old; 0 = never.',
	}),
	compress: boolean({ default: true, description: 'Whether rotated files are compressed with gzip.' }),
	keepFiles: integer({
		default: 10,
		min: 1,
		max: 10_000,
		description: 'Rotated files kept; the oldest are removed.',
	}),
	keepHours: integer({
		default: 0,
		min: 0,
		max: 87_600,
		unit: 'hours',
		description: 'Age to which rotated files are kept; 0 = any age.',
	}),
	sync: choice(['never', 'interval', 'batch'], {
		default: 'never',
		description: 'When lines are forced to the disk: left to the kernel, every second, or before each ack.',
	}),
};

/** Paths count from the output. */
export function checkFile(output: ValueOf<typeof fileOptions>): RelationProblem[] {
	if (output.rotateBytes > 0 || output.rotateHours > 0) return [];
	return (['keepFiles', 'keepHours'] as const)
		.filter((option) => output[option] !== fileOptions[option].default)
		.map((option) => ({
			path: [option],
			message: `${output[option]} has no meaning without rotateBytes or rotateHours; set one, or leave it out`,
		}));
}
