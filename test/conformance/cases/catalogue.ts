/** The catalogues that the kinds here check against: the product's own fields. */
import type { FieldCatalogue } from '#rules/field.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';

/** The fields without those of the container plugin. */
export function withoutContainers<Subject>(catalogue: FieldCatalogue<Subject>): FieldCatalogue<Subject> {
	const isContainer = (name: string): boolean => /^(?:container|k8s)\./.test(name);
	return {
		find: (name) => (isContainer(name) ? undefined : catalogue.find(name)),
		all: () => catalogue.all().filter((definition) => !isContainer(definition.name)),
	};
}

/** Some cases come from a unit test of the parser with one field of its own, which takes every operator. */
export function withMockField<Subject>(catalogue: FieldCatalogue<Subject>): FieldCatalogue<Subject> {
	const model = catalogue.find('proc.name');
	const mock = model === undefined ? undefined : { ...model, name: 'c.true' };
	return { find: (name) => (name === 'c.true' ? mock : catalogue.find(name)), all: catalogue.all };
}

export { eventFieldCatalogue };
