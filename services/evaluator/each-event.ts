/** The events of batches on the state of their hosts, for tools that ask other questions than which rules match. */
import type { EventSubject } from '#rules/subject.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { HostView } from './evaluate.ts';

/** As `evaluateBatch` does it; returns how many events there were. Throws a DecodeError at the first damage. */
export function forEachEvent(
	batches: readonly Uint8Array[],
	ask: (subject: EventSubject, eventType: number) => void,
): number {
	const reader = new EventReader();
	const hosts = new Map<string, HostView>();
	let events = 0;
	for (const batch of batches) {
		reader.open(batch);
		const { hostId } = reader.batch;
		const host = hosts.get(hostId) ?? new HostView(new HostState(hostId), reader);
		hosts.set(hostId, host);
		if (host.state.enterBatch(reader.batch) === 'repeated') continue;
		while (reader.next()) {
			events++;
			host.state.apply(reader);
			host.subject.enter(reader);
			ask(host.subject, reader.header.type);
			host.state.settle(reader);
		}
	}
	return events;
}
