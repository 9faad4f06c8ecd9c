/** Configurations of outputs for tests: the documented defaults, and what a test sets. */
import { readConfig, type SyslogConfig, type WebhookConfig } from '#platform/config/index.ts';

function defaultsOf<K extends 'syslog' | 'webhook'>(kind: K, required: string) {
	const { outputs } = readConfig({
		file: '/etc/lanner/lanner.yaml',
		text: `outputs: [{ name: test, kind: ${kind}${required} }]`,
		env: {},
		readFile: () => '',
	});
	return outputs[0];
}

export function syslogConfig(given: Partial<SyslogConfig> = {}): SyslogConfig {
	return { ...(defaultsOf('syslog', '') as unknown as SyslogConfig), ...given };
}

export function webhookConfig(given: Partial<WebhookConfig> & { readonly url: string }): WebhookConfig {
	return { ...(defaultsOf('webhook', ', url: http://127.0.0.1/') as unknown as WebhookConfig), ...given };
}
