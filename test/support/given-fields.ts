/** A catalogue of made-up fields whose values are given by the test: the subject is a record from field name to value. */
import type { FieldCatalogue, FieldDefinition, FieldFlag, FieldType, FieldValue } from '#rules/field.ts';

export type GivenValues = Readonly<Record<string, FieldValue>>;

export type GivenField = {
	readonly type: FieldType;
	readonly isList?: boolean;
	readonly anyOf?: boolean;
	readonly print?: FieldDefinition<GivenValues>['print'];
	readonly flags?: readonly FieldFlag[];
	readonly argument?: FieldDefinition<GivenValues>['argument'];
	/** Event types that have the field; absent = all. */
	readonly eventTypes?: readonly number[];
	/** Value by event type; the field is then constant per event type. */
	readonly perEventType?: (eventType: number) => FieldValue;
};

export function givenFields(fields: Readonly<Record<string, GivenField>>): FieldCatalogue<GivenValues> {
	const definitions = new Map(Object.entries(fields).map(([name, field]) => [name, define(name, field)]));
	return { find: (name) => definitions.get(name), all: () => [...definitions.values()] };
}

function define(name: string, field: GivenField): FieldDefinition<GivenValues> {
	return {
		name,
		type: field.type,
		isList: field.isList ?? false,
		print: field.print ?? 'DEC',
		argument: field.argument ?? 'none',
		flags: new Set(field.flags ?? []),
		meaning: 'A field of a test.',
		...(field.anyOf === undefined ? {} : { anyOf: field.anyOf }),
		...(field.perEventType === undefined ? {} : { constantPerEventType: true }),
		bind: (argument, eventType) => {
			if (field.eventTypes !== undefined && eventType >= 0 && !field.eventTypes.includes(eventType))
				return null;
			const { perEventType } = field;
			if (perEventType !== undefined) return () => perEventType(eventType);
			const key = argument === null ? name : `${name}[${argument}]`;
			return (subject) => subject[key] ?? null;
		},
	};
}
