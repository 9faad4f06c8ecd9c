/**
 * kafkajs 2.2.4 as we use it: loaded here and nowhere else (other files import types only), with four of its habits mended. Tests fail when the
 * functions concerned change, so that each is taken out in time.
 *
 * - Checksum: its CRC-32C in JavaScript takes a third of a producer's time; the native one takes its place before kafkajs binds it. Where
 *   the native package has no build for the platform, kafkajs keeps its own.
 * - Idle connections: it arms a timer with a negative time for every connection whenever it looks at its queue, which fires at once and
 *   arms the next: about a thousand calls a second, 4 to 5 % of a core while nothing happens. Ours arms one only when something waits.
 * - Heartbeats: due by the wall clock. One that is set back would end them for as long, and the group would forget us. Ours takes a last
 *   heartbeat that is in the future for one that was never sent.
 * - Codecs: see codecs.ts.
 *
 * Loaded by `require`, which the bundler leaves alone: in a bundle the order "mend, then load" could not be kept.
 */
import { createRequire } from 'node:module';
import { installCodecs } from './codecs.ts';

type KafkaJs = typeof import('kafkajs');
type Checksum = (bytes: Buffer) => number;
type Queue = {
	throttledUntil: number;
	throttleCheckTimeoutId: NodeJS.Timeout | null | undefined;
	readonly pending: readonly unknown[];
	checkPendingRequests(): void;
	scheduleCheckPendingRequests(): void;
};

type Group = { lastRequest: number; heartbeat(options: { interval: number }): Promise<void> };

/** Milliseconds after which waiting requests are looked at again, as in kafkajs. */
const pendingCheckMs = 10;

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
	const path = require.resolve('kafkajs/src/protocol/recordBatch/crc32C/crc32C.js');
	require(path);
	require.cache[path]!.exports = (bytes: Buffer): number => native(bytes);
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
	const kafkajs = require('kafkajs') as KafkaJs;
	mendIdleConnections();
	mendHeartbeats();
	installCodecs(kafkajs.CompressionCodecs);
	return kafkajs;
}

export const { Kafka, logLevel, Partitioners, AssignerProtocol } = load();
