/**
 * Configuration: one schema table (`schema.ts`), one reader that reports every problem of a file at once (`read.ts`), and
 * what is printed from the same table (`print.ts`). Reads no environment and no file by itself.
 */

export { parseAddress, type TlsConfig } from './connection.ts';
export { type ConsoleConfig, isLoopback } from './console.ts';
export type { KafkaConfig } from './kafka.ts';
export type { RelationProblem } from './option.ts';
export { type SyslogConfig, syslogFacilities } from './outputs/syslog.ts';
export { type WebhookConfig, webhookPresets } from './outputs/webhook.ts';
export type { OutputConfig } from './outputs.ts';
export { configReference, printConfig } from './print.ts';
export {
	ConfigError,
	type ConfigProblem,
	type ConfigSources,
	defaultConfig,
	type Origins,
	pathText,
	type ReadConfig,
	readConfig,
	readConfigInFull,
} from './read.ts';
export type { RedisConfig } from './redis.ts';
export { parseSelection, type RulesConfig } from './rules.ts';
export type { Config } from './schema.ts';
