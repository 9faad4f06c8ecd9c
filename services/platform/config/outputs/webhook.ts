/** Options of the output `webhook`. */
import { isOpenOnTheWay, tlsClientOptions, tlsClientProblems } from '../connection.ts';
import {
	choice,
	integer,
	optionalText,
	type RelationProblem,
	required,
	text,
	textMap,
	type ValueOf,
} from '../option.ts';

/** What a request looks like, and how its answer is read. `json`: the alert, or `body`. */
export const webhookPresets = [
	'json',
	'slack',
	'teams',
	'discord',
	'pagerduty',
	'opsgenie',
	'alertmanager',
	'elasticsearch',
	'splunk',
	'loki',
	'cloudevents',
	'ocsf',
] as const;

/** Those that say nothing without a key of ours. */
const keyPresets: ReadonlySet<string> = new Set(['pagerduty', 'opsgenie', 'splunk']);
const indexPresets: ReadonlySet<string> = new Set(['elasticsearch', 'splunk']);
/** Those whose API takes one alert a request. */
export const singlePresets: ReadonlySet<string> = new Set([
	'slack',
	'teams',
	'discord',
	'pagerduty',
	'opsgenie',
]);

export const webhookOptions = {
	url: text({
		default: required,
		secret: true,
		pattern: /^https?:\/\/[^\s]+$/,
		accepts: 'an http:// or https:// address',
		description: 'Address that alerts are sent to. May hold a token, so it is never printed.',
	}),
	preset: choice(webhookPresets, {
		default: 'json',
		description: 'Form of the request: the alert as JSON, or what that service expects.',
	}),
	method: text({
		default: 'POST',
		pattern: /^[A-Z]{3,16}$/,
		accepts: '3 to 16 capital letters',
		description: 'HTTP method.',
	}),
	headers: textMap({
		default: {},
		secret: true,
		names: /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/,
		description: 'Headers added to each request; they win over those of the preset.',
	}),
	key: optionalText({
		default: null,
		secret: true,
		description: 'Routing key (pagerduty), API key (opsgenie) or token (splunk).',
	}),
	index: optionalText({
		default: null,
		description:
			'Index or data stream (elasticsearch, required), or index (splunk; null = that of the token).',
	}),
	body: optionalText({
		default: null,
		description:
			'JSON with {{field}} in its texts, sent for each alert (preset json); null = the whole alert. Fields: those of the alert, such as {{output}}, {{output_fields.proc.name}}, {{lanner.host_id}}.',
	}),
	batch: {
		alertsMax: integer({ default: 1, min: 1, max: 1_000, description: 'Alerts in one request at most.' }),
		bytesMax: integer({
			default: 1_048_576,
			min: 1_024,
			max: 67_108_864,
			unit: 'bytes',
			description: 'Body of a request with several alerts, before compression; a single alert may be longer.',
		}),
		form: choice(['array', 'ndjson'], {
			default: 'array',
			description: 'Several alerts as a JSON array, or one a line (preset json).',
		}),
	},
	compression: choice(['none', 'gzip'], { default: 'none', description: 'Of the body.' }),
	signingSecret: optionalText({
		default: null,
		secret: true,
		description: 'Signs each body: Lanner-Signature: t=SECONDS,v1=HEX of HMAC-SHA256 over "SECONDS.BODY".',
	}),
	proxy: optionalText({
		default: null,
		secret: true,
		description: 'HTTP proxy that a tunnel is asked of (CONNECT): http://USER:PASSWORD@proxy:3128.',
	}),
	connectTimeoutMs: integer({
		default: 5_000,
		min: 100,
		max: 300_000,
		unit: 'milliseconds',
		description: 'Time to connect, handshake included.',
	}),
	timeoutMs: integer({
		default: 10_000,
		min: 100,
		max: 300_000,
		unit: 'milliseconds',
		description: 'Time for one request, from connecting to the end of the answer.',
	}),
	keepAliveMs: integer({
		default: 30_000,
		min: 1,
		max: 600_000,
		unit: 'milliseconds',
		description: 'How long an idle connection is kept for the next request.',
	}),
	tls: tlsClientOptions('the receiver'),
};

export type WebhookConfig = ValueOf<typeof webhookOptions>;

/** Paths count from the output. Secrets are not shown. `inFlightMax`: of the options of every output. */
export function checkWebhook(output: WebhookConfig, inFlightMax: number): RelationProblem[] {
	const { url, preset, key, index, body, batch, proxy } = output;
	const problems: RelationProblem[] = [];
	const say = (path: readonly string[], message: string): void => void problems.push({ path, message });
	const address = URL.canParse(url) ? new URL(url) : null;
	if (address === null) say(['url'], 'the value (not shown) is no address; accepted: http:// or https://');
	else if (address.username !== '' || address.password !== '')
		say(['url'], 'the value (not shown) holds a user name or password; put them into headers');
	if (isOpenOnTheWay(url))
		for (const option of secretsSent(output))
			say([option], `would go over http:// as it is: give an https:// url, or a receiver on this host`);
	if (keyPresets.has(preset) && key === null) say(['key'], `is null; preset ${preset} needs it`);
	if (!keyPresets.has(preset) && key !== null)
		say(['key'], `has no meaning with preset ${preset}; only with ${[...keyPresets].join(', ')}`);
	if (preset === 'elasticsearch' && index === null) say(['index'], 'is null; preset elasticsearch needs it');
	if (!indexPresets.has(preset) && index !== null)
		say(['index'], `has no meaning with preset ${preset}; only with ${[...indexPresets].join(', ')}`);
	if (body !== null && preset !== 'json')
		say(['body'], `has no meaning with preset ${preset}; only with json`);
	if (body !== null && !isJson(body))
		say(['body'], 'is not JSON; accepted: JSON with {{field}} in its texts');
	if (batch.form !== 'array' && preset !== 'json')
		say(['batch', 'form'], `has no meaning with preset ${preset}; only with json`);
	if (batch.alertsMax > 1 && singlePresets.has(preset))
		say(
			['batch', 'alertsMax'],
			`${batch.alertsMax}: preset ${preset} takes one alert a request; accepted: 1`,
		);
	if (batch.alertsMax > inFlightMax)
		say(
			['batch', 'alertsMax'],
			`${batch.alertsMax} is more than inFlightAlertsMax (${inFlightMax}); it must be at most that`,
		);
	if (proxy !== null && !/^https?:\/\/[^\s]+$/.test(proxy))
		say(
			['proxy'],
			'the value (not shown) is no address; accepted: http:// or https://, with or without USER:PASSWORD@',
		);
	return [...problems, ...tlsClientProblems(output.tls, address?.protocol === 'https:', 'url is https://')];
}

/** Options whose secret goes with every request; that of a signature does not. */
function secretsSent({ preset, key, headers }: WebhookConfig): string[] {
	const authorizes = Object.keys(headers).some((name) => /^(?:proxy-)?authorization$/i.test(name));
	return [...(key !== null && keyPresets.has(preset) ? ['key'] : []), ...(authorizes ? ['headers'] : [])];
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
