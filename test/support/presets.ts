/** For tests of the webhook presets: one exchange with a real HTTP server, hostile and long alerts, and what is common to all of them. */
import assert from 'node:assert/strict';
import type { WebhookConfig } from '#platform/config/index.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult } from '#sink/output.ts';
import { createWebhookOutput } from '#sink/outputs/webhook/index.ts';
import { webhookConfig } from './output-config.ts';
import { alertOf, hostileText } from './sink.ts';
import { type Seen, startReceiver } from './webhook.ts';

/** Markup of every service that shows text to people. */
export const markup = '<!channel> @everyone [go](http://192.0.2.1) <b>x</b> **y** ```\n& <@U1> {{secret}}';

export const hostileAlert = alertOf({
	rule: `${markup}${hostileText}`,
	output: `${hostileText}${markup}`,
	hostName: `h ${markup}`,
	tags: [markup, hostileText],
	containerId: hostileText,
});

/** Every text far too long, of characters that need escapes or three bytes. */
export const longAlert = alertOf({
	rule: '"\\<€'.repeat(5_000),
	output: '&*€"'.repeat(20_000),
	hostName: '`<€'.repeat(5_000),
	hostId: '"€'.repeat(5_000),
	tags: Array.from({ length: 60 }, () => '<€"'.repeat(100)),
	containerId: '\n€"'.repeat(5_000),
});

/** What each preset must bring into its service's form. */
export const namedAlerts: readonly (readonly [string, Alert])[] = [
	['an ordinary alert', alertOf()],
	['a hostile alert', hostileAlert],
	['an alert of endless texts', longAlert],
];

/** Each preset tries again after such an answer. */
export const retryLater: Answer = { status: 429, headers: { 'retry-after': '30' } };

export type Answer = {
	readonly status: number;
	readonly body?: string;
	readonly headers?: Readonly<Record<string, string>>;
};

type Exchange = {
	readonly preset: WebhookConfig['preset'];
	readonly path: string;
	readonly alerts?: readonly Alert[];
	/** One for each request; the last goes on. */
	readonly answers?: readonly Answer[];
	readonly config?: Partial<WebhookConfig>;
	readonly batch?: number;
};

export async function exchange({
	preset,
	path,
	alerts = [alertOf()],
	answers = [{ status: 200 }],
	config = {},
	batch = 1,
}: Exchange): Promise<{ readonly seen: readonly Seen[]; readonly results: readonly DeliveryResult[] }> {
	const receiver = await startReceiver((response, _, count) => {
		const { status, body = '', headers = {} } = answers[Math.min(count, answers.length) - 1] as Answer;
		response.writeHead(status, headers).end(body);
	});
	try {
		const url = `http://127.0.0.1:${receiver.port}${path}`;
		const defaults = webhookConfig({ url });
		const output = createWebhookOutput(
			{
				...defaults,
				preset,
				timeoutMs: 5_000,
				batch: { ...defaults.batch, alertsMax: batch },
				...config,
			},
			{ now: Date.now },
		);
		const results = await output.deliver(alerts, new AbortController().signal);
		await output.close();
		return { seen: receiver.seen, results };
	} finally {
		await receiver.close();
	}
}

export type Case = readonly [Answer, DeliveryResult['kind']];

/** Every answer that the service documents has its class, and no reason names a secret. */
export async function assertClasses(given: Omit<Exchange, 'answers'>, cases: readonly Case[]): Promise<void> {
	for (const [answer, kind] of cases) {
		const { results } = await exchange({ ...given, answers: [answer] });
		const what = `${answer.status} ${answer.body ?? ''}`;
		assert.deepEqual([results.length, results[0]?.kind], [1, kind], what);
		assert.doesNotMatch(JSON.stringify(results), /s3cret/, what);
		const after = answer.headers?.['retry-after'];
		if (after !== undefined)
			assert.equal((results[0] as { afterMs?: number }).afterMs, Number(after) * 1000, what);
	}
}

/** Method, path, type of the body and the key that tells repeats. */
export function assertRequest(seen: Seen | undefined, path: string, contentType: string): void {
	assert.ok(seen, 'no request');
	assert.deepEqual([seen.method, seen.url, seen.headers['content-type']], ['POST', path, contentType]);
	assert.equal(seen.headers['idempotency-key'], alertOf().id);
}

/** All texts of a value, deep. */
export function textsOf(value: unknown): string[] {
	if (typeof value === 'string') return [value];
	if (typeof value !== 'object' || value === null) return [];
	return Object.values(value).flatMap(textsOf);
}

/** No text moves a cursor, hides or turns other text. Line feeds of the preset itself are allowed by `except`. */
export function assertHarmless(texts: readonly string[], except = /(?!)/g): void {
	for (const text of texts)
		assert.doesNotMatch(text.replace(except, ''), /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/, text);
}

export const within = (text: string, charsMax: number, what = text.slice(0, 40)): void =>
	assert.ok(text.length > 0 && text.length <= charsMax, `${what}: ${text.length} of ${charsMax}`);
