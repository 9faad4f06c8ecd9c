/** Options of the scripts in `test`: `--help` prints the comment at the head of the script, which is where its options are described. */
import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * The values of `options` from the command line of the script `file`. Ends the process: 0 after --help, 2 for an option or a value
 * that is not accepted, with what is wrong and the help.
 */
export function scriptOptions<const T extends NonNullable<ParseArgsConfig['options']>>(
	file: string,
	options: T,
) {
	if (process.argv.some((argument) => argument === '--help' || argument === '-h')) {
		console.log(headOf(file));
		process.exit(0);
	}
	try {
		return parseArgs({ options }).values;
	} catch (error) {
		if (!String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS')) throw error;
		console.error(`${(error as Error).message.split('. ')[0]}\n\n${headOf(file)}`);
		process.exit(2);
	}
}

function headOf(file: string): string {
	const [, comment] = /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, 'utf8')) ?? [];
	return (comment ?? '').replace(/^\s*\* ?/gm, '').trim();
}
