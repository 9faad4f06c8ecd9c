/** CRC-64-AVRO over the parsing canonical form (Avro specification, "Schema Fingerprints"). */
type Schema = string | Schema[] | { [key: string]: unknown };

const emptyFingerprint = 0xc15d213aa4d7a795n;

const table: readonly bigint[] = Array.from({ length: 256 }, (_, i) => {
	let value = BigInt(i);
	for (let bit = 0; bit < 8; bit++) value = (value >> 1n) ^ (emptyFingerprint & -(value & 1n));
	return value;
});

/** Fingerprint as a 64-bit number; written least significant byte first in single-object encoding. */
export function fingerprint(schema: unknown): bigint {
	let value = emptyFingerprint;
	for (const byte of Buffer.from(canonicalForm(schema), 'utf8'))
		value = (value >> 8n) ^ table[Number((value ^ BigInt(byte)) & 0xffn)]!;
	return value;
}

/** Full names, no documentation, defaults or aliases, fixed order of keys, no white space. */
export function canonicalForm(schema: unknown): string {
	return canonical(schema as Schema, '');
}

const primitiveNames = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

function canonical(schema: Schema, namespace: string): string {
	if (typeof schema === 'string')
		return JSON.stringify(primitiveNames.has(schema) ? schema : fullName(schema, namespace));
	if (Array.isArray(schema)) return `[${schema.map((branch) => canonical(branch, namespace)).join(',')}]`;
	const { type } = schema;
	switch (type) {
		case 'array':
			return `{"type":"array","items":${canonical(schema.items as Schema, namespace)}}`;
		case 'map':
			return `{"type":"map","values":${canonical(schema.values as Schema, namespace)}}`;
		case 'record':
		case 'enum':
		case 'fixed':
			return canonicalNamed(schema, namespace);
		default:
			return canonical(type as Schema, namespace);
	}
}

function canonicalNamed(schema: { [key: string]: unknown }, outer: string): string {
	const name = fullName(schema.name as string, (schema.namespace as string | undefined) ?? outer);
	const namespace = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
	const head = `{"name":${JSON.stringify(name)},"type":"${schema.type as string}"`;
	if (schema.type === 'enum') return `${head},"symbols":${JSON.stringify(schema.symbols)}}`;
	if (schema.type === 'fixed') return `${head},"size":${schema.size as number}}`;
	const fields = (schema.fields as { name: string; type: Schema }[]).map(
		(field) => `{"name":${JSON.stringify(field.name)},"type":${canonical(field.type, namespace)}}`,
	);
	return `${head},"fields":[${fields.join(',')}]}`;
}

function fullName(name: string, namespace: string): string {
	return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}
