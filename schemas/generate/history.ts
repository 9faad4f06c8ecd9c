/**
 * What changed between the versions of a schema, as the reader needs it: since which version a field is there, and from which
 * version on messages can be read as they are. That is so while every later version only adds fields at the end of records,
 * symbols at the end of enums and branches at the end of unions; a change of another kind makes older messages go through the
 * codec.
 */
import { type Field, leastBytes, namedTypes, type RecordType, type Type } from './model.ts';

export class History {
	readonly newest: number;
	/** Number of the oldest version that the newest only adds to. */
	readonly firstNative: number;
	private readonly records: readonly ReadonlyMap<string, RecordType>[];

	constructor(versions: readonly RecordType[]) {
		this.newest = versions.length;
		this.records = versions.map(recordsByName);
		let first = versions.length;
		while (first > 1 && onlyAdds(versions[first - 2]!, versions[first - 1]!)) first--;
		this.firstNative = first;
	}

	/** Number of the version that brought the field; a record's own age does not count, for who refers to it is as old. */
	since(record: RecordType, field: Field): number {
		const versions = this.records.map((records) => records.get(record.fullName));
		const first = versions.findIndex((found) => found?.fields.some(({ name }) => name === field.name));
		const born = versions.findIndex((found) => found !== undefined);
		return first === born ? 1 : first + 1;
	}

	/** Least bytes of a value in any version that is read as it is. */
	leastBytes(type: Type): number {
		if (type.kind !== 'record') return leastBytes(type);
		const versions = this.records.slice(this.firstNative - 1).map((records) => records.get(type.fullName));
		return Math.min(...versions.filter((found) => found !== undefined).map(leastBytes));
	}
}

function recordsByName(root: RecordType): ReadonlyMap<string, RecordType> {
	const records = namedTypes(root).filter((type) => type.kind === 'record');
	return new Map([root, ...records].map((record) => [record.fullName, record]));
}

function onlyAdds(older: Type, newer: Type): boolean {
	if (older.kind === 'record' && newer.kind === 'record') {
		return older.fullName === newer.fullName && startsWith(older.fields, newer.fields, sameField);
	}
	if (older.kind === 'enum' && newer.kind === 'enum') {
		return startsWith(older.symbols, newer.symbols, (a, b) => a === b);
	}
	if (older.kind === 'union' && newer.kind === 'union') {
		return startsWith(older.branches, newer.branches, onlyAdds);
	}
	if (older.kind === 'array' && newer.kind === 'array') return onlyAdds(older.items, newer.items);
	return older.kind === newer.kind;
}

function sameField(older: Field, newer: Field): boolean {
	return older.name === newer.name && onlyAdds(older.type, newer.type);
}

function startsWith<T>(older: readonly T[], newer: readonly T[], same: (a: T, b: T) => boolean): boolean {
	return older.length <= newer.length && older.every((item, i) => same(item, newer[i]!));
}
