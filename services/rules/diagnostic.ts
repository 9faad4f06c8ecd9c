/** What is wrong with a rules file: stable code (Falco's), a sentence of ours, where, and what to do. */

export type DiagnosticCode =
	| 'LOAD_ERR_FILE_READ'
	| 'LOAD_ERR_YAML_PARSE'
	| 'LOAD_ERR_YAML_VALIDATE'
	| 'LOAD_ERR_COMPILE_CONDITION'
	| 'LOAD_ERR_COMPILE_OUTPUT'
	| 'LOAD_ERR_VALIDATE'
	| 'LOAD_ERR_EXTENSION'
	| 'LOAD_UNKNOWN_SOURCE'
	| 'LOAD_UNSAFE_NA_CHECK'
	| 'LOAD_NO_EVTTYPE'
	| 'LOAD_UNKNOWN_FILTER'
	| 'LOAD_UNUSED_MACRO'
	| 'LOAD_UNUSED_LIST'
	| 'LOAD_UNKNOWN_ITEM'
	| 'LOAD_DEPRECATED_ITEM'
	| 'LOAD_WARNING_EXTENSION'
	| 'LOAD_APPEND_NO_VALUES'
	| 'LOAD_EXCEPTION_NAME_NOT_UNIQUE'
	| 'LOAD_INVALID_MACRO_NAME'
	| 'LOAD_INVALID_LIST_NAME'
	| 'LOAD_COMPILE_CONDITION'
	| 'LOAD_UNKNOWN_KEY'
	| 'LOAD_FIELD_UNAVAILABLE'
	| 'LOAD_EVENT_UNAVAILABLE';

/** One step of "where": the item and its name, outermost first (`['rule', 'Read shadow']`, `['condition', '']`). */
export type DiagnosticContext = { readonly kind: string; readonly name: string };

export type Diagnostic = {
	readonly severity: 'error' | 'warning';
	readonly code: DiagnosticCode;
	/** What failed, with which value. */
	readonly message: string;
	/** What to do about it; empty when the message says it all. */
	readonly hint: string;
	readonly file: string;
	/** 1-based; 0 = the whole file. */
	readonly line: number;
	/** 1-based, in characters; 0 = the whole line. */
	readonly column: number;
	/** From the beginning of the file, in characters. */
	readonly offset: number;
	/** The source lines around it, without caret; empty when there are none. */
	readonly snippet: string;
	readonly contexts: readonly DiagnosticContext[];
	/** Of LOAD_DEPRECATED_ITEM: the field, where it is one. */
	readonly deprecatedField?: string;
};
