/** Alerts of the log on standard output, as text or JSON lines, from where this output stopped the last time. */
import type { EventLog } from '#log/log.ts';
import { escapeControls } from '#platform/escape.ts';
import { alertToJson, alertToText } from '#schemas/alert/render.ts';
import { alertCodec } from '#schemas/codec.ts';
import type { Output } from '../command.ts';

export type PrintOptions = {
	readonly log: EventLog;
	readonly stdout: Output;
	readonly json: boolean;
	/** Aborted = end as soon as everything that is there has been printed. */
	readonly drain: AbortSignal;
};

const group = 'lanner-stdout';
const readBytesMax = 1 << 20;
const waitMs = 250;

export async function printAlerts({ log, stdout, json, drain }: PrintOptions): Promise<number> {
	const consumer = await log.consume({ topic: 'lanner.alerts', group });
	let printed = 0;
	for await (const assignment of consumer.assignments()) {
		await assignment.seek((await assignment.progress()) ?? 'earliest');
		while (!assignment.revoked.aborted) {
			const isLast = drain.aborted;
			const records = await assignment.read({ maxBytes: readBytesMax, waitMs });
			if (records.length === 0 && isLast) break;
			for (const { value } of records) {
				const alert = alertCodec.decode(value);
				stdout.write(`${json ? alertToJson(alert) : escapeControls(alertToText(alert))}\n`);
				printed++;
			}
			const last = records.at(-1);
			if (last !== undefined) await assignment.reportProgress(last.offset + 1n);
		}
		await consumer.close();
	}
	return printed;
}
