/**
 * What the compiler needs to know of a field, whatever it is a field of: system call events, alerts (the sink's `when`
 * filters) or given values (`lanner filter --fields`). A catalogue is a closed set of such definitions.
 *
 * Values at run time, by type; `null` is always "no value" (every comparison is then false):
 * - CHARBUF, FSPATH, FSRELPATH, BYTEBUF: `Text` (byte string, one character per byte; see schemas/text.ts). Strings (not
 *   BYTEBUF) end before their first NUL: the extractor cuts there, comparisons do not look for it.
 * - IPADDR, IPNET: `Text` of the 4 or 16 address bytes
 * - BOOL: boolean
 * - every other type: `number`, or `bigint` where 2^53 can be passed (compare with `==` and `<`, never `===`)
 * - list fields: an array of the above
 */
import type { Text } from '#schemas/text.ts';

export type FieldType =
	| 'CHARBUF'
	| 'FSPATH'
	| 'FSRELPATH'
	| 'BYTEBUF'
	| 'INT8'
	| 'INT16'
	| 'INT32'
	| 'INT64'
	| 'UINT8'
	| 'UINT16'
	| 'UINT32'
	| 'UINT64'
	| 'PORT'
	| 'ABSTIME'
	| 'RELTIME'
	| 'DOUBLE'
	| 'BOOL'
	| 'IPADDR'
	| 'IPNET'
	| 'DYNAMIC';

/** How numbers are printed; as in fields.tsv of the reference. */
export type PrintFormat = 'NA' | 'DEC' | 'HEX' | 'OCT' | 'ID' | '10_PADDED_DEC';

export type FieldFlag =
	| 'FILTER_ONLY'
	| 'PRINT_ONLY'
	| 'TABLE_ONLY'
	| 'HIDDEN'
	| 'DEPRECATED'
	| 'NO_TRANSFORMER'
	| 'NO_RHS'
	| 'SUGGESTED_OUTPUT';

export type Scalar = Text | number | bigint | boolean;
export type FieldValue = Scalar | readonly Scalar[] | null;

/** Which argument a field takes in brackets or after a dot. */
export type FieldArgument = 'none' | 'optional' | 'required';

/**
 * Reads a field from `subject` (for system calls: the event reader joined with the process tree).
 * Must not keep `subject`; must not allocate where it can be avoided.
 */
export type Extractor<Subject> = (subject: Subject) => FieldValue;

export type FieldDefinition<Subject> = {
	/** Full name, for example `proc.aname`. */
	readonly name: string;
	readonly type: FieldType;
	readonly isList: boolean;
	/** For type DYNAMIC (`evt.rawarg.NAME`): the type that the argument decides. Throws `FieldArgumentError`. */
	readonly typeOf?: (argument: string | null) => FieldType;
	readonly print: PrintFormat;
	readonly argument: FieldArgument;
	/** How the argument may be written: `thread.cgroup.cpu`, `proc.env[HOME]`. Absent: either way. */
	readonly argumentForm?: 'dot' | 'brackets';
	readonly flags: ReadonlySet<FieldFlag>;
	/** One sentence for people; shown by `lanner rules fields`. */
	readonly meaning: string;
	/** Why the stream cannot give it (yet); loading a rule that uses it warns with this. Absent: it can. */
	readonly unavailable?: string;
	/**
	 * Several values stand for the field (fd.ip, fd.port, fd.net; proc.aname) when it has no argument: the extractor returns an array,
	 * comparisons hold when any element satisfies them; `!=` only when every element differs.
	 */
	readonly anyOf?: boolean;
	/**
	 * True when the value depends on the event's type alone (evt.type, evt.category…): the compiler then folds
	 * comparisons at load, per event type, by calling the bound extractor with `undefined`, which it must not look at.
	 */
	readonly constantPerEventType?: boolean;
	/**
	 * True when the value rests on the subject's process, its ancestors, its container and the host's accounts alone: tests of it are
	 * then remembered with the process (see process-memory.ts). Never of the event, its time, or processes beside the lineage.
	 */
	readonly perProcess?: boolean;
	/**
	 * True for an event type whose value is an interned `Text` or null: what a rule finds out about it is remembered on the text.
	 */
	readonly isInterned?: (eventType: number) => boolean;
	/**
	 * For a field whose value is one of a few texts made of another, interned field's text, or null: which one it is, is decided by the
	 * event. Tests of it can be bounded by the other field's text alone.
	 */
	readonly derivedFrom?: { readonly field: string; readonly alternatives: readonly TextPart[] };
	/**
	 * For an event type whose value is interned: where its bytes stand, so that it can be looked at without making a text. Null = not to
	 * be had for this type.
	 */
	readonly bytes?: (eventType: number) => ReadBytes<Subject> | null;
	/**
	 * Makes the reader for one event type (so that every reader is monomorphic) or `null` when events of that type never
	 * have the field. `eventType` is an index into `eventTypes` of the schema, -1 for subjects without event types.
	 * Throws `FieldArgumentError` when `argument` is not acceptable.
	 */
	readonly bind: (argument: string | null, eventType: number) => Extractor<Subject> | null;
};

/** What is made of a text: all of it, what is before its last slash (`/` if that is the first), what is behind it. */
export type TextPart = {
	readonly part: 'whole' | 'directory' | 'fileName';
	readonly of: (text: Text) => Text;
};

/** Bytes `start` to `end` (exclusive) of `bytes`. */
export type ByteRange = { bytes: Uint8Array; start: number; end: number };

/** Writes where the value's bytes stand into `range`; false = the event has no value for the field. */
export type ReadBytes<Subject> = (subject: Subject, range: ByteRange) => boolean;

export class FieldArgumentError extends Error {}

/** Closed set of fields. `find` takes the name without argument. */
export type FieldCatalogue<Subject> = {
	readonly find: (name: string) => FieldDefinition<Subject> | undefined;
	readonly all: () => readonly FieldDefinition<Subject>[];
};
