/** Rule sets over system call events: the options that they all share. */
import { eventTypes } from '#schemas/generated/event-names.ts';
import type { RuleSetOptions } from './compile/rule-set.ts';
import { processMemory } from './process-memory.ts';
import type { EventSubject } from './subject.ts';

export const eventRuleSetOptions: Pick<RuleSetOptions<EventSubject>, 'eventTypes' | 'processMemory'> = {
	eventTypes,
	processMemory,
};
