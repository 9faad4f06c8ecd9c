/** Presets by the name that the configuration gives them. */
import type { WebhookConfig } from '#platform/config/index.ts';
import type { Preset } from '../preset.ts';
import { alertmanagerPreset } from './alertmanager.ts';
import { cloudeventsPreset } from './cloudevents.ts';
import { discordPreset } from './discord.ts';
import { elasticsearchPreset } from './elasticsearch.ts';
import { jsonPreset } from './json.ts';
import { lokiPreset } from './loki.ts';
import { ocsfPreset } from './ocsf.ts';
import { opsgeniePreset } from './opsgenie.ts';
import { pagerdutyPreset } from './pagerduty.ts';
import { slackPreset } from './slack.ts';
import { splunkPreset } from './splunk.ts';
import { teamsPreset } from './teams.ts';

export const presets: Readonly<Record<WebhookConfig['preset'], Preset>> = {
	json: jsonPreset,
	slack: slackPreset,
	teams: teamsPreset,
	discord: discordPreset,
	pagerduty: pagerdutyPreset,
	opsgenie: opsgeniePreset,
	alertmanager: alertmanagerPreset,
	elasticsearch: elasticsearchPreset,
	splunk: splunkPreset,
	loki: lokiPreset,
	cloudevents: cloudeventsPreset,
	ocsf: ocsfPreset,
};
