/**
 * What was written lately on a connection, to be written again when the connection is lost. TCP acknowledges what the peer's kernel took, not
 * what its program read: a receiver that is killed loses what it had not read. At least once therefore means: repeat the last `ageMs`.
 * Bounded by bytes; the oldest go first.
 */
export type Recent = {
	add(frames: readonly Buffer[], nowMs: number): void;
	/** Everything young enough when the connection was lost, in order; keeps it until it was written again. */
	pending(lostAtMs: number): readonly Buffer[];
	clear(): void;
};

export function recentFrames({
	ageMs,
	bytesMax,
}: {
	readonly ageMs: number;
	readonly bytesMax: number;
}): Recent {
	let entries: { readonly frame: Buffer; readonly atMs: number }[] = [];
	let bytes = 0;
	const trim = (beforeMs: number): void => {
		let gone = 0;
		while (gone < entries.length && (bytes > bytesMax || entries[gone]!.atMs < beforeMs))
			bytes -= entries[gone++]!.frame.length;
		if (gone > 0) entries = entries.slice(gone);
	};
	return {
		add(frames, nowMs) {
			for (const frame of frames) {
				entries.push({ frame, atMs: nowMs });
				bytes += frame.length;
			}
			trim(nowMs - ageMs);
		},
		pending(lostAtMs) {
			trim(lostAtMs - ageMs);
			return entries.map(({ frame }) => frame);
		},
		clear() {
			entries = [];
			bytes = 0;
		},
	};
}
