/** Writes the EventReader: views of all records of an EventBatch's events, and the cursor over them. */

import { History } from './history.ts';
import { camel, type Field, namedTypes, optional, type RecordType, type Type } from './model.ts';

/** `versions`: all versions of EventBatch, oldest first. The views are those of the newest. */
export function generateReader(versions: readonly RecordType[]): string {
	const history = new History(versions);
	const batch = versions.at(-1)!;
	const families = familiesOf(batch);
	const records = families.flatMap(namedTypes).filter((type) => type.kind === 'record');
	const unique = [...new Set(records)];
	return [
		readerHead,
		...unique.map((record) => viewOf(record, history)),
		...unique.map((record) => readFunctionOf(record, history)),
		batchOf(batch),
		readerOf(families, history),
	].join('\n');
}

export function familiesOf(batch: RecordType): RecordType[] {
	const events = batch.fields.at(-1)!.type;
	if (batch.fields.at(-1)!.name !== 'events' || events.kind !== 'array' || events.items.kind !== 'union') {
		throw new Error('The last field of EventBatch must be events, an array of a union.');
	}
	return events.items.branches.map((branch) => {
		if (branch.kind !== 'record' || branch.fields[0]?.name !== 'header')
			throw new Error('Every family is a record with a header.');
		return branch;
	});
}

const readerHead = `// Generated from schemas/event-batch by \`npm run schemas:generate\`. Do not edit.
import { Cursor, NumberList, RecordList, TextList } from '../cursor.ts';
import { decodeEvent, eventBatchPrefixes, toNewestBatch } from '../event-batch.ts';
import type { Text } from '../text.ts';
import { TextTable } from '../text-table.ts';
import type { EventBatch } from './event-batch.ts';
`;

function viewOf(record: RecordType, history: History): string {
	const properties = record.fields.map((field) => propertyOf(field)).join('\n');
	const made = record.fields.map((field) => madeInConstructor(field, history)).filter((line) => line !== '');
	const withHeader = record.fields[0]?.name === 'header';
	return `/** ${record.doc} Valid until the next event. */
export class ${record.name}View {
	readonly cursor: Cursor;
${properties}

	constructor(cursor: Cursor${withHeader ? ', header: EventHeaderView' : ''}) {
		this.cursor = cursor;${made.map((line) => `\n\t\t${line}`).join('')}
	}
${record.fields.map(getterOf).join('')}}
`;
}

function propertyOf(field: Field): string {
	const doc = `\t/** ${field.doc} */\n`;
	const { name } = field;
	const inner = optional(field.type) ?? field.type;
	const isOptional = optional(field.type) !== null;
	switch (inner.kind) {
		case 'int':
		case 'long':
		case 'double':
			return `${doc}\t${name}${isOptional ? ': number | null = null' : ' = 0'};`;
		case 'enum':
			return `${doc}\t${name} = 0;`;
		case 'boolean':
			return `${doc}\t${name}${isOptional ? ': boolean | null = null' : ' = false'};`;
		case 'bytes':
		case 'string':
			return `\t${name}Offset = 0;\n\t/** Bytes${isOptional ? '; -1 = null' : ''}. */\n\t${name}Length = 0;\n\t${name}Text: Text | null = null;`;
		case 'record':
			if (name === 'header') return `${doc}\treadonly header: EventHeaderView;`;
			return isOptional
				? `${doc}\t${name}: ${inner.name}View | null = null;\n\t${name}View: ${inner.name}View | null = null;`
				: `${doc}\treadonly ${name}: ${inner.name}View;`;
		case 'array':
			return `${doc}\treadonly ${name}: ${listType(inner.items)};`;
		default:
			throw new Error(`No view for field ${name} of kind ${inner.kind}.`);
	}
}

function listType(items: Type): string {
	if (items.kind === 'record') return `RecordList<${items.name}View>`;
	return items.kind === 'bytes' || items.kind === 'string' ? 'TextList' : 'NumberList';
}

