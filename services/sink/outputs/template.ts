/**
 * The `template` of an output: what it says in place of the rule's own text. Where the output writes lines of text the template is the whole
 * line; everywhere else (JSON, syslog, presets) it takes the place of the alert's `output`. What it makes is as hostile as the fields in it:
 * each output escapes it as it would the rule's text. Summaries of the sink keep their own text: it is what they are for.
 */
import { alertToText } from '#schemas/alert/render.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import { compileText } from '../expressions/text.ts';
import type { Output } from '../output.ts';
import { summaryEvent } from '../worker/tally.ts';

/** The line of an alert, without a line end; `template` null = Falco's. */
export function lineOf(template: string | null): (alert: Alert) => string {
	if (template === null) return alertToText;
	const textOf = compileText(template);
	return (alert) => (isSummary(alert) ? alertToText(alert) : textOf(alert));
}

/** The same output for alerts whose text the template made. */
export function withTemplate(output: Output, template: string | null): Output {
	if (template === null) return output;
	const textOf = compileText(template);
	const retold = (alert: Alert): Alert => (isSummary(alert) ? alert : { ...alert, output: textOf(alert) });
	return { ...output, deliver: (alerts, signal) => output.deliver(alerts.map(retold), signal) };
}

function isSummary({ source, eventType }: Alert): boolean {
	return source === 'internal' && eventType === summaryEvent;
}
