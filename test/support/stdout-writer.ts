/**
 * A process that delivers alerts to its standard output as `lanner` does: `stdout-writer.ts COUNT STATUS-FILE`. It writes to the status file,
 * many times a second, how often it did and how many were delivered; who reads sees that the event loop turns.
 */
import { writeFileSync } from 'node:fs';
import { flush, neverBlock } from '#cli/standard-output.ts';
import { alertToText } from '#schemas/alert/render.ts';
import { createStdoutOutput } from '#sink/outputs/stdout.ts';
import { alertOf } from '#test/support/sink.ts';

const count = Number(process.argv[2]);
const statusFile = process.argv[3]!;
const batch = 100;
let ticks = 0;
let delivered = 0;
const status = (): void => writeFileSync(statusFile, JSON.stringify({ ticks: ++ticks, delivered }));

neverBlock(process.stdout);
const output = createStdoutOutput({
	stream: process.stdout,
	format: 'text',
	colour: 'never',
	line: alertToText,
});
const timer = setInterval(status, 20);
for (let from = 0; from < count; from += batch) {
	const alerts = Array.from({ length: batch }, (_, i) =>
		alertOf({ output: `n=${from + i} ${'x'.repeat(80)}` }),
	);
	const results = await output.deliver(alerts, new AbortController().signal);
	delivered += results.filter(({ kind }) => kind === 'delivered').length;
}
clearInterval(timer);
await flush(process.stdout, null, 0);
status();
process.exit(0);
