/** Events, alerts and what the output got, compared with what one evaluator in one process makes of the same events. */
import { readFileSync } from 'node:fs';
import { Replay } from '#evaluator/replay.ts';
import type { EventLog, Topic } from '#log/log.ts';
import type { RuleSet } from '#rules/compile/rule-set.ts';
import type { EventSubject } from '#rules/subject.ts';
import { alertCodec } from '#schemas/codec.ts';
import { DecodeError } from '#schemas/decode-error.ts';
import type { Alert } from '#schemas/generated/alert.ts';

export type ChaosVerdict = {
	readonly events: number;
	readonly batches: number;
	/** Batches that were sent again. */
	readonly batchesRepeated: number;
	readonly golden: number;
	readonly told: number;
	readonly repeats: number;
	readonly outputLines: number;
	/** Lines of the output with an id that an earlier line had. */
	readonly outputRepeats: number;
	readonly problems: readonly string[];
};

const shownMax = 5;

/** Values of a topic by partition, in order, as far as the topic reaches now. */
export async function readTopic(log: EventLog, topic: Topic, group: string): Promise<Map<number, Buffer[]>> {
	const consumer = await log.consume({ topic, group });
	const values = new Map<number, Buffer[]>();
	const reading: Promise<void>[] = [];
	for await (const assignment of consumer.assignments()) {
		reading.push(
			(async () => {
				await assignment.seek('earliest');
				const end = await assignment.endOffset();
				const found: Buffer[] = [];
				for (let next = 0n; next < end; ) {
					const records = await assignment.read({ maxBytes: 1 << 20, waitMs: 500 });
					for (const { value } of records) found.push(Buffer.from(value));
					next = records.length === 0 ? next : records.at(-1)!.offset + 1n;
				}
				values.set(assignment.partition, found);
			})(),
		);
		if (reading.length < (await assignment.partitionCount())) continue;
		await Promise.all(reading);
		await consumer.close();
	}
	return values;
}

export function judge(options: {
	readonly events: ReadonlyMap<number, readonly Buffer[]>;
	readonly alerts: ReadonlyMap<number, readonly Buffer[]>;
	readonly outputFile: string | null;
	readonly ruleSet: RuleSet<EventSubject>;
}): ChaosVerdict {
	const problems: string[] = [];
	const golden = new Map<string, Buffer>();
	let events = 0;
	let batches = 0;
	let batchesRepeated = 0;
	for (const values of options.events.values()) {
		const replay = new Replay(options.ruleSet);
		for (const value of values) {
			batches++;
			const alerts: Alert[] = [];
			try {
				const evaluation = replay.evaluate(value, alerts);
				events += evaluation.events;
				if (evaluation.repeated) batchesRepeated++;
			} catch (error) {
				if (!(error instanceof DecodeError)) throw error;
			}
			for (const alert of alerts) golden.set(alert.id, alertCodec.encode(alert));
		}
	}
	const told = new Map<string, Buffer>();
	let repeats = 0;
	for (const values of options.alerts.values()) {
		for (const value of values) {
			const { id } = alertCodec.decode(value);
			const known = told.get(id);
			if (known === undefined) told.set(id, value);
			else repeats++;
			if (known !== undefined && !known.equals(value))
				problems.push(`alert ${id} was repeated with other bytes`);
		}
	}
	const list = (what: string, ids: readonly string[]): void => {
		if (ids.length > 0) problems.push(`${ids.length} × ${what}: ${ids.slice(0, shownMax).join(' ')}`);
	};
	list(
		'alert lost',
		[...golden.keys()].filter((id) => !told.has(id)),
	);
	list(
		'alert that one evaluator does not make',
		[...told.keys()].filter((id) => !golden.has(id)),
	);
	list(
		'alert changed',
		[...told].filter(([id, value]) => golden.get(id)?.equals(value) === false).map(([id]) => id),
	);
	const output = options.outputFile === null ? null : readOutput(options.outputFile);
	if (output !== null)
		list(
			'alert that did not reach the output',
			[...golden.keys()].filter((id) => !output.ids.has(id)),
		);
	return {
		...{ events, batches, batchesRepeated, golden: golden.size, told: told.size, repeats },
		...{ outputLines: output?.lines ?? 0, outputRepeats: output?.repeats ?? 0, problems },
	};
}

function readOutput(file: string): { ids: Set<string>; lines: number; repeats: number } {
	const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
	const ids = new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id));
	return { ids, lines: lines.length, repeats: lines.length - ids.size };
}
