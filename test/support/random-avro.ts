/** Random values of an Avro schema in the object form of the codec (fast-check arbitraries). */
import fc from 'fast-check';

type Schema =
	| string
	| Schema[]
	| {
			type: Schema;
			name: string;
			namespace?: string;
			items: Schema;
			symbols: string[];
			fields: { name: string; type: Schema }[];
	  };

export type ArbitraryOptions = {
	/** Largest |long|; beyond 2^53 − 1 values are bigints. */
	readonly longMax: bigint;
	/** Most items of an array. */
	readonly itemsMax: number;
};

export function arbitraryOf(schema: unknown, options: ArbitraryOptions): fc.Arbitrary<unknown> {
	return make(schema as Schema, '', { ...options, named: new Map() });
}

type Context = ArbitraryOptions & {
	readonly named: Map<string, { name: string; arbitrary: fc.Arbitrary<unknown> }>;
};

function make(schema: Schema, namespace: string, context: Context): fc.Arbitrary<unknown> {
	if (Array.isArray(schema)) return fc.oneof(...schema.map((branch) => wrapped(branch, namespace, context)));
	if (typeof schema === 'string')
		return context.named.get(full(schema, namespace))?.arbitrary ?? primitive(schema, context);
	switch (schema.type) {
		case 'array':
			return fc.array(make(schema.items, namespace, context), { maxLength: context.itemsMax });
		case 'enum':
		case 'record':
			return makeNamed(schema, namespace, context);
		default:
			return make(schema.type, namespace, context);
	}
}

function makeNamed(
	schema: Exclude<Schema, string | Schema[]>,
	outer: string,
	context: Context,
): fc.Arbitrary<unknown> {
	const namespace = schema.namespace ?? outer;
	const name = full(schema.name, namespace);
	const arbitrary =
		schema.type === 'enum'
			? fc.constantFrom(...schema.symbols)
			: fc.record(
					Object.fromEntries(
						schema.fields.map((field) => [field.name, make(field.type, namespace, context)]),
					),
				);
	context.named.set(name, { name, arbitrary });
	return arbitrary;
}

function wrapped(branch: Schema, namespace: string, context: Context): fc.Arbitrary<unknown> {
	const arbitrary = make(branch, namespace, context);
	if (branch === 'null') return arbitrary;
	return arbitrary.map((value) => ({ [keyOf(branch, namespace, context)]: value }));
}

function keyOf(branch: Schema, namespace: string, context: Context): string {
	if (Array.isArray(branch)) throw new Error('A union has no union in it.');
	if (typeof branch === 'string') return context.named.get(full(branch, namespace))?.name ?? branch;
	return branch.type === 'array' ? 'array' : full(branch.name, branch.namespace ?? namespace);
}

function full(name: string, namespace: string): string {
	return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}

function primitive(name: string, { longMax }: Context): fc.Arbitrary<unknown> {
	switch (name) {
		case 'null':
			return fc.constant(null);
		case 'boolean':
			return fc.boolean();
		case 'int':
			return fc.oneof(fc.integer(), fc.integer({ min: -200, max: 200 }));
		case 'long':
			return fc.oneof(fc.integer(), fc.bigInt({ min: -longMax, max: longMax - 1n }).map(narrow));
		case 'double':
			return fc.double({ noNaN: true });
		case 'bytes':
			return fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
		case 'string':
			return fc.string({ unit: 'grapheme', maxLength: 20 });
		default:
			throw new Error(`No arbitrary for ${name}.`);
	}
}

function narrow(value: bigint): number | bigint {
	return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