function madeInConstructor(field: Field, history: History): string {
	const { name, type } = field;
	if (name === 'header') return 'this.header = header;';
	if (type.kind === 'record') return `this.${name} = new ${type.name}View(cursor);`;
	if (type.kind !== 'array') return '';
	if (history.leastBytes(type.items) < 1)
		throw new Error(`Items of ${name} can have no bytes: a count would be a bomb.`);
	const { items } = type;
	if (items.kind === 'record') {
		const create = `(at) => new ${items.name}View(at)`;
		return `this.${name} = new RecordList(cursor, { itemBytes: ${history.leastBytes(items)}, create: ${create}, read: read${items.name} });`;
	}
	if (items.kind === 'bytes' || items.kind === 'string') return `this.${name} = new TextList(cursor);`;
	if (items.kind !== 'long' && items.kind !== 'enum' && items.kind !== 'int')
		throw new Error(`No list for ${name}.`);
	return `this.${name} = new NumberList(cursor, ${items.kind === 'enum' ? items.symbols.length : 0});`;
}

function getterOf(field: Field): string {
	const inner = optional(field.type);
	const kind = (inner ?? field.type).kind;
	if (kind !== 'bytes' && kind !== 'string') return '';
	const { name } = field;
	return `
	/** ${field.doc} */
	get ${name}(): Text${inner === null ? '' : ' | null'} {${inner === null ? '' : `\n\t\tif (this.${name}Length < 0) return null;`}
		this.${name}Text ??= this.cursor.text(this.${name}Offset, this.${name}Length);
		return this.${name}Text;
	}
`;
}

/**
 * A record's fields, with the position in a variable while it reads: kept in the cursor, each number would have to wait for the one before to
 * be stored. Numbers of up to three bytes are read in place.
 */
