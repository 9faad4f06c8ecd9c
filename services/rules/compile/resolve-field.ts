/** From a field as written to its definition and argument. */
import { FieldArgumentError, type FieldCatalogue, type FieldDefinition } from '../field.ts';

export type ResolvedField<Subject> = {
	readonly definition: FieldDefinition<Subject>;
	readonly argument: string | null;
};

export class UnknownFieldError extends Error {}

/**
 * `evt.arg.path` is the field `evt.arg` with the argument `path`, unless the catalogue has a field of the whole name.
 * Throws `UnknownFieldError`, or `FieldArgumentError` for an argument that is missing, unwanted or not acceptable.
 */
export function resolveField<Subject>(
	catalogue: FieldCatalogue<Subject>,
	name: string,
	argument: string | undefined,
): ResolvedField<Subject> {
	const found = findWithDots(catalogue, name, argument);
	if (found === null) throw new UnknownFieldError(`nonexistent field ${label(name, argument ?? null)}`);
	const { definition } = found;
	if (definition.argument === 'none' && found.argument !== null) {
		throw new UnknownFieldError(
			`nonexistent field ${label(name, argument ?? null)}: ${definition.name} takes no argument`,
		);
	}
	const form = argument === undefined ? 'dot' : 'brackets';
	if (found.argument !== null && definition.argumentForm !== undefined && definition.argumentForm !== form) {
		const written = definition.argumentForm === 'dot' ? `${definition.name}.…` : `${definition.name}[…]`;
		throw new UnknownFieldError(`nonexistent field ${label(name, argument ?? null)}: write ${written}`);
	}
	if (definition.argument === 'required' && found.argument === null) {
		throw new FieldArgumentError(`field ${definition.name} needs an argument: write ${definition.name}[…]`);
	}
	definition.bind(found.argument, -1);
	return found;
}

function findWithDots<Subject>(
	catalogue: FieldCatalogue<Subject>,
	name: string,
	argument: string | undefined,
): ResolvedField<Subject> | null {
	const whole = catalogue.find(name);
	if (whole !== undefined) return { definition: whole, argument: argument ?? null };
	if (argument !== undefined) return null;
	for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
		const definition = catalogue.find(name.slice(0, dot));
		if (definition !== undefined) {
			return definition.argument === 'none' ? null : { definition, argument: name.slice(dot + 1) };
		}
	}
	return null;
}

export function label(name: string, argument: string | null): string {
	return argument === null ? name : `${name}[${argument}]`;
}
