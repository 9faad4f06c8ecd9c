/**
 * Discord webhook: one embed (title 256, description 4096, field name 256, value 1024, 25 fields, 6000 characters together). `allowed_mentions`
 * without kinds: @everyone in a field pings nobody. Text stands in a code block, where no markup or link works; a zero-width space after each
 * backtick keeps it closed. Answers 204, or 200 with ?wait=true; 429 with Retry-After.
 */
import type { Alert } from '#schemas/generated/alert.ts';
import { escapedLine, facts, jsonType, type Preset } from '../preset.ts';

const titleCharsMax = 256;
const descriptionCharsMax = 3_500;
const fieldCharsMax = 256;
const fence = '```';

const colours: Readonly<Record<string, number>> = {
	Emergency: 0x8b0000,
	Alert: 0xb22222,
	Critical: 0xd22b2b,
	Error: 0xe34234,
	Warning: 0xffa500,
	Notice: 0x1e90ff,
};
const otherColour = 0x808080;

const inCode = (text: string): string => text.replaceAll('`', '`\u200b');
const inText = (text: string): string => text.replace(/[\\*_~`|>#[\]()<@:-]/g, (char) => `\\${char}`);

function embed(alert: Alert): object {
	return {
		title: escapedLine(`${alert.priority}: ${alert.rule}`, titleCharsMax, inText),
		description: `${fence}\n${escapedLine(alert.output, descriptionCharsMax, inCode)}\n${fence}`,
		color: colours[alert.priority] ?? otherColour,
		timestamp: new Date(alert.timeS * 1000 + Math.floor(alert.timeNs / 1_000_000)).toISOString(),
		fields: facts(alert).map(([name, value]) => ({
			name,
			value: escapedLine(value, fieldCharsMax, inText) || '-',
			inline: true,
		})),
	};
}

export const discordPreset: Preset = {
	alertsMax: 1,
	contentType: jsonType,
	entry: (alert) =>
		JSON.stringify({ username: 'Lanner', allowed_mentions: { parse: [] }, embeds: [embed(alert)] }),
	join: (entries) => entries.join(''),
};
