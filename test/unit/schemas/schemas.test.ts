/** The published schemas: documentation, compatibility of all versions, generated files, round trips. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import avro from 'avsc';
import fc from 'fast-check';
import { createCodec, parseType } from '#schemas/codec.ts';
import { canonicalForm, fingerprint } from '#schemas/fingerprint.ts';
import { generateAll } from '#schemas/generate/main.ts';
import { schemaNames, schemasFolder, versionFiles } from '#schemas/generate/versions.ts';
import { schemaVersions } from '#schemas/generated/schema-versions.ts';
import { arbitraryOf } from '#test/support/random-avro.ts';

type Json = { [key: string]: unknown };

/** Every record, enum and field of a schema, with the way to it. */
function* documented(schema: unknown, where: string): Iterable<{ where: string; doc: unknown }> {
	if (Array.isArray(schema)) for (const branch of schema) yield* documented(branch, where);
	if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return;
	const { type, name, doc, items, fields } = schema as {
		type: unknown;
		name?: string;
		doc?: unknown;
		items?: unknown;
		fields?: Json[];
	};
	if (type === 'record' || type === 'enum') yield { where: `${where}/${name}`, doc };
	yield* documented(type, where);
	yield* documented(items, where);
	for (const field of fields ?? []) {
		yield { where: `${where}/${name}.${field.name as string}`, doc: field.doc };
		yield* documented(field.type, `${where}/${name}.${field.name as string}`);
	}
}

/** Fields that are not in `older` but in `newer`, records matched by name. */
function recordsOf(schema: unknown, found: Map<string, Json[]> = new Map()): Map<string, Json[]> {
	if (Array.isArray(schema)) for (const branch of schema) recordsOf(branch, found);
	else if (typeof schema === 'object' && schema !== null) {
		const { type, name, items, fields } = schema as {
			type: unknown;
			name: string;
			items?: unknown;
			fields?: Json[];
		};
		if (type === 'record') found.set(name, fields ?? []);
		recordsOf(type, found);
		recordsOf(items, found);
		for (const field of fields ?? []) recordsOf(field.type, found);
	}
	return found;
}

const texts = (name: (typeof schemaNames)[number]): string[] =>
	versionFiles(name).map((file) => readFileSync(file, 'utf8'));
const small = { longMax: 2n ** 63n, itemsMax: 3 };

