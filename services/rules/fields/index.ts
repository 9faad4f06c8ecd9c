/** The catalogue of all fields of system call events. */
import type { FieldCatalogue, FieldDefinition } from '../field.ts';
import type { EventSubject } from '../subject.ts';
import { containerFields } from './container.ts';
import { eventFields } from './evt.ts';
import { argumentFields } from './evt-arg.ts';
import { fdFields } from './fd.ts';
import { fdListFields } from './fdlist.ts';
import { fsPathFields } from './fs-path.ts';
import { processFields } from './process.ts';
import { withMemory } from './remembered.ts';
import { threadFields } from './thread.ts';
import { userFields } from './user-group.ts';

export type EventField = FieldDefinition<EventSubject>;

const all: readonly EventField[] = withMemory([
	...eventFields,
	...argumentFields,
	...processFields,
	...threadFields,
	...userFields,
	...fdFields,
	...fsPathFields,
	...fdListFields,
	...containerFields,
]);

const byName = new Map(all.map((field) => [field.name, field]));
if (byName.size !== all.length) throw new Error('a field is defined twice');

export const eventFieldCatalogue: FieldCatalogue<EventSubject> = {
	find: (name) => byName.get(name),
	all: () => all,
};
