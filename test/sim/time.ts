/**
 * Virtual time: nothing waits for a real clock. Whoever sleeps is in a queue; when all code has come to rest the earliest is woken.
 * One thread and one queue in a fixed order, so a run depends on its seed alone.
 */
import { setImmediate as realTurn } from 'node:timers/promises';

type Sleeper = { readonly atMs: number; readonly order: number; readonly wake: () => void };

/** Chains of promises are settled when the event loop turns; a few turns settle those that need a macrotask of Node's own. */
const turnsToRest = 1;

export class VirtualTime {
	nowMs = 0;
	/** Of the wall clocks of all processes; may be set at any time, as NTP does. */
	wallMs = 1_700_000_000_000;
	#order = 0;
	/** A binary heap by time, then by order of the call. */
	readonly #heap: Sleeper[] = [];

	sleep(ms: number, signal?: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			if (signal?.aborted) {
				resolve();
				return;
			}
			const done = (): void => {
				signal?.removeEventListener('abort', done);
				resolve();
			};
			signal?.addEventListener('abort', done);
			this.#push({ atMs: this.nowMs + Math.max(0, ms), order: this.#order++, wake: done });
		});
	}

	/** Until `isOver`; throws when nothing sleeps and it is not over, or after `untilMs`. */
	async run(isOver: () => boolean, untilMs: number): Promise<void> {
		while (true) {
			for (let i = 0; i < turnsToRest; i++) await realTurn();
			if (isOver()) return;
			const next = this.#pop();
			if (next === undefined) throw new Error('everything has stopped');
			if (next.atMs > untilMs) throw new Error(`not over after ${untilMs} ms`);
			this.nowMs = next.atMs;
			next.wake();
		}
	}

	#push(sleeper: Sleeper): void {
		const heap = this.#heap;
		let at = heap.push(sleeper) - 1;
		while (at > 0) {
			const above = (at - 1) >> 1;
			if (!isBefore(sleeper, heap[above]!)) break;
			heap[at] = heap[above]!;
			at = above;
		}
		heap[at] = sleeper;
	}

	#pop(): Sleeper | undefined {
		const heap = this.#heap;
		const first = heap[0];
		const last = heap.pop();
		if (first === undefined || last === undefined || heap.length === 0) return first;
		let at = 0;
		while (true) {
			let below = 2 * at + 1;
			if (below >= heap.length) break;
			if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
			if (!isBefore(heap[below]!, last)) break;
			heap[at] = heap[below]!;
			at = below;
		}
		heap[at] = last;
		return first;
	}
}

function isBefore(a: Sleeper, b: Sleeper): boolean {
	return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
