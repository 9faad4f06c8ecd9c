/**
 * What was lost between agent and log, by reason and stream, until a Gap event has told it. Exact: batches, events, first and
 * last sequence. A lost batch that itself told of losses brings those back.
 */
import { decodeEventBatch } from '#schemas/event-batch.ts';
import type { Gap, GapStage, Producer } from '#schemas/generated/event-batch.ts';
import type { OutgoingBatch, RecordHeader } from './record.ts';

export type LossReason =
	| 'spool-full'
	| 'spool-too-old'
	| 'spool-corrupt'
	| 'spool-cut-off'
	| 'record-too-large';

export type Loss = {
	readonly stage: GapStage;
	readonly reason: string;
	readonly producer: Producer;
	readonly batches: number;
	/** -1 = not known. */
	readonly events: number;
	/** -1 = not known. */
	readonly firstSequence: number;
	readonly lastSequence: number;
};

const unknown = -1;

export class Losses {
	readonly #byKey = new Map<string, Loss>();

	get size(): number {
		return this.#byKey.size;
	}

	add(loss: Loss): void {
		const key = `${loss.stage} ${loss.reason} ${loss.producer}`;
		const known = this.#byKey.get(key);
		this.#byKey.set(key, known === undefined ? loss : merge(known, loss));
	}

	/** `header`: of a batch; of a `Gap` batch whose message is at hand give the batch. */
	addBatch(reason: LossReason, lost: OutgoingBatch | RecordHeader): void {
		this.add({
			stage: reason === 'record-too-large' ? 'AGENT' : 'SPOOL',
			reason,
			producer: lost.producer,
			batches: 1,
			events: lost.events,
			firstSequence: lost.firstSequence,
			lastSequence: lost.firstSequence + Math.max(0, lost.events - 1),
		});
		if (lost.reportsLoss && 'value' in lost) for (const told of lossesIn(lost.value)) this.add(told);
	}

	/** Something was lost of which nothing is known. */
	addUnknown(reason: LossReason): void {
		this.add({
			stage: 'SPOOL',
			reason,
			producer: 'UNKNOWN',
			batches: 0,
			events: unknown,
			firstSequence: unknown,
			lastSequence: unknown,
		});
	}

	/** All of them, which are then the caller's to tell. */
	take(): Loss[] {
		const all = [...this.#byKey.values()];
		this.#byKey.clear();
		return all;
	}
}

function merge(a: Loss, b: Loss): Loss {
	return {
		...a,
		batches: a.batches + b.batches,
		events: a.events < 0 || b.events < 0 ? unknown : a.events + b.events,
		firstSequence: lowest(a.firstSequence, b.firstSequence),
		lastSequence: Math.max(a.lastSequence, b.lastSequence),
	};
}

function lowest(a: number, b: number): number {
	if (a < 0) return b;
	return b < 0 ? a : Math.min(a, b);
}

/** Only losses of this kind (with the stream they are missing from): a gap in capture is capture's to repeat, or not. */
function lossesIn(message: Uint8Array): Loss[] {
	return decodeEventBatch(message).events.flatMap((event) => {
		const gap = (event as { 'lanner.events.Gap'?: Gap })['lanner.events.Gap'];
		if (gap === undefined) return [];
		return {
			stage: gap.stage,
			reason: gap.reason,
			producer: gap.producer,
			batches: Number(gap.batches),
			events: Number(gap.lost),
			firstSequence: Number(gap.firstSequence),
			lastSequence: Number(gap.lastSequence),
		};
	});
}
