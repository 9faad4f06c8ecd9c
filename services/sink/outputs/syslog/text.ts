/** The output of the rule as one harmless line. */
import { escapeControls } from '#platform/escape.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { truncateUtf8 } from '../../truncate.ts';

/** Of the rule's name in the tail. */
const ruleBytesMax = 128;

/** Where the header cannot carry id and rule they stand at the end, after everything that a process chose. */
export function plainText(
	alert: Alert,
	{ bytesMax, carriesId }: { readonly bytesMax: number; readonly carriesId: boolean },
): string {
	const tail = carriesId
		? ''
		: ` (rule=${truncateUtf8(escapeControls(alert.rule), ruleBytesMax)} id=${escapeControls(alert.id)})`;
	const room = Math.max(bytesMax - Buffer.byteLength(tail), 0);
	return truncateUtf8(escapeControls(alert.output), room) + tail;
}
