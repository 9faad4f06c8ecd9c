/**
 * Microsoft Teams, webhook of a workflow ("When a Teams webhook request is received"): one adaptive card, 28 KB with everything. Text stands in
 * TextRuns, which know no markdown, so fields make no links. A workflow answers 202. Old connectors answer 200 even when Teams throttled
 * them, with the error in the body: that is a retry, but for a 400 or 413 in there, which is about the card.
 */

import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult } from '../../../output.ts';
import { said } from '../answer.ts';
import { facts, jsonType, line, type Preset } from '../preset.ts';

const titleCharsMax = 250;
/** Worst case three bytes a character (or six as an escape of JSON): 3000 and eight facts of 250 stay below 28 KB. */
const textCharsMax = 3_000;
const factCharsMax = 250;
/** Status within an answer of 200 that no other attempt changes. */
const refusedWithin: ReadonlySet<number> = new Set([400, 413]);

const colours: Readonly<Record<string, string>> = {
	Emergency: 'attention',
	Alert: 'attention',
	Critical: 'attention',
	Error: 'attention',
	Warning: 'warning',
};

const run = (text: string, style: object = {}) => ({
	type: 'RichTextBlock',
	inlines: [{ type: 'TextRun', text: text === '' ? '-' : text, ...style }],
});

function card(alert: Alert): object {
	const title = line(`${alert.priority}: ${alert.rule}`, titleCharsMax);
	return {
		type: 'AdaptiveCard',
		$schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
		version: '1.4',
		body: [
			run(title, { weight: 'bolder', size: 'medium', color: colours[alert.priority] ?? 'default' }),
			run(line(alert.output, textCharsMax)),
			...facts(alert).map(([name, value]) =>
				run(line(`${name}: ${value}`, factCharsMax), { isSubtle: true }),
			),
		],
	};
}

export const teamsPreset: Preset = {
	alertsMax: 1,
	contentType: jsonType,
	entry: (alert) =>
		JSON.stringify({
			type: 'message',
			attachments: [
				{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content: card(alert) },
			],
		}),
	join: (entries) => entries.join(''),
	read({ status, body }, count): readonly DeliveryResult[] | null {
		if (status !== 200 || !/delivery failed|HTTP error/i.test(body)) return null;
		const inner = Number(/HTTP error (\d{3})/i.exec(body)?.[1] ?? 0);
		const kind = refusedWithin.has(inner) ? 'refused' : 'retry';
		const reason = `Teams answered 200${said(body)}`;
		return Array.from({ length: count }, () => ({ kind, code: 'output-teams-failed', reason }));
	},
};
