/** The published versions of every schema, found by their files: `schemas/<name>/v<number>.avsc`. */
import { readdirSync, readFileSync } from 'node:fs';

export const schemasFolder = new URL('../', import.meta.url).pathname;
export const schemaNames = [
	'event-batch',
	'alert',
	'dead-letter',
	'process-state',
	'container-state',
	'host-state',
	'account-state',
] as const;
export type SchemaName = (typeof schemaNames)[number];

/** Paths of all versions, oldest first; throws when a number is missing. */
export function versionFiles(name: SchemaName): string[] {
	const count = readdirSync(`${schemasFolder}${name}`).filter((file) => /^v\d+\.avsc$/.test(file)).length;
	if (count === 0) throw new Error(`schemas/${name} has no v1.avsc.`);
	return Array.from({ length: count }, (_, i) => `${schemasFolder}${name}/v${i + 1}.avsc`);
}

/** The schema of a file as JSON without documentation: what is needed at run time, in few bytes. */
export function bareSchema(file: string): string {
	return JSON.stringify(JSON.parse(readFileSync(file, 'utf8')), (key, value) =>
		key === 'doc' && typeof value === 'string' ? undefined : value,
	);
}
