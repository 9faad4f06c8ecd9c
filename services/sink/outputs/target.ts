/**
 * Where an output delivers to, in a few words for people. Nothing that may be secret: of an address only its origin (Slack, Teams
 * and Discord have the credential in its path), of a program no arguments.
 */
import type { OutputConfig } from '#platform/config/index.ts';
import { portOf } from './syslog/index.ts';
import { targetName } from './webhook/client.ts';

export function outputTarget(config: OutputConfig): string {
	switch (config.kind) {
		case 'stdout':
			return 'standard output';
		case 'file':
			return `file ${config.path}`;
		case 'program':
			return `program ${config.program}`;
		case 'webhook':
			return targetName(config.url);
		case 'syslog': {
			const { transport, socket, host } = config;
			return transport === 'local' ? `syslog ${socket}` : `syslog ${transport} ${host}:${portOf(config)}`;
		}
	}
}
