/** The result of loading in the shape of Falco's validation JSON (`falco --validate` with json_output). */
import type { Diagnostic, DiagnosticCode } from '../diagnostic.ts';
import type { LoadResult } from './index.ts';

type Location = {
	readonly item_type: string;
	readonly item_name: string;
	readonly position: {
		readonly name: string;
		readonly line: number;
		readonly column: number;
		readonly offset: number;
	};
};
type Entry = {
	readonly code: DiagnosticCode;
	readonly codedesc: string;
	readonly message: string;
	readonly hint: string;
	/** The deprecated field that a LOAD_DEPRECATED_ITEM is about. */
	readonly deprecated_field?: string;
	readonly context: { readonly locations: readonly Location[]; readonly snippet: string };
};
type FileReport = {
	readonly name: string;
	readonly successful: boolean;
	/** Of the JSON schema of rules files: information only. */
	readonly schema_valid: boolean;
	readonly schema_warnings: readonly string[];
	readonly errors: readonly Entry[];
	readonly warnings: readonly Entry[];
};
export type LoadReport = { readonly falco_load_results: readonly FileReport[] };

const descriptions: Readonly<Record<DiagnosticCode, string>> = {
	LOAD_ERR_FILE_READ: 'File read error',
	LOAD_ERR_YAML_PARSE: 'YAML parse error',
	LOAD_ERR_YAML_VALIDATE: 'Error validating internal structure of YAML file',
	LOAD_ERR_COMPILE_CONDITION: 'Error compiling condition',
	LOAD_ERR_COMPILE_OUTPUT: 'Error compiling output',
	LOAD_ERR_VALIDATE: 'Error validating rule/macro/list/exception objects',
	LOAD_ERR_EXTENSION: 'Error in extension item',
	LOAD_UNKNOWN_SOURCE: 'A rule has a source that is not known',
	LOAD_UNSAFE_NA_CHECK: 'A comparison with <NA> is not safe',
	LOAD_NO_EVTTYPE: 'A condition does not restrict the event types',
	LOAD_UNKNOWN_FILTER: 'A rule that uses an unknown field or event type is left out',
	LOAD_UNUSED_MACRO: 'A macro is used nowhere',
	LOAD_UNUSED_LIST: 'A list is used nowhere',
	LOAD_UNKNOWN_ITEM: 'An item of the rules file is of no known kind',
	LOAD_DEPRECATED_ITEM: 'Something deprecated is used',
	LOAD_WARNING_EXTENSION: 'Warning in an extension item',
	LOAD_APPEND_NO_VALUES: 'An exception is appended to without values',
	LOAD_EXCEPTION_NAME_NOT_UNIQUE: 'Two exceptions of a rule have one name',
	LOAD_INVALID_MACRO_NAME: 'A macro has a name that cannot be used',
	LOAD_INVALID_LIST_NAME: 'A list has a name that cannot be used',
	LOAD_COMPILE_CONDITION: 'A condition compiles but can be doubted',
	LOAD_UNKNOWN_KEY: 'A key is unknown and ignored',
	LOAD_FIELD_UNAVAILABLE: 'A field never has a value here',
	LOAD_EVENT_UNAVAILABLE: 'A rule is only about events that never come here',
};

export function reportAsFalco(result: LoadResult): LoadReport {
	return { falco_load_results: result.files.map((name) => reportFile(name, result)) };
}

function reportFile(name: string, { diagnostics, schemas }: LoadResult): FileReport {
	const schema = schemas.get(name) ?? 'none';
	const problems = schema === 'ok' || schema === 'none' ? [] : [schema];
	const own = diagnostics.filter((diagnostic) => diagnostic.file === name);
	const errors = own.filter((diagnostic) => diagnostic.severity === 'error').map(reportEntry);
	const warnings = own.filter((diagnostic) => diagnostic.severity === 'warning').map(reportEntry);
	return {
		name,
		successful: errors.length === 0,
		schema_valid: schema === 'ok',
		schema_warnings: problems,
		errors,
		warnings,
	};
}

/** Lines and columns count from 0 here, as in Falco. */
function reportEntry(diagnostic: Diagnostic): Entry {
	const { code, message, hint, file, line, column, snippet, deprecatedField } = diagnostic;
	const position = {
		name: file,
		line: Math.max(0, line - 1),
		column: Math.max(0, column - 1),
		offset: diagnostic.offset,
	};
	const locations = diagnostic.contexts.map(({ kind, name }) => ({
		item_type: kind,
		item_name: name,
		position,
	}));
	return {
		code,
		codedesc: descriptions[code],
		message,
		hint,
		...(deprecatedField === undefined ? {} : { deprecated_field: deprecatedField }),
		context: { locations, snippet },
	};
}
