/**
 * What a rule about system calls is asked of: one event (the reader stands on it) joined with what is known of its
 * process and host. One object is made per host and pointed at event after event; nothing may keep it.
 */
import type { EventReader } from '#schemas/generated/event-reader.ts';
import type { HostState } from '#state/host.ts';
import type { ProcessNode } from '#state/process.ts';

export class EventSubject {
	readonly host: HostState;
	reader: EventReader;
	/** The event's process; null for events that belong to none. */
	process: ProcessNode | null = null;

	constructor(host: HostState, reader: EventReader) {
		this.host = host;
		this.reader = reader;
	}

	/** Points at the event on which the reader stands; `host.apply` must have seen it. */
	enter(reader: EventReader): void {
		this.reader = reader;
		this.process = this.host.current;
	}
}
