/** Fields of rules over what capture wrote: the bytes of its frames go the way that they go in the field. */
import { compileRuleSet } from '#rules/compile/rule-set.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { loadRules } from '#rules/load/index.ts';
import { EventSubject } from '#rules/subject.ts';
import { frameToBatch } from '#schemas/event-batch.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { HostState } from '#state/index.ts';
import { batchHeader } from '#test/support/events.ts';

const headerBytes = 64;

/** Every frame as the batch that the agent would make of it. */
export function batchesOf(bytes: Buffer): Buffer[] {
	const batches: Buffer[] = [];
	for (let at = 0; at < bytes.length; ) {
		const count = bytes.readUInt32LE(at + 8);
		const end = at + headerBytes + bytes.readUInt32LE(at + 12);
		const header = {
			...batchHeader,
			firstSequence: Number(bytes.readBigUInt64LE(at + 16)),
			baseTimeS: Number(bytes.readBigInt64LE(at + 24)),
			baseTimeNs: bytes.readUInt32LE(at + 32),
		};
		batches.push(frameToBatch(header, { count, body: bytes.subarray(at + headerBytes, end) }));
		at = end;
	}
	return batches;
}

/** The output of a rule with this condition, for every event that matches. */
export function outputsOf(bytes: Buffer, condition: string, output: string): string[] {
	const rule = { rule: 'r', desc: 'd', condition, output, priority: 'info' };
	const loaded = loadRules([{ name: 'r.yaml', content: JSON.stringify([rule]) }], {
		catalogue: eventFieldCatalogue,
	});
	if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
	const rules = compileRuleSet(loaded.rules, eventFieldCatalogue, { ruleMatching: 'all', eventTypes });
	const reader = new EventReader();
	const host = new HostState('captured');
	const subject = new EventSubject(host, reader);
	const texts: string[] = [];
	for (const batch of batchesOf(bytes)) {
		reader.open(batch);
		host.enterBatch(reader.batch);
		while (reader.next()) {
			host.apply(reader);
			subject.enter(reader);
			if (rules.match(subject, reader.header.type, []) > 0)
				texts.push(rules.outputs[0]!.text(rules.outputs[0]!.capture(subject, reader.header.type)));
			host.settle(reader);
		}
	}
	return texts;
}
