/** `npm run schemas:generate`: writes schemas/generated from the newest version of every schema. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { namedTypes, readModel } from './model.ts';
import { familiesOf, generateReader } from './reader.ts';
import { generateTypes } from './types.ts';
import { bareSchema, schemaNames, schemasFolder, versionFiles } from './versions.ts';

/** File name below schemas/generated → its text. Same schemas, same text. */
export function generateAll(): Map<string, string> {
	const files = new Map<string, string>();
	for (const name of schemaNames) {
		const newest = versionFiles(name).at(-1)!;
		const source = newest.slice(schemasFolder.length);
		const model = readModel(newest);
		files.set(`${name}.ts`, generateTypes(model, { source, exactLongs: name === 'event-batch' }));
		if (name !== 'event-batch') continue;
		files.set('event-reader.ts', generateReader(versionFiles(name).map(readModel)));
		files.set('event-names.ts', generateNames(model));
	}
	files.set('schema-versions.ts', generateVersions());
	return files;
}

/** As text inside strings: a bundle carries it, and nothing is parsed before it is needed. */
function generateVersions(): string {
	const entries = schemaNames.map((name) => {
		const versions = versionFiles(name).map((file) => `\t\t${JSON.stringify(bareSchema(file))},`);
		return `\t'${name}': [\n${versions.join('\n')}\n\t],`;
	});
	return `// Generated from schemas/*/v*.avsc by \`npm run schemas:generate\`. Do not edit.

/** Every published version of every schema as JSON text without documentation, oldest first. */
export const schemaVersions = {
${entries.join('\n')}
} as const;

export type SchemaName = keyof typeof schemaVersions;
`;
}

function generateNames(model: ReturnType<typeof readModel>): string {
	const types = namedTypes(model).find((type) => type.kind === 'enum' && type.name === 'EventType');
	if (types?.kind !== 'enum') throw new Error('EventBatch has no enum EventType.');
	const families = familiesOf(model).map((family) => family.name);
	return `// Generated from schemas/event-batch by \`npm run schemas:generate\`. Do not edit.

/** Names of events (evt.type) by index, as in EventHeader.type. */
export const eventTypes = [
${types.symbols.map((symbol) => `\t'${symbol}',`).join('\n')}
] as const;

export type EventTypeName = (typeof eventTypes)[number];

/** Index by name; undefined when there is no such event. */
export const eventTypeIndex: ReadonlyMap<string, number> = new Map(eventTypes.map((name, index) => [name, index]));

/** Families of events by union branch. */
export const families = [
${families.map((family) => `\t'${family}',`).join('\n')}
] as const;

export type FamilyName = (typeof families)[number];

/** Union branch of each family. */
export const familyIndex = {
${families.map((family, i) => `\t${family}: ${i},`).join('\n')}
} as const;
`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
	mkdirSync(`${schemasFolder}generated`, { recursive: true });
	for (const [name, text] of generateAll()) writeFileSync(`${schemasFolder}generated/${name}`, text);
}
