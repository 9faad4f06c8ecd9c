/**
 * What the benches of the fleet send: batches of many hosts, and the same ones as a file for the replay beside it. Synthetic traffic of hosts
 * (test/support/bench-traffic.ts), or a recording, as it is for one host and dealt to several in turn.
 */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { openRecording } from '#log/recording/index.ts';
import { decodeEventBatch, encodeEventBatch } from '#schemas/event-batch.ts';
import type { EventBatch } from '#schemas/generated/event-batch.ts';
import { HostTraffic } from '#test/support/bench-traffic.ts';
import { batchHeader } from '#test/support/events.ts';

export type Message = { readonly key: string; readonly value: Buffer };
export type Traffic = { readonly messages: readonly Message[]; readonly events: number };

export type TrafficOptions = {
	/** At least so many. */
	readonly events: number;
	readonly hosts: number;
	/** Of a synthetic batch. */
	readonly batchEvents?: number;
	/** Long-lived processes of a synthetic host. */
	readonly processes?: number;
	/** File of `lanner record`; absent = synthetic. */
	readonly recording?: string;
};

const batchEventsDefault = 200;

export async function trafficOf(options: TrafficOptions): Promise<Traffic> {
	return options.recording === undefined ? synthetic(options) : recorded(options, options.recording);
}

/** Hosts by turns: each begins with a snapshot. */
function synthetic({
	events: wanted,
	hosts,
	batchEvents = batchEventsDefault,
	processes = 400,
}: TrafficOptions): Traffic {
	const all = Array.from({ length: hosts }, (_, i) => ({
		hostId: `host-${i}`,
		traffic: new HostTraffic({ seed: i + 1, processes }),
		sequence: 1,
	}));
	const messages: Message[] = [];
	let events = 0;
	for (let round = 0; events < wanted; round++) {
		for (const host of all) {
			const { hostId, traffic, sequence } = host;
			const list = round === 0 ? traffic.snapshot() : traffic.events(batchEvents);
			const header = { ...batchHeader, hostId, hostName: hostId, bootId: `boot-of-${hostId}` };
			messages.push({
				key: hostId,
				value: encodeEventBatch({ ...header, firstSequence: sequence, events: list } as EventBatch),
			});
			host.sequence += list.length;
			events += list.length;
		}
	}
	return { messages, events };
}

/** Each time round the recording is another boot of the host. */
async function recorded({ events: wanted, hosts }: TrafficOptions, path: string): Promise<Traffic> {
	const batches: EventBatch[] = [];
	const file = await openRecording(createReadStream(path) as AsyncIterable<Uint8Array>);
	let known = 0;
	for await (const { message } of file.batches()) {
		const batch = decodeEventBatch(message);
		batches.push(batch);
		known += batch.events.length;
		if (known >= wanted) break;
	}
	const messages: Message[] = [];
	let events = 0;
	for (let place = 0; events < wanted; place++) {
		for (let host = 0; host < hosts && events < wanted; host++) {
			const batch = batches[place % batches.length]!;
			const hostId = `host-${host}`;
			const bootId = `${hostId}-${Math.floor(place / batches.length)}`;
			messages.push({ key: hostId, value: encodeEventBatch({ ...batch, hostId, hostName: hostId, bootId }) });
			events += batch.events.length;
		}
	}
	return { messages, events };
}

/** For the process that replays: length (4 bytes) and bytes of each message. */
export async function writeMessages(path: string, messages: readonly Message[]): Promise<void> {
	const file = createWriteStream(path);
	for (const { value } of messages) {
		const length = Buffer.alloc(4);
		length.writeUInt32BE(value.length);
		file.write(length);
		if (!file.write(value)) await once(file, 'drain');
	}
	file.end();
	await once(file, 'finish');
}

export function readMessages(bytes: Buffer): Buffer[] {
	const messages: Buffer[] = [];
	for (let at = 0; at < bytes.length; ) {
		const end = at + 4 + bytes.readUInt32BE(at);
		messages.push(bytes.subarray(at + 4, end));
		at = end;
	}
	return messages;
}
