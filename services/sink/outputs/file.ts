/**
 * A file, appended to: JSON lines or text, mode 0600. Opened for each batch, so that a file moved away by logrotate is made
 * anew. A write that fails half way (disk full) is cut back to where it began, so that a retry leaves no torn line.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { escapeControls } from '#platform/escape.ts';
import { alertToJson, alertToText } from '#schemas/alert/render.ts';
import { delivered, type Output, retryBecause } from '../output.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
/** O_NONBLOCK: opening a named pipe that nobody reads would hang for ever. */
const openFlags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK;

export function createFileOutput({
	path,
	format,
}: {
	readonly path: string;
	readonly format: 'json' | 'text';
}): Output {
	return {
		batchMax: 500,
		async deliver(alerts) {
			const lines = alerts.map((alert) =>
				format === 'json' ? alertToJson(alert) : escapeControls(alertToText(alert)),
			);
			try {
				// A symbolic link put in the file's place must not choose where root writes.
				const file = await open(path, openFlags, 0o600);
				try {
					const stat = await file.stat();
					if (!stat.isFile()) throw new Error('is no regular file');
					try {
						await file.writeFile(`${lines.join('\n')}\n`);
					} catch (error) {
						await file.truncate(stat.size);
						throw error;
					}
				} finally {
					await file.close();
				}
			} catch (error) {
				return [retryBecause(error, path)];
			}
			return alerts.map(() => delivered);
		},
		close: async () => {},
	};
}
