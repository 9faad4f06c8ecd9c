/**
 * A file, appended to: JSON lines or text, mode 0600. Opened for each batch, so that a file moved away by logrotate is made
 * anew. A write that fails half way (disk full) is cut back to where it began, so that a retry leaves no torn line.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { alertToJson, alertToText } from '#schemas/alert/render.ts';
import { escapeControls } from '../escape.ts';
import { delivered, type Output, retryBecause } from '../output.ts';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;

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
				const file = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
				try {
					const { size } = await file.stat();
					try {
						await file.writeFile(`${lines.join('\n')}\n`);
					} catch (error) {
						await file.truncate(size);
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
