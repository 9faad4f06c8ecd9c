/**
 * What share of a recording's events the kernel would leave out with given rules, as if all processes were outside of containers.
 * Usage: node --import tsx test/bench/capture/filtered.ts RECORDING [RULES…] (a recording: test/bench/record-mix.sh)
 */
import { createReadStream } from 'node:fs';
import { readRulesFiles } from '#cli/commands/rules/files.ts';
import { openRecording } from '#log/recording/index.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { loadRules } from '#rules/load/index.ts';
import { encodeKernelFilter } from '#rules/push-down/encode.ts';
import { kernelFilter, namedTypes } from '#rules/push-down/kernel-filter.ts';
import { eventTypes } from '#schemas/generated/event-names.ts';
import { EventReader } from '#schemas/generated/event-reader.ts';
import { FilterModel } from '#test/support/kernel-filter.ts';

const shown = 10;
const [recording, ...paths] = process.argv.slice(2);
if (recording === undefined) throw new Error('name a recording');
const { rules } = loadRules(readRulesFiles(paths, process.cwd()), { catalogue: eventFieldCatalogue });
const enabled = rules.filter((rule) => rule.enabled);
const before = process.cpuUsage();
const text = encodeKernelFilter(kernelFilter(enabled, namedTypes(enabled)));
const { user, system } = process.cpuUsage(before);
const model = new FilterModel(text);
const reader = new EventReader();
const counts = new Map<string, { events: number; leftOut: number }>();
for await (const { message } of (await openRecording(createReadStream(recording))).batches()) {
	reader.open(message);
	while (reader.next()) {
		const type = eventTypes[reader.header.type]!;
		const count = counts.get(type) ?? { events: 0, leftOut: 0 };
		counts.set(type, count);
		count.events++;
		if (model.leavesOut(reader, { onHost: true, directory: '' })) count.leftOut++;
	}
}
const sum = (of: 'events' | 'leftOut'): number =>
	[...counts.values()].reduce((all, count) => all + count[of], 0);
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
process.stdout.write(
	`${enabled.length} rules, filter of ${text.length} bytes made in ${Math.round((user + system) / 1000)} ms of CPU\n` +
		`${sum('leftOut')} of ${sum('events')} events left out: ${percent(sum('leftOut'), sum('events'))}\n`,
);
for (const [type, { events, leftOut }] of [...counts]
	.sort((a, b) => b[1].leftOut - a[1].leftOut)
	.slice(0, shown))
	process.stdout.write(`${type}: ${leftOut} of ${events}, ${percent(leftOut, events)}\n`);
