/**
 * Reporter for Node's test runner: one JSON object a line, written where the runner (a parent process) reads it. Counts
 * are of leaf tests: a `describe` or a test that only holds others is not counted beside them. A test file that fails
 * outside any test (it does not load, or exits) counts as one failure.
 */
import { resolve } from 'node:path';

function shorten(error) {
	const cause = error?.cause ?? error;
	return String(cause?.stack ?? cause?.message ?? cause).slice(0, 6000);
}

function describe(type, data) {
	const { name, file, details } = data;
	const cause = details?.error?.failureType;
	return {
		type:
			data.skip !== undefined && data.skip !== false
				? 'skip'
				: data.todo !== undefined && data.todo !== false
					? 'skip'
					: type,
		name,
		file: file ?? '',
		isSuite: details?.type === 'suite' || cause === 'subtestsFailed',
		reason: typeof data.skip === 'string' ? data.skip : '',
		ms: Math.round(details?.duration_ms ?? 0),
		error: type === 'fail' ? shorten(details?.error) : '',
	};
}

export default async function* report(source) {
	// A parent is reported after its children: pass events of a file-level wrapper or of a test with subtests are told
	// from leaves by the children seen one level deeper since.
	const childrenAt = [];
	for await (const { type, data } of source) {
		if (type === 'test:pass' || type === 'test:fail') {
			const level = data.nesting;
			const hasChildren = (childrenAt[level + 1] ?? 0) > 0;
			childrenAt[level] = (childrenAt[level] ?? 0) + 1;
			childrenAt[level + 1] = 0;
			const line = describe(type.slice('test:'.length), data);
			// One that is skipped whole stands for what it holds.
			const isSkippedWhole = line.type === 'skip' && !hasChildren;
			const onlyHolds = (line.isSuite && !isSkippedWhole) || (hasChildren && line.type === 'pass');
			// Node reports a file without a single test as a test that passed, named after the file.
			if (line.type === 'pass' && !hasChildren && line.file !== '' && resolve(line.name) === line.file) {
				Object.assign(line, { type: 'fail', error: 'the file holds no test' });
			}
			if (!onlyHolds) yield `${JSON.stringify(line)}\n`;
		} else if (type === 'test:stderr' || type === 'test:stdout') {
			yield `${JSON.stringify({ type: 'output', file: data.file ?? '', text: data.message })}\n`;
		}
	}
}
