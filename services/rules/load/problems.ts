/** Collects diagnostics, bounded; knows how a place becomes file, line, column and snippet. */
import type { Diagnostic, DiagnosticCode, DiagnosticContext } from '../diagnostic.ts';
import type { Origin } from './definitions.ts';

/** Further diagnostics are counted, not kept. */
export const diagnosticsMax = 1000;

export type Problem = {
	readonly code: DiagnosticCode;
	readonly message: string;
	readonly hint?: string;
	readonly origin: Origin;
	readonly contexts: readonly DiagnosticContext[];
	/** Shown instead of the file's lines, for text that is not in the file as it stands. */
	readonly snippet?: string;
	/** Of LOAD_DEPRECATED_ITEM: the field, where it is one. */
	readonly deprecatedField?: string;
};

export class Problems {
	readonly diagnostics: Diagnostic[] = [];
	/** How many were left out after `diagnosticsMax`. */
	omitted = 0;
	errorCount = 0;
	/** Files with at least one error. */
	readonly filesWithErrors = new Set<string>();

	error(problem: Problem): void {
		this.errorCount++;
		this.filesWithErrors.add(problem.origin.source.name);
		this.add('error', problem);
	}

	warn(problem: Problem): void {
		this.add('warning', problem);
	}

	private add(severity: Diagnostic['severity'], problem: Problem): void {
		if (this.diagnostics.length >= diagnosticsMax) {
			this.omitted++;
			return;
		}
		const { source, offset } = problem.origin;
		const { line, column } = source.placeAt(offset);
		this.diagnostics.push({
			severity,
			code: problem.code,
			message: problem.message,
			hint: problem.hint ?? '',
			file: source.name,
			line,
			column,
			offset,
			snippet: problem.snippet ?? source.snippetAround(line),
			contexts: problem.contexts,
			...(problem.deprecatedField === undefined ? {} : { deprecatedField: problem.deprecatedField }),
		});
	}
}
