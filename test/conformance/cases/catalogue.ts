/** The catalogue that the kinds here check against: the reference's fields, read from beside the cases. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FieldCatalogue } from '#rules/field.ts';
import { readReferenceCatalogue } from '#test/support/reference-catalogue.ts';

const defaultPath = resolve(fileURLToPath(import.meta.url), '../../../../../shared/reference/fields.tsv');

export function catalogueFor(casesFolder: string): FieldCatalogue<unknown> {
	const beside = join(casesFolder, '..', 'fields.tsv');
	return readReferenceCatalogue(existsSync(beside) ? beside : defaultPath);
}

/** The fields without those of the container plugin. */
export function withoutContainers(catalogue: FieldCatalogue<unknown>): FieldCatalogue<unknown> {
	const isContainer = (name: string): boolean => /^(?:container|k8s)\./.test(name);
	return {
		find: (name) => (isContainer(name) ? undefined : catalogue.find(name)),
		all: () => catalogue.all().filter((definition) => !isContainer(definition.name)),
	};
}
