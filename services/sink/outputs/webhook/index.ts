/**
 * The webhook output: alerts → requests (a preset says what they look like) → one result an alert. One request is under way at a time, so order
 * holds. A request with several alerts that is refused as a whole (a 4xx about its content, 413) is halved until the culprit is alone: the
 * others are delivered, and it goes to the dead letters.
 */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { WebhookConfig } from '#platform/config/index.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult, Output } from '../../output.ts';
import { type Answer, judge } from './answer.ts';
import { createHttpClient, targetName } from './client.ts';
import type { PresetSettings } from './preset.ts';
import { presets } from './presets/index.ts';
import { signature, signatureHeader } from './sign.ts';

const gzipAsync = promisify(gzip);
/** Alerts that one call takes when each is a request of its own. */
const singlesMax = 20;

type Part = { readonly id: string; readonly entry: string };

export type WebhookSurroundings = {
	/** Milliseconds since the epoch: for signatures, and a Retry-After that is a date. */
	readonly now: () => number;
};

export function createWebhookOutput(config: WebhookConfig, { now }: WebhookSurroundings): Output {
	const preset = presets[config.preset];
	const settings: PresetSettings = {
		key: config.key ?? '',
		index: config.index ?? '',
		body: config.body,
		form: config.batch.form,
	};
	const alertsMax = Math.min(config.batch.alertsMax, preset.alertsMax);
	const isBatch = alertsMax > 1;
	const target = targetName(config.url);
	const client = createHttpClient(config);

	const post = async (parts: readonly Part[], signal: AbortSignal): Promise<readonly DeliveryResult[]> => {
		const body = Buffer.from(
			preset.join(
				parts.map(({ entry }) => entry),
				settings,
				isBatch,
			),
			'utf8',
		);
		const isZipped = config.compression === 'gzip';
		const headers = {
			'user-agent': 'lanner',
			'content-type': preset.contentType(settings, isBatch),
			...preset.headers?.(settings),
			...lowerCase(config.headers),
			'idempotency-key': idempotencyKey(parts),
			...(isZipped && { 'content-encoding': 'gzip' }),
			...(config.signingSecret !== null && {
				[signatureHeader]: signature(body, config.signingSecret, now()),
			}),
		};
		const outcome = await client.send(headers, isZipped ? await gzipAsync(body) : body, signal);
		if ('failure' in outcome) return [outcome.failure];
		const results = resultsOf(outcome.answer, parts.length);
		if (parts.length === 1 || results.length !== 1 || results[0]?.kind !== 'refused') return results;
		return halved(parts, signal);
	};

	/** One result for all of them, or one each. */
	const resultsOf = (answer: Answer, count: number): readonly DeliveryResult[] => {
		const read = preset.read?.(answer, count) ?? null;
		if (read !== null) return read;
		const result = judge(answer, target, now());
		return result.kind === 'delivered' ? Array.from({ length: count }, () => result) : [result];
	};

	const halved = async (parts: readonly Part[], signal: AbortSignal): Promise<readonly DeliveryResult[]> => {
		const middle = parts.length >> 1;
		const first = await post(parts.slice(0, middle), signal);
		if (first.length < middle || stops(first)) return first;
		return [...first, ...(await post(parts.slice(middle), signal))];
	};

	return {
		batchMax: isBatch ? alertsMax : singlesMax,
		async deliver(alerts: readonly Alert[], signal: AbortSignal): Promise<readonly DeliveryResult[]> {
			const parts = alerts.map((alert) => ({ id: alert.id, entry: preset.entry(alert, settings) }));
			const results: DeliveryResult[] = [];
			for (const group of grouped(parts, alertsMax, config.batch.bytesMax)) {
				if (signal.aborted) break;
				const given = await post(group, signal);
				results.push(...given);
				if (given.length < group.length || stops(given)) break;
			}
			return results;
		},
		close: () => client.close(),
	};
}

/** After a retry or a block nothing more is sent, so that order holds. */
function stops(results: readonly DeliveryResult[]): boolean {
	return results.some(({ kind }) => kind === 'retry' || kind === 'blocked');
}

/** In order, at most so many and so long; an alert that is longer by itself goes alone. */
function* grouped(parts: readonly Part[], alertsMax: number, bytesMax: number): Generator<readonly Part[]> {
	let group: Part[] = [];
	let bytes = 0;
	for (const part of parts) {
		const size = Buffer.byteLength(part.entry) + 1;
		if (group.length > 0 && (group.length >= alertsMax || bytes + size > bytesMax)) {
			yield group;
			group = [];
			bytes = 0;
		}
		group.push(part);
		bytes += size;
	}
	if (group.length > 0) yield group;
}

/** The alert's id; for several, a hash of their ids: the same batch has the same key. */
function idempotencyKey(parts: readonly Part[]): string {
	if (parts.length === 1) return parts[0]!.id;
	const ids = parts.map(({ id }) => id).join('\n');
	return createHash('sha256').update(ids).digest('hex').slice(0, 32);
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
