/** The section `outputs`: where alerts go. */
import { oneOfList, type RelationProblem, type ValueOf } from './option.ts';
import { checkCommon, commonOptions } from './outputs/common.ts';
import { checkFile, fileOptions } from './outputs/file.ts';
import { checkProgram, programOptions } from './outputs/program.ts';
import { checkStdout, stdoutOptions } from './outputs/stdout.ts';
import { checkSyslog, syslogOptions } from './outputs/syslog.ts';
import { checkWebhook, webhookOptions } from './outputs/webhook.ts';

export const outputsSection = oneOfList({
	description:
		'Where alerts go. Each output reads the alert log at its own pace; names are places in the log, so keep them.',
	entriesMax: 64,
	default: [{ name: 'stdout', kind: 'stdout' }],
	common: commonOptions,
	variants: {
		stdout: stdoutOptions,
		file: fileOptions,
		syslog: syslogOptions,
		webhook: webhookOptions,
		program: programOptions,
	},
});

export type OutputConfig = ValueOf<typeof outputsSection>[number];

/** Relations between options that no single range can hold; paths count from the list of outputs. */
export function checkOutputs(outputs: readonly OutputConfig[]): RelationProblem[] {
	const problems: RelationProblem[] = [];
	const names = new Map<string, number>();
	const files = new Map<string, string>();
	outputs.forEach((output, i) => {
		problems.push(
			...checkSharedFile(output, files).map(({ path, message }) => ({ path: [i, ...path], message })),
		);
		const first = names.get(output.name);
		if (first !== undefined)
			problems.push({
				path: [i, 'name'],
				message: `"${output.name}" is already the name of output ${first + 1}; names must be unique`,
			});
		else names.set(output.name, i);
		const below = [...checkKind(output), ...checkCommon(output)];
		problems.push(...below.map(({ path, message }) => ({ path: [i, ...path], message })));
	});
	return problems;
}

/** Each output mends the end of its file and rotates it by itself: two would cut what the other writes. */
function checkSharedFile(output: OutputConfig, files: Map<string, string>): RelationProblem[] {
	if (output.kind !== 'file' || !output.enabled) return [];
	const other = files.get(output.path);
	files.set(output.path, output.name);
	if (other === undefined) return [];
	return [{ path: ['path'], message: `is the file of output "${other}", too; each needs its own` }];
}

function checkKind(output: OutputConfig): RelationProblem[] {
	switch (output.kind) {
		case 'syslog':
			return checkSyslog(output);
		case 'webhook':
			return checkWebhook(output, output.inFlightAlertsMax);
		case 'program':
			return checkProgram(output);
		case 'file':
			return checkFile(output);
		case 'stdout':
			return checkStdout(output);
	}
}
