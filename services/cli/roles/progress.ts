/** Progress of long work on a terminal: one line, rewritten at most every `pauseMs`; nothing where nobody looks. */
import type { Output } from '../command.ts';
import type { SourceProgress } from './sources.ts';

const pauseMs = 200;
/** Work shorter than this shows nothing. */
const quietMs = 1000;

export type Progress = { update(progress: SourceProgress): void; end(): void };

export function createProgress(
	stderr: Output,
	what: string,
	nowMs: () => number = () => performance.now(),
): Progress {
	if (stderr.isTTY !== true) return { update: () => {}, end: () => {} };
	const startMs = nowMs();
	let shownMs = startMs + quietMs - pauseMs;
	let shown = false;
	return {
		update({ readBytes, totalBytes }) {
			const now = nowMs();
			if (now - shownMs < pauseMs) return;
			shownMs = now;
			shown = true;
			const mb = (readBytes / 1e6).toFixed(0);
			const of =
				totalBytes === null || totalBytes === 0 ? '' : ` (${Math.floor((readBytes / totalBytes) * 100)} %)`;
			stderr.write(`\r\x1b[K${what}: ${mb} MB${of}`);
		},
		end() {
			if (shown) stderr.write('\r\x1b[K');
		},
	};
}
