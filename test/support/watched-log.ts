/** A log whose assignments are looked at, or answer otherwise, in some of their parts. */
import type { Assignment, EventLog } from '#log/log.ts';

/** What differs of an assignment. */
export type Differing = (inner: Assignment) => Partial<Assignment>;

export function watchedAssignment(inner: Assignment, differing: Differing): Assignment {
	const own = differing(inner);
	return new Proxy(inner, {
		get(target, name) {
			if (name in own) return Reflect.get(own, name);
			const value: unknown = Reflect.get(target, name, target);
			return typeof value === 'function' ? value.bind(target) : value;
		},
	});
}

export function watchedLog(log: EventLog, differing: Differing): EventLog {
	return {
		append: (topic, records) => log.append(topic, records),
		async consume(options) {
			const consumer = await log.consume(options);
			return {
				close: () => consumer.close(),
				async *assignments() {
					for await (const assignment of consumer.assignments())
						yield watchedAssignment(assignment, differing);
				},
			};
		},
		close: () => log.close(),
	};
}
