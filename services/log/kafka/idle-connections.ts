/**
 * kafkajs 2.2.4 arms a timer with a negative time for every connection whenever it looks at its queue, which fires at once and
 * arms the next: about a thousand calls a second and 4 to 5 % of a core while nothing happens. Replaced by the same function that arms a
 * timer only when something waits. A test fails when kafkajs changes, so that this is taken out in time.
 */
import { createRequire } from 'node:module';

type Queue = {
	throttledUntil: number;
	throttleCheckTimeoutId: NodeJS.Timeout | null;
	readonly pending: readonly unknown[];
	checkPendingRequests(): void;
	scheduleCheckPendingRequests(): void;
};

/** Milliseconds after which waiting requests are looked at again, as in kafkajs. */
const pendingCheckMs = 10;

const require = createRequire(import.meta.url);
let done = false;

export function quietIdleConnections(): void {
	if (done) return;
	done = true;
	const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: Queue };
	prototype.scheduleCheckPendingRequests = function (this: Queue): void {
		const throttledMs = this.throttledUntil - Date.now();
		if (this.throttleCheckTimeoutId !== null && this.throttleCheckTimeoutId !== undefined) return;
		if (throttledMs <= 0 && this.pending.length === 0) return;
		this.throttleCheckTimeoutId = setTimeout(
			() => {
				this.throttleCheckTimeoutId = null;
				this.checkPendingRequests();
			},
			throttledMs > 0 ? throttledMs : pendingCheckMs,
		);
	};
}
