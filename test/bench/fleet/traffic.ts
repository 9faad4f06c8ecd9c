/**
 * What the benches of the fleet send: batches of many hosts, and the same ones as a file for the replay beside it. Synthetic traffic of hosts
 * (test/support/bench-traffic.ts), or a recording, as it is for one host and dealt to several in turn.
 */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { openRecording } from '#log/recording/index.ts';
import {
	type BatchEvent,
	decodeEventBatch,
	encodeEvent,
	encodeEventBatch,
	frameToBatch,
} from '#schemas/event-batch.ts';
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
/** Long against the first look at every program and path. */
const roundEvents = 100_000;

export async function trafficOf(options: TrafficOptions): Promise<Traffic> {
	return options.recording === undefined ? synthetic(options) : recorded(options, options.recording);
}

/**
 * Every host does the same: a snapshot, then up to `roundEvents` events, over and over, each time round as another boot. The events are encoded once.
 * Hosts send by turns.
 */
function synthetic(options: TrafficOptions): Traffic {
	const { events: wanted, hosts, batchEvents = batchEventsDefault, processes = 400 } = options;
	const traffic = new HostTraffic({ seed: 1, processes });
	const frames = [frameOf(traffic.snapshot())];
	for (let made = 0; made < Math.min(wanted / hosts, roundEvents); made += batchEvents)
		frames.push(frameOf(traffic.events(batchEvents)));
	const messages: Message[] = [];
	let events = 0;
	const sequences = new Array<number>(hosts).fill(1);
	for (let place = 0; events < wanted || place < 2; place++) {
		const frame = frames[place % frames.length]!;
		for (let i = 0; i < hosts; i++) {
			const hostId = `host-${i}`;
			const bootId = `${hostId}-${Math.floor(place / frames.length)}`;
			const header = { ...batchHeader, hostId, hostName: hostId, bootId, firstSequence: sequences[i]! };
			messages.push({ key: hostId, value: frameToBatch(header, frame) });
			sequences[i]! += frame.count;
			events += frame.count;
		}
	}
	return { messages, events };
}

type Frame = { readonly count: number; readonly body: Buffer };

function frameOf(events: readonly BatchEvent[]): Frame {
	return { count: events.length, body: Buffer.concat(events.map(encodeEvent)) };
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
