/** Short ways to write field definitions; every class of fields is a list made with them. */
import {
	type Extractor,
	FieldArgumentError,
	type FieldDefinition,
	type FieldFlag,
	type FieldType,
	type PrintFormat,
} from '../field.ts';
import type { EventSubject } from '../subject.ts';

export type Field = FieldDefinition<EventSubject>;
export type Read = Extractor<EventSubject>;
export type Bind = Field['bind'];

export type FieldOptions = {
	readonly print?: PrintFormat;
	readonly isList?: boolean;
	readonly argument?: Field['argument'];
	readonly argumentForm?: Field['argumentForm'];
	readonly flags?: readonly FieldFlag[];
	readonly unavailable?: string;
	readonly anyOf?: boolean;
	readonly constantPerEventType?: boolean;
};

const noFlags: ReadonlySet<FieldFlag> = new Set();

/** A field whose reader depends on the argument or the event type. */
export function bound(
	name: string,
	type: FieldType,
	meaning: string,
	bind: Bind,
	options: FieldOptions = {},
): Field {
	return {
		name,
		type,
		isList: options.isList ?? false,
		print: options.print ?? 'NA',
		argument: options.argument ?? 'none',
		...(options.argumentForm === undefined ? {} : { argumentForm: options.argumentForm }),
		flags: options.flags === undefined ? noFlags : new Set(options.flags),
		meaning,
		...(options.unavailable === undefined ? {} : { unavailable: options.unavailable }),
		...(options.anyOf === undefined ? {} : { anyOf: options.anyOf }),
		...(options.constantPerEventType === undefined
			? {}
			: { constantPerEventType: options.constantPerEventType }),
		bind,
	};
}

/** A field that is read the same way for every event type. */
export function field(
	name: string,
	type: FieldType,
	meaning: string,
	read: Read,
	options: FieldOptions = {},
): Field {
	return bound(name, type, meaning, () => read, options);
}

/** A field that the stream cannot give: known by name, so that rules load, and never has a value. */
export function missing(
	name: string,
	type: FieldType,
	meaning: string,
	unavailable: string,
	options: FieldOptions = {},
): Field {
	return bound(name, type, meaning, () => null, { ...options, unavailable });
}

/** For every event type its reader, made once per type by `make`; -1 (no type yet) gets `null`. */
export function perType(make: (eventType: number) => Read | null): Bind {
	return (_argument, eventType) => (eventType < 0 ? null : make(eventType));
}

/** Index argument: an unsigned decimal number. */
export function parseIndex(name: string, argument: string): number {
	if (!/^\d{1,9}$/.test(argument)) {
		throw new FieldArgumentError(`${name}[${argument}]: the argument must be a number from 0 up`);
	}
	return Number(argument);
}
