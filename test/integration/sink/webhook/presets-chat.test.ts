/** Slack, Teams and Discord: the request as their API documents it, its limits, hostile text, and what their answers mean. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Alert } from '#schemas/generated/alert.ts';
import {
	assertClasses,
	assertHarmless,
	assertRequest,
	exchange,
	namedAlerts,
	retryLater,
	textsOf,
	within,
} from '#test/support/presets.ts';
import { alertOf } from '#test/support/sink.ts';

async function sent<T>(preset: 'slack' | 'teams' | 'discord', path: string, alert: Alert): Promise<T> {
	const { seen, results } = await exchange({ preset, path, alerts: [alert] });
	assert.deepEqual(results, [{ kind: 'delivered' }]);
	assertRequest(seen[0], path, 'application/json');
	return JSON.parse(seen[0]?.body ?? '') as T;
}

describe('Slack', { timeout: 60_000 }, () => {
	const path = '/services/T000/B000/s3cret';
	type Text = { type: string; text: string };
	type Message = { text: string; mrkdwn: boolean; blocks: { type: string; text?: Text; fields?: Text[] }[] };

	for (const [name, alert] of namedAlerts) {
		test(`${name} is a message of blocks within Slack's limits, in which no markup works`, async () => {
			const { text, mrkdwn, blocks } = await sent<Message>('slack', path, alert);
			assert.deepEqual(
				blocks.map(({ type }) => type),
				['header', 'section', 'section'],
			);
			assert.equal(mrkdwn, false);
			within(text, 4_000);
			within(blocks[0]?.text?.text ?? '', 150);
			within(blocks[1]?.text?.text ?? '', 3_000);
			const fields = blocks[2]?.fields ?? [];
			assert.ok(fields.length >= 1 && fields.length <= 10);
			for (const field of fields) within(field.text, 2_000);
			for (const part of [blocks[0]?.text, blocks[1]?.text, ...fields])
				assert.equal(part?.type, 'plain_text');
			const texts = textsOf({ text, blocks });
			for (const one of texts) assert.doesNotMatch(one, /[<>]|&(?!amp;|lt;|gt;)/);
			assertHarmless(texts);
		});
	}

	test('the rule, the output and the host are said', async () => {
		const { text, blocks } = await sent<Message>('slack', path, alertOf());
		assert.equal(text, 'Warning: Shadow read (user=root)');
		assert.deepEqual(
			[blocks[0]?.text?.text, blocks[1]?.text?.text],
			['Warning: Shadow read', 'Shadow read (user=root)'],
		);
		assert.ok(blocks[2]?.fields?.some((field) => field.text === 'Host: web1'));
	});

	test('its answers have their class', () =>
		assertClasses({ preset: 'slack', path }, [
			[{ status: 200, body: 'ok' }, 'delivered'],
			[{ status: 400, body: 'invalid_payload' }, 'refused'],
			[{ status: 400, body: 'user_not_found' }, 'blocked'],
			[{ status: 403, body: 'action_prohibited' }, 'blocked'],
			[{ status: 404, body: 'channel_not_found' }, 'blocked'],
			[{ status: 410, body: 'channel_is_archived' }, 'blocked'],
			[retryLater, 'retry'],
			[{ status: 500, body: 'rollup_error' }, 'retry'],
		]));
});

describe('Teams', { timeout: 60_000 }, () => {
	const path = '/workflows/abc/triggers/manual/paths/invoke?sig=s3cret';
	type Run = { type: string; text: string };
	type Card = { type: string; version: string; body: { type: string; inlines: Run[] }[] };
	type Message = { type: string; attachments: { contentType: string; content: Card }[] };

	for (const [name, alert] of namedAlerts) {
		test(`${name} is one adaptive card below 28 KB, in which no markdown works`, async () => {
			const message = await sent<Message>('teams', path, alert);
			const [attachment, ...others] = message.attachments;
			assert.deepEqual([message.type, others.length], ['message', 0]);
			assert.equal(attachment?.contentType, 'application/vnd.microsoft.card.adaptive');
			assert.deepEqual([attachment?.content.type, attachment?.content.version], ['AdaptiveCard', '1.4']);
			// Old connectors count UTF-16.
			const whole = JSON.stringify(message);
			assert.ok(Math.max(Buffer.byteLength(whole), whole.length * 2) <= 28 * 1024, String(whole.length));
			for (const { type, inlines } of attachment?.content.body ?? []) {
				assert.equal(type, 'RichTextBlock');
				for (const run of inlines) {
					assert.equal(run.type, 'TextRun');
					within(run.text, 3_000);
				}
			}
			assertHarmless(textsOf(message));
		});
	}

	test('its answers have their class, also those that hide in a 200', () =>
		assertClasses({ preset: 'teams', path }, [
			[{ status: 202 }, 'delivered'],
			[{ status: 200, body: '1' }, 'delivered'],
			[
				{
					status: 200,
					body: 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x',
				},
				'retry',
			],
			[{ status: 200, body: 'Microsoft Teams endpoint returned HTTP error 413 with ContextId x' }, 'refused'],
			[{ status: 400 }, 'refused'],
			[{ status: 401 }, 'blocked'],
			[{ status: 404 }, 'blocked'],
			[{ status: 413 }, 'refused'],
			[retryLater, 'retry'],
			[{ status: 502 }, 'retry'],
		]));
});

describe('Discord', { timeout: 60_000 }, () => {
	const path = '/api/webhooks/1/s3cret?wait=true';
	type Embed = {
		title: string;
		description: string;
		color: number;
		timestamp: string;
		fields: { name: string; value: string }[];
	};
	type Message = { allowed_mentions: { parse: string[] }; embeds: Embed[]; content?: string };

	for (const [name, alert] of namedAlerts) {
		test(`${name} is one embed within Discord's limits that mentions nobody and links nowhere`, async () => {
			const { allowed_mentions, embeds } = await sent<Message>('discord', path, alert);
			assert.deepEqual([allowed_mentions, embeds.length], [{ parse: [] }, 1]);
			const { title, description, fields, color, timestamp } = embeds[0] as Embed;
			within(title, 256);
			within(description, 4_096);
			assert.ok(fields.length <= 25);
			for (const field of fields) {
				within(field.name, 256);
				within(field.value, 1_024);
			}
			const total = [title, description, ...fields.flatMap((field) => [field.name, field.value])];
			assert.ok(total.join('').length <= 6_000);
			assert.ok(color >= 0 && color <= 0xffffff);
			assert.equal(new Date(timestamp).toISOString(), timestamp);
			const shown = [title, ...fields.map((field) => field.value)];
			for (const text of shown) assert.doesNotMatch(text.replace(/\\./g, ''), /[*_~`|<>@[\]]/);
			assert.match(description, /^```\n[^\n]*\n```$/);
			assert.doesNotMatch(description.slice(3, -3), /`(?!\u200b)/);
			assertHarmless(total, /(?<=^```)\n|\n(?=```$)/g);
		});
	}

	test('its answers have their class; Retry-After has a fraction', async () => {
		await assertClasses({ preset: 'discord', path }, [
			[{ status: 204 }, 'delivered'],
			[{ status: 200, body: '{"id":"1"}' }, 'delivered'],
			[{ status: 400, body: '{"embeds":["0"]}' }, 'refused'],
			[{ status: 401, body: '{"code":50027}' }, 'blocked'],
			[{ status: 404, body: '{"message":"Unknown Webhook","code":10015}' }, 'blocked'],
			[{ status: 429, headers: { 'retry-after': '0.65' } }, 'retry'],
			[{ status: 503 }, 'retry'],
		]);
	});
});
