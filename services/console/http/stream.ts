/**
 * Alerts as server-sent events. A stream is a position in the window: it writes as long as its socket takes more, and goes on when the socket
 * has room again, so that nothing is kept for it but what the socket holds, and nobody waits for it.
 *
 *   open ──▶ writing ◀──────▶ waiting (for alerts, or for the socket)
 *              └─ its place left the window, or its socket took nothing for stallMsMax ──▶ dropped (`slow`, counted)
 *
 * Each event has a cursor as its id; a client that comes back with it (Last-Event-ID, or `after`) goes on there without a gap or a repeat.
 * Where that cannot be, the first event is `reset`: what follows begins with the oldest alert that is kept. An event without data every
 * 15 s moves the cursor of a client whose filter lets nothing through, and shows both ends that the other is there.
 */
import type { ServerResponse } from 'node:http';
import type { Metrics } from '#platform/metrics.ts';
import { cursorAt, type Place } from '../alerts/cursor.ts';
import type { Predicate } from '../alerts/selection.ts';
import type { AlertWindow } from '../alerts/window.ts';
import { commonHeaders } from './answer.ts';

const beatMs = 15_000;
const stallMsMax = 30_000;
const retryMs = 2_000;
/** Written in one go, while nothing else of the process runs. */
const sliceMs = 5;

export type StreamOptions = {
	readonly window: AlertWindow;
	readonly satisfies: Predicate;
	/** Null = only what comes from now on. */
	readonly place: Place | null;
	/** When the session of its browser ends, milliseconds since the epoch; null = it does not. */
	readonly untilMs: number | null;
};

export class Streams {
	readonly #open = new Set<Stream>();
	readonly #max: number;
	readonly #metrics: Metrics;
	readonly #now: () => number;

	constructor(options: { readonly max: number; readonly metrics: Metrics; readonly now: () => number }) {
		this.#max = options.max;
		this.#metrics = options.metrics;
		this.#now = options.now;
		for (const reason of ['slow', 'session-ended'] as const)
			options.metrics.add('lanner_console_streams_dropped_total', { reason }, 0);
		options.metrics.set('lanner_console_streams', 0);
	}

	get isFull(): boolean {
		return this.#open.size >= this.#max;
	}

	open(response: ServerResponse, options: StreamOptions): void {
		const stream = new Stream(response, options, {
			now: this.#now,
			onEnd: (reason) => {
				this.#open.delete(stream);
				this.#metrics.set('lanner_console_streams', this.#open.size);
				if (reason !== 'left') this.#metrics.add('lanner_console_streams_dropped_total', { reason });
			},
		});
		this.#open.add(stream);
		this.#metrics.set('lanner_console_streams', this.#open.size);
		stream.start();
	}

	close(): void {
		for (const stream of [...this.#open]) stream.end('left');
	}
}

type EndReason = 'left' | 'slow' | 'session-ended';

class Stream {
	readonly #response: ServerResponse;
	readonly #options: StreamOptions;
	readonly #now: () => number;
	readonly #onEnd: (reason: EndReason) => void;
	#next: number;
	#isEnded = false;
	#isScheduled = false;
	/** Since when the socket takes nothing; null = it does. */
	#stalledMs: number | null = null;
	#timer: NodeJS.Timeout | null = null;
	#forget = (): void => {};

	constructor(
		response: ServerResponse,
		options: StreamOptions,
		{ now, onEnd }: { now: () => number; onEnd: (reason: EndReason) => void },
	) {
		this.#response = response;
		this.#options = options;
		this.#now = now;
		this.#onEnd = onEnd;
		const { place, window } = options;
		this.#next = place === null ? window.next : place.kind === 'here' ? place.next : window.first;
	}

	start(): void {
		const { window, place } = this.#options;
		const response = this.#response;
		response.writeHead(200, {
			...commonHeaders,
			'content-type': 'text/event-stream; charset=utf-8',
			'cache-control': 'no-store',
			'x-accel-buffering': 'no',
		});
		response.once('close', () => this.end('left'));
		response.on('drain', () => {
			this.#stalledMs = null;
			this.#pump();
		});
		this.#forget = window.onAdd(() => this.#schedule());
		this.#timer = setInterval(() => this.#beat(), beatMs);
		this.#timer.unref();
		const lost = place?.kind === 'too-old' ? place.lost : null;
		const isReset = place !== null && place.kind !== 'here';
		response.write(
			`retry: ${retryMs}\n${isReset ? `event: reset\ndata: ${JSON.stringify({ lost })}\n` : ''}${this.#id()}\n`,
		);
		this.#pump();
	}

	end(reason: EndReason): void {
		if (this.#isEnded) return;
		this.#isEnded = true;
		this.#forget();
		if (this.#timer !== null) clearInterval(this.#timer);
		// A slow socket would keep what it holds until it is gone; the others get what was written.
		if (reason === 'slow') this.#response.destroy();
		else this.#response.end();
		this.#onEnd(reason);
	}

	#id(): string {
		return `id: ${cursorAt(this.#options.window, this.#next)}\n`;
	}

	/** Alerts that come in one turn are written together. */
	#schedule(): void {
		// Looked at with each alert: a window can go round while the socket takes nothing.
		if (this.#next < this.#options.window.first) this.end('slow');
		if (this.#isEnded || this.#isScheduled || this.#stalledMs !== null) return;
		this.#isScheduled = true;
		setImmediate(() => {
			this.#isScheduled = false;
			this.#pump();
		});
	}

	#pump(): void {
		const { window, satisfies } = this.#options;
		const startMs = performance.now();
		while (!this.#isEnded) {
			if (this.#response.writableNeedDrain) {
				this.#stalledMs ??= this.#now();
				return;
			}
			const entry = window.at(this.#next);
			if (entry === undefined) {
				if (this.#next < window.first) this.end('slow');
				return;
			}
			if (performance.now() - startMs > sliceMs) {
				this.#schedule();
				return;
			}
			this.#next++;
			if (satisfies(entry.alert)) this.#response.write(`${this.#id()}data: ${entry.json}\n\n`);
		}
	}

	#beat(): void {
		const nowMs = this.#now();
		const { untilMs } = this.#options;
		if (untilMs !== null && nowMs >= untilMs) this.end('session-ended');
		else if (this.#stalledMs === null) this.#response.write(`${this.#id()}\n`);
		else if (nowMs - this.#stalledMs >= stallMsMax) this.end('slow');
	}
}
