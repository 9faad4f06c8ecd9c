/**
 * kafkajs 2.2.4 as we use it: loaded here and nowhere else (other files import types only), with six of its habits mended. Tests fail when the
 * functions concerned change, so that each is taken out in time.
 *
 * - Checksum: its CRC-32C in JavaScript takes a third of a producer's time; the native one takes its place before kafkajs binds it. Where
 *   the native package has no build for the platform, kafkajs keeps its own.
 * - Idle connections: it arms a timer with a negative time for every connection whenever it looks at its queue, which fires at once and
 *   arms the next: about a thousand calls a second, 4 to 5 % of a core while nothing happens. Ours arms one only when something waits.
 * - Time limits of requests: looked at ten times a second on every connection, also while none is under way. Ours looks as often as a limit of seconds needs.
 * - Heartbeats: due by the wall clock. One that is set back would end them for as long, and the group would forget us. Ours takes a last
 *   heartbeat that is in the future for one that was never sent.
 * - Requests: see produce-request.ts.
 * - Codecs: see codecs.ts.
 *
 * Loaded by `require`, which the bundler leaves alone: in a bundle the order "mend, then load" could not be kept.
 */
import { createRequire } from 'node:module';
import { installCodecs } from './codecs.ts';
import {
	type Checksum,
	encodeProduce,
	type Payload,
	type ProduceOptions,
	type RequestHead,
	withHead,
} from './produce-request.ts';

type KafkaJs = typeof import('kafkajs');
type Queue = {
	throttledUntil: number;
	throttleCheckTimeoutId: NodeJS.Timeout | null | undefined;
	readonly pending: readonly unknown[];
	checkPendingRequests(): void;
	scheduleCheckPendingRequests(): void;
	readonly requestTimeout: number;
	readonly enforceRequestTimeout: boolean;
	requestTimeoutIntervalId: NodeJS.Timeout | undefined;
	readonly inflight: ReadonlyMap<number, InFlight>;
	isConnected(): boolean;
	destroy(): void;
	scheduleRequestTimeoutCheck(): void;
};
type InFlight = { readonly sentAt: number; readonly requestTimeout: number; timeoutRequest(): void };

type Request = Pick<RequestHead, 'apiKey' | 'apiVersion'> & { encode(): Promise<Payload> };
type Codecs = { lookupCodec(type: number): { compress(encoder: { buffer: Buffer }): Promise<Buffer> } };

type Group = { lastRequest: number; heartbeat(options: { interval: number }): Promise<void> };

/** Milliseconds after which waiting requests are looked at again, as in kafkajs. */
const pendingCheckMs = 10;

/** A limit is found to have passed at most this share of it, and at most so much, too late. */
const limitCheckShare = 30;
const limitCheckMsMax = 1_000;

const require = createRequire(import.meta.url);

function nativeChecksum(): Checksum | null {
	try {
		return (require('@node-rs/crc32') as { crc32c: Checksum }).crc32c;
	} catch {
		// No build for this platform: kafkajs' own is slower and as right.
		return null;
	}
}

function mendChecksum(): void {
	const native = nativeChecksum();
	if (native === null) return;
	replace<Checksum>('kafkajs/src/protocol/recordBatch/crc32C/crc32C.js', () => (bytes) => native(bytes));
}

function mendRequests(): void {
	const { lookupCodec } = require('kafkajs/src/protocol/message/compression') as Codecs;
	const checksum = require('kafkajs/src/protocol/recordBatch/crc32C') as Checksum;
	replace<(options: ProduceOptions) => Request>(
		'kafkajs/src/protocol/requests/produce/v3/request.js',
		(original) => (options) => ({
			...original(options),
			encode: () =>
				encodeProduce(options, (type, buffer) => lookupCodec(type).compress({ buffer }), checksum),
		}),
	);
	type Framed = Omit<RequestHead, keyof Request> & { readonly request: Request };
	replace<(framed: Framed) => Promise<{ buffer: Buffer }>>(
		'kafkajs/src/protocol/request.js',
		() =>
			async ({ correlationId, clientId, request: { apiKey, apiVersion, encode } }) =>
				withHead({ apiKey, apiVersion, correlationId, clientId }, await encode()),
	);
}

/** What a module exports, before others bind it. */
function replace<T>(module: string, make: (original: T) => T): void {
	const path = require.resolve(module);
	const original = require(path) as T;
	require.cache[path]!.exports = make(original);
}

function mendIdleConnections(): void {
	const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: Queue };
	prototype.scheduleCheckPendingRequests = function (this: Queue): void {
		const throttledMs = this.throttledUntil - Date.now();
		if (this.throttleCheckTimeoutId !== null && this.throttleCheckTimeoutId !== undefined) return;
		if (throttledMs <= 0 && this.pending.length === 0) return;
		this.throttleCheckTimeoutId = setTimeout(
			() => {
				this.throttleCheckTimeoutId = null;
				this.checkPendingRequests();
			},
			throttledMs > 0 ? throttledMs : pendingCheckMs,
		);
	};
}

function mendTimeLimits(): void {
	const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: Queue };
	prototype.scheduleRequestTimeoutCheck = function (this: Queue): void {
		if (!this.enforceRequestTimeout) return;
		this.destroy();
		const look = (): void => {
			const now = Date.now();
			for (const request of this.inflight.values())
				if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
			if (!this.isConnected()) this.destroy();
		};
		const everyMs = Math.min(limitCheckMsMax, Math.ceil(this.requestTimeout / limitCheckShare));
		this.requestTimeoutIntervalId = setInterval(look, everyMs);
	};
}

function mendHeartbeats(): void {
	const { prototype } = require('kafkajs/src/consumer/consumerGroup') as { prototype: Group };
	const { heartbeat } = prototype;
	prototype.heartbeat = function (this: Group, options): Promise<void> {
		if (this.lastRequest > Date.now()) this.lastRequest = 0;
		return heartbeat.call(this, options);
	};
}

function load(): KafkaJs {
	mendChecksum();
	mendRequests();
	const kafkajs = require('kafkajs') as KafkaJs;
	mendIdleConnections();
	mendTimeLimits();
	mendHeartbeats();
	installCodecs(kafkajs.CompressionCodecs);
	return kafkajs;
}

export const { Kafka, logLevel, Partitioners, AssignerProtocol } = load();
