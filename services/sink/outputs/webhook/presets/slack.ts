/**
 * Slack incoming webhook. Limits: header 150, section 3000, field 2000 characters. Text is `plain_text`, in which no markup works; `&`, `<` and `>`
 * are escaped all the same, because `<!channel>` and links are made of them wherever Slack falls back to mrkdwn. 403, 404 and 410
 * (no_service, channel_is_archived, …) and 400 user_not_found are settings; other 400 (invalid_payload) refuses the alert; 429 has Retry-After.
 */
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult } from '../../../output.ts';
import { allBlocked, said } from '../answer.ts';
import { entities, escapedLine, facts, jsonType, type Preset } from '../preset.ts';

const headerCharsMax = 150;
const sectionCharsMax = 3_000;
const fieldCharsMax = 2_000;
const fallbackCharsMax = 3_000;

const plain = (text: string, charsMax: number) => ({
	type: 'plain_text',
	text: escapedLine(text, charsMax, entities) || '-',
	emoji: false,
});

function message(alert: Alert): object {
	return {
		text: escapedLine(`${alert.priority}: ${alert.output}`, fallbackCharsMax, entities),
		mrkdwn: false,
		unfurl_links: false,
		blocks: [
			{ type: 'header', text: plain(`${alert.priority}: ${alert.rule}`, headerCharsMax) },
			{ type: 'section', text: plain(alert.output, sectionCharsMax) },
			{
				type: 'section',
				fields: facts(alert).map(([name, value]) => plain(`${name}: ${value}`, fieldCharsMax)),
			},
		],
	};
}

export const slackPreset: Preset = {
	alertsMax: 1,
	contentType: jsonType,
	entry: (alert) => JSON.stringify(message(alert)),
	join: (entries) => entries.join(''),
	read({ status, body }, count): readonly DeliveryResult[] | null {
		if (status !== 400 || !body.includes('user_not_found')) return null;
		return allBlocked(count, `Slack does not know the user of our address${said(body)}`);
	},
};