describe('schemas', () => {
	it('have the fingerprints of the Avro specification', () => {
		assert.equal(fingerprint('null').toString(16), '63dd24e7cc258f8a');
		assert.equal(fingerprint('int').toString(16), '7275d51a3f395c8f');
		assert.equal(fingerprint('string').toString(16), '8f014872634503c7');
		assert.equal(
			canonicalForm({
				type: 'record',
				name: 'r',
				namespace: 'n',
				doc: 'd',
				fields: [{ name: 'f', type: { type: 'long' }, default: 1 }],
			}),
			'{"name":"n.r","type":"record","fields":[{"name":"f","type":"long"}]}',
		);
	});

	it('generate exactly the files that are committed', () => {
		for (const [name, text] of generateAll()) {
			assert.equal(
				readFileSync(`${schemasFolder}generated/${name}`, 'utf8'),
				text,
				`schemas/generated/${name} is stale: run npm run schemas:generate`,
			);
		}
	});

	for (const name of schemaNames) {
		it(`${name}: every record, enum and field is documented`, () => {
			for (const text of texts(name)) {
				for (const { where, doc } of documented(JSON.parse(text), name))
					assert.ok(typeof doc === 'string' && doc.length > 2, `${where} has no doc`);
			}
		});

		it(`${name}: what avsc makes of it has our canonical form`, () => {
			for (const text of texts(name)) {
				assert.equal(
					JSON.stringify(parseType(JSON.parse(text), 'exact').schema()),
					canonicalForm(JSON.parse(text)),
				);
			}
		});

		it(`${name}: every version reads every other version, with random values`, () => {
			const versions = texts(name).map((text) => JSON.parse(text) as unknown);
			for (const writerSchema of versions) {
				const writer = parseType(writerSchema as string, 'exact');
				for (const readerSchema of versions) {
					const reader = parseType(readerSchema as string, 'exact');
					const resolver = reader.createResolver(writer);
					fc.assert(
						fc.property(arbitraryOf(writerSchema, small), (value) => {
							const read: unknown = reader.fromBuffer(writer.toBuffer(value), resolver);
							if (readerSchema === writerSchema) assert.deepEqual(plain(read), plain(value));
							else assert.ok(reader.isValid(read));
						}),
						{ numRuns: 30 },
					);
				}
			}
		});

		it(`${name}: fields added after version 1 have defaults`, () => {
			const versions = texts(name).map((text) => recordsOf(JSON.parse(text)));
			for (const [i, older] of versions.slice(0, -1).entries()) {
				for (const [record, fields] of versions[i + 1]!) {
					const known = older.get(record)?.map((field) => field.name);
					if (known === undefined) continue;
					for (const field of fields)
						assert.ok(
							known.includes(field.name) || 'default' in field,
							`${record}.${String(field.name)} has no default`,
						);
				}
			}
		});

		it(`${name}: the codec gives back any value, and refuses other bytes`, () => {
			const codec = createCodec<unknown>(name, 'exact');
			const schema: unknown = JSON.parse(schemaVersions[name].at(-1)!);
			fc.assert(
				fc.property(arbitraryOf(schema, small), (value) => {
					const bytes = codec.encode(value);
					assert.deepEqual(plain(codec.decode(bytes)), plain(value));
					assert.throws(() => codec.decode(bytes.subarray(0, -1)), { name: 'DecodeError' });
					assert.throws(() => codec.decode(Buffer.concat([bytes, Buffer.of(0)])), {
						name: 'DecodeError',
						code: 'trailing-bytes',
					});
					assert.throws(() => codec.decode(bytes.subarray(1)), {
						name: 'DecodeError',
						code: 'not-single-object',
					});
				}),
				{ numRuns: 30 },
			);
			const other = Buffer.from(codec.prefix);
			other[5]! ^= 1;
			assert.throws(() => codec.decode(other), { name: 'DecodeError', code: 'unknown-schema' });
		});
	}

	it('read and write every length of a long like avsc, and what is beyond its reach as well', () => {
		const type = parseType('long', 'exact');
		const own = avro.Type.forSchema('long');
		for (let bits = 0; bits < 63; bits++)
			for (const near of [-1n, 0n, 1n])
				for (const sign of [-1n, 1n]) {
					const exact = sign * (2n ** BigInt(bits) + near);
					const value = Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
					const bytes = type.toBuffer(value);
					if (Math.abs(Number(value)) < 2 ** 52) assert.deepEqual(bytes, own.toBuffer(value), String(value));
					assert.equal(type.fromBuffer(bytes), Object.is(value, -0) ? 0 : value);
				}
		for (const bad of [0.5, Number.NaN, Number.POSITIVE_INFINITY, '1'])
			assert.throws(() => type.toBuffer(bad), /invalid/);
		assert.throws(() => type.fromBuffer(Buffer.from([0x80, 0x80])), /truncated/);
	});

	it('round longs to the nearest double where state is kept, and give the same double back', () => {
		const type = parseType('long', 'rounded');
		fc.assert(
			fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
				const rounded: unknown = type.fromBuffer(
					parseType('long', 'exact').toBuffer(Number.isSafeInteger(Number(value)) ? Number(value) : value),
				);
				assert.equal(rounded, Number(value));
				if (Number(value) < 2 ** 63) assert.equal(type.fromBuffer(type.toBuffer(rounded)), rounded);
			}),
		);
	});
});

/** Records of avsc have classes of their own; negative zero is zero in a long. */
function plain(value: unknown): unknown {
	if (Buffer.isBuffer(value)) return `bytes:${value.toString('hex')}`;
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value === 'object' && value !== null)
		return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
	return Object.is(value, -0) ? 0 : value;
}
