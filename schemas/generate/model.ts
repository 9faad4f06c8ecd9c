/** The Avro schemas as the generators see them: names resolved, nothing else changed. */
import { readFileSync } from 'node:fs';

export type Field = {
	readonly name: string;
	readonly type: Type;
	readonly doc: string;
	/** What readers of older messages see, as in the schema; undefined = the field has been there from the beginning. */
	readonly default: unknown;
};
export type RecordType = {
	readonly kind: 'record';
	readonly name: string;
	readonly fullName: string;
	readonly doc: string;
	readonly fields: Field[];
};
export type EnumType = {
	readonly kind: 'enum';
	readonly name: string;
	readonly fullName: string;
	readonly doc: string;
	readonly symbols: readonly string[];
};
export type Type =
	| { readonly kind: 'null' | 'boolean' | 'int' | 'long' | 'double' | 'bytes' | 'string' }
	| { readonly kind: 'array'; readonly items: Type }
	| { readonly kind: 'union'; readonly branches: readonly Type[] }
	| RecordType
	| EnumType;

const primitives = ['null', 'boolean', 'int', 'long', 'double', 'bytes', 'string'] as const;

/** Reads an .avsc file; throws on what the generators do not know (maps, fixed, float, logical types). */
export function readModel(file: string): RecordType {
	const named = new Map<string, RecordType | EnumType>();
	const type = resolve(JSON.parse(readFileSync(file, 'utf8')), '', named);
	if (type.kind !== 'record') throw new Error(`${file}: the schema of a message must be a record.`);
	return type;
}

function resolve(schema: unknown, namespace: string, named: Map<string, RecordType | EnumType>): Type {
	if (Array.isArray(schema))
		return { kind: 'union', branches: schema.map((branch) => resolve(branch, namespace, named)) };
	if (typeof schema === 'string') {
		const primitive = primitives.find((name) => name === schema);
		if (primitive !== undefined) return { kind: primitive };
		const known = named.get(schema.includes('.') ? schema : `${namespace}.${schema}`);
		if (known === undefined) throw new Error(`Unknown schema name ${schema}.`);
		return known;
	}
	const object = schema as { type: unknown; name: string; namespace?: string; items: unknown };
	if (object.type === 'array') return { kind: 'array', items: resolve(object.items, namespace, named) };
	if (object.type === 'enum' || object.type === 'record') return resolveNamed(object, namespace, named);
	return resolve(object.type, namespace, named);
}

function resolveNamed(schema: object, outer: string, named: Map<string, RecordType | EnumType>): Type {
	const {
		type,
		name,
		namespace = outer,
		doc = '',
		symbols = [],
		fields = [],
	} = schema as {
		type: string;
		name: string;
		namespace?: string;
		doc?: string;
		symbols?: string[];
		fields?: { name: string; type: unknown; doc?: string; default?: unknown }[];
	};
	const fullName = `${namespace}.${name}`;
	if (type === 'enum') {
		const made: EnumType = { kind: 'enum', name, fullName, doc, symbols };
		named.set(fullName, made);
		return made;
	}
	const made: RecordType = { kind: 'record', name, fullName, doc, fields: [] };
	named.set(fullName, made);
	for (const field of fields) {
		made.fields.push({
			name: field.name,
			type: resolve(field.type, namespace, named),
			doc: field.doc ?? '',
			default: field.default,
		});
	}
	return made;
}

/** Every record and enum of a schema, each after those it contains. */
export function namedTypes(root: Type): (RecordType | EnumType)[] {
	const found = new Set<RecordType | EnumType>();
	const visit = (type: Type): void => {
		if (type.kind === 'array') visit(type.items);
		else if (type.kind === 'union') type.branches.forEach(visit);
		else if (type.kind === 'enum') found.add(type);
		else if (type.kind === 'record' && !found.has(type)) {
			for (const field of type.fields) visit(field.type);
			found.add(type);
		}
	};
	visit(root);
	return [...found];
}

/** Least bytes an encoded value takes. */
export function leastBytes(type: Type): number {
	switch (type.kind) {
		case 'null':
			return 0;
		case 'double':
			return 8;
		case 'record':
			return type.fields.reduce((sum, field) => sum + leastBytes(field.type), 0);
		case 'union':
			return 1 + Math.min(...type.branches.map(leastBytes));
		default:
			return 1;
	}
}

/** T of a union of null and T; null for everything else. */
export function optional(type: Type): Type | null {
	if (type.kind !== 'union' || type.branches.length !== 2 || type.branches[0]!.kind !== 'null') return null;
	return type.branches[1]!;
}

export function camel(name: string): string {
	return name.charAt(0).toLowerCase() + name.slice(1);
}