function readFunctionOf(record: RecordType, history: History): string {
	const fields = record.fields.filter((field) => field.name !== 'header');
	if (fields.length === 0)
		return `function read${record.name}(_cursor: Cursor, _view: ${record.name}View): void {}\n`;
	const body = fields
		.map((field) => {
			const since = history.since(record, field);
			const read = indented(readField(field.name, field.type));
			if (since <= history.firstNative) return read;
			return `\tif (cursor.version >= ${since}) {\n${indented(read)}\n\t} else {\n\t\t${setDefault(field)}\n\t}`;
		})
		.join('\n');
	const variables = [
		...(/\bbytes\[/.test(body) ? ['const bytes = cursor.buffer;'] : []),
		'let at = cursor.position;',
		...['raw', 'length']
			.filter((name) => new RegExp(`\\b${name} = `).test(body))
			.map((name) => `let ${name} = 0;`),
	];
	return `function read${record.name}(cursor: Cursor, view: ${record.name}View): void {
${variables.map((line) => `\t${line}`).join('\n')}
${body}
\tcursor.position = at;
}
`;
}

function indented(lines: string): string {
	return lines.replaceAll(/^/gm, '\t');
}

/** What a message that is older than the field gives. */
function setDefault({ name, type, default: value }: Field): string {
	const inner = (optional(type) ?? type).kind;
	if (type.kind === 'array') return `view.${name}.clear();`;
	if (inner === 'bytes' || inner === 'string') {
		if (value !== '' && value !== null) throw new Error(`Default of ${name}: only an empty text or null.`);
		return `view.${name}Length = ${value === null ? -1 : 0};\n\t\tview.${name}Text = null;`;
	}
	if (type.kind === 'enum') return `view.${name} = ${type.symbols.indexOf(value as string)};`;
	if (type.kind === 'record') throw new Error(`Default of ${name}: a record has none.`);
	return `view.${name} = ${JSON.stringify(value)};`;
}

function readField(name: string, type: Type): string {
	const inner = optional(type);
	if (inner === null) return readValue(name, type);
	const absent =
		inner.kind === 'bytes' || inner.kind === 'string' ? `view.${name}Length = -1;` : `view.${name} = null;`;
	const present =
		inner.kind === 'record'
			? `view.${name}View ??= new ${inner.name}View(cursor);
${byCursor(`read${inner.name}(cursor, view.${name}View);`)}
view.${name} = view.${name}View;`
			: readValue(name, inner);
	return `raw = bytes[at++]!;
if (raw === 2) {
${indented(present)}
} else if (raw === 0) ${absent}
else throw cursor.badBranch(at);`;
}

/** Reads up to three bytes into `raw`; true when the number goes on behind them. */
const goesOn =
	'(raw = bytes[at++]!) > 0x7f && (raw = (raw & 0x7f) | (bytes[at++]! << 7)) > 0x3fff && (raw = (raw & 0x3fff) | (bytes[at++]! << 14)) > 0x1fffff';
const zigZag = '(raw >>> 1) ^ -(raw & 1)';

function readValue(name: string, type: Type): string {
	switch (type.kind) {
		case 'int':
		case 'long':
			return readNumber(`view.${name}`, type.kind === 'int' ? 'restOfInt' : 'restOfLong');
		case 'enum':
			return `${readNumber('raw', 'restOfInt')}
if (raw < 0 || raw >= ${type.symbols.length}) throw cursor.badEnum(raw, ${type.symbols.length}, at);
view.${name} = raw;`;
		case 'boolean':
			return `raw = bytes[at++]!;
if (raw > 1) throw cursor.badBoolean(raw, at);
view.${name} = raw === 1;`;
		case 'bytes':
		case 'string':
			return `${readNumber('length', 'restOfLong')}
if (length < 0 || length > cursor.end - at) throw cursor.badLength(length, at);
view.${name}Length = length;
view.${name}Offset = at;
view.${name}Text = null;
at += length;`;
		case 'double':
			return byCursor(`view.${name} = cursor.double();`);
		case 'record':
			return byCursor(`read${type.name}(cursor, view.${name});`);
		case 'array':
			return byCursor(`view.${name}.read();`);
		default:
			throw new Error(`Cannot read ${name} of kind ${type.kind}.`);
	}
}

function readNumber(target: string, rest: 'restOfInt' | 'restOfLong'): string {
	return `if (${goesOn}) {
	${target} = cursor.${rest}(raw, at);
	at = cursor.position;
} else ${target} = ${zigZag};`;
}

/** What reads by the cursor's own position. */
function byCursor(statement: string): string {
	return `cursor.position = at;\n${statement}\nat = cursor.position;`;
}

function batchOf(batch: RecordType): string {
	const fields = batch.fields.slice(0, -1);
	const tsType = (field: Field) => (field.type.kind === 'string' ? "''" : '0');
	const read = (field: Field): string => {
		if (field.type.kind === 'enum') return `cursor.enumeration(${field.type.symbols.length})`;
		return field.type.kind === 'string' ? 'readString(cursor)' : `cursor.${field.type.kind}()`;
	};
	return `/** What a batch says before its events. */
export class BatchHeader {
${fields.map((field) => `\t/** ${field.doc} */\n\t${field.name} = ${tsType(field)};`).join('\n')}
}

function readString(cursor: Cursor): string {
	const length = cursor.length();
	const text = cursor.text(cursor.position, length);
	cursor.position += length;
	return text.toString();
}

export function readBatchHeader(cursor: Cursor, batch: BatchHeader): void {
${fields.map((field) => `\tbatch.${field.name} = ${read(field)};`).join('\n')}
	cursor.check();
}
`;
}

function readerOf(families: RecordType[], history: History): string {
	const views = families.map((family) => `\treadonly ${camel(family.name)}: ${family.name}View;`).join('\n');
	const made = families
		.map((family) => `\t\tthis.${camel(family.name)} = new ${family.name}View(cursor, this.header);`)
		.join('\n');
	const cases = families
		.map(
			(family, i) =>
				`\t\t\tcase ${i}:\n\t\t\t\tread${family.name}(cursor, this.${camel(family.name)});\n\t\t\t\tbreak;`,
		)
		.join('\n');
	return `/** Least bytes of an event. */
const eventBytesMin = ${Math.min(...families.map((family) => history.leastBytes(family))) + 1};
/** Oldest version whose messages are read as they are; older ones are made new by the codec first. */
const firstNativeVersion = ${history.firstNative};
const newestVersion = ${history.newest};

/**
 * A cursor over the events of an EventBatch: \`open\`, then \`next\` until it says false. Nothing is allocated per event;
 * \`header\` and the view that \`family\` names hold the current event until the next \`next\` or \`open\`. Texts are made
 * when they are asked for. After a DecodeError the rest of the batch cannot be read: open another.
 */
export class EventReader {
	readonly cursor: Cursor;
	readonly batch = new BatchHeader();
	/** Index of the family of the current event (see families). */
	family = 0;
	/** Sequence of the current event. */
	sequence = 0;
	readonly header: EventHeaderView;
${views}
	/** Events left in the current array block; -1 when the batch is at its end. */
	private left = -1;
	private eventStart = 0;

	/** \`texts\` may be shared by readers of one thread, so that all get the same Text for the same bytes. */
	constructor(texts: TextTable = new TextTable()) {
		const cursor = new Cursor(texts);
		this.cursor = cursor;
		this.header = new EventHeaderView(cursor);
${made}
	}

	/** Begins a batch (single-object encoding, any published version). The bytes are copied. */
	open(message: Uint8Array): void {
		const cursor = this.cursor;
		this.left = -1;
		cursor.load(message);
		cursor.version = newestVersion;
		while (cursor.version >= firstNativeVersion && !cursor.startsWith(eventBatchPrefixes[cursor.version - 1]!))
			cursor.version--;
		if (cursor.version < firstNativeVersion) {
			cursor.load(toNewestBatch(message));
			cursor.version = newestVersion;
		}
		cursor.position = 10;
		readBatchHeader(cursor, this.batch);
		this.sequence = this.batch.firstSequence - 1;
		this.left = 0;
	}

	/** Goes to the next event; false at the end of the batch. */
	next(): boolean {
		if (this.left <= 0 && !this.nextBlock()) return false;
		this.left--;
		this.sequence++;
		this.readEvent();
		return true;
	}

	/** True when a number of the current event is beyond ±2^53 and only its nearest double is in the view: see toObject. */
	get wide(): boolean {
		return this.cursor.wide;
	}

	/** The current event in object form, numbers exact (bigint beyond ±(2^53 − 1)). Slow; for what is rare. */
	toObject(): EventBatch['events'][number] {
		const { buffer, position, version } = this.cursor;
		return decodeEvent(buffer.subarray(this.eventStart, position), version);
	}

	private nextBlock(): boolean {
		if (this.left < 0) return false;
		const cursor = this.cursor;
		this.left = -1;
		const events = cursor.block(eventBytesMin);
		if (events > 0) {
			this.left = events;
			return true;
		}
		cursor.check();
		if (cursor.position < cursor.end) throw cursor.fail('trailing-bytes', cursor.position, 'bytes after the last event');
		return false;
	}

	/** Union branch, header, fields. */
	private readEvent(): void {
		const cursor = this.cursor;
		const start = cursor.position;
		this.eventStart = start;
		cursor.wide = false;
		const left = this.left;
		this.left = -1;
		const family = cursor.int();
		this.family = family;
		readEventHeader(cursor, this.header);
		switch (family) {
${cases}
			default:
				throw cursor.fail('bad-branch', start, \`event family \${family} of ${families.length}\`);
		}
		cursor.check();
		this.left = left;
	}
}
`;
}
