/** Rule sets, logs and stores for tests of evaluation. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type EmbeddedLog, openEmbeddedLog } from '#log/embedded/index.ts';
import type { EventLog, Topic } from '#log/log.ts';
import { compileRuleSet, type RuleSet } from '#rules/compile/rule-set.ts';
import { eventRuleSetOptions } from '#rules/event-rules.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { loadRules } from '#rules/load/index.ts';
import type { EventSubject } from '#rules/subject.ts';
import { type EmbeddedStore, openEmbeddedStore } from '#store/embedded/index.ts';

/** Rules in the text of a rules file → what evaluates them. */
export function ruleSetOf(yaml: string): RuleSet<EventSubject> {
	const loaded = loadRules([{ name: 'test.yaml', content: yaml }], { catalogue: eventFieldCatalogue });
	if (!loaded.ok) throw new Error(loaded.diagnostics.map(({ message }) => message).join('\n'));
	return compileRuleSet(loaded.rules, eventFieldCatalogue, { ...eventRuleSetOptions, ruleMatching: 'first' });
}

export const silentLogger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

export type EmbeddedPair = {
	readonly folder: string;
	readonly log: EmbeddedLog;
	readonly store: EmbeddedStore;
};

/** The log and the store of one host, in a folder that goes with the test. */
export async function embeddedPair(t: TestContext): Promise<EmbeddedPair> {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-evaluation-'));
	const log = await openEmbeddedLog({ folder: join(folder, 'log') });
	const store = await openEmbeddedStore({ folder: join(folder, 'state') });
	t.after(async () => {
		await log.close();
		await store.close();
		rmSync(folder, { recursive: true });
	});
	return { folder, log, store };
}

/** All that a topic of one partition holds. */
export async function valuesOf(log: EventLog, topic: Topic): Promise<Buffer[]> {
	const consumer = await log.consume({ topic, group: 'check' });
	const values: Buffer[] = [];
	for await (const assignment of consumer.assignments()) {
		await assignment.seek('earliest');
		for (;;) {
			const records = await assignment.read({ maxBytes: 1 << 20, waitMs: 10 });
			if (records.length === 0) break;
			for (const { value } of records) values.push(Buffer.from(value));
		}
		await consumer.close();
	}
	return values;
}
