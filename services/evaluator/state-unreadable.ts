/** The store has state of a host that this version cannot read; nothing is written over it. */
export class StateUnreadableError extends Error {
	readonly code = 'state-unreadable';
	readonly remedy =
		'a newer lanner may have written it: run that version again; or start with new state (another redis.prefix, or an empty store): it is rebuilt from the log';

	constructor(hostId: string, cause: Error) {
		super(`the state of host ${hostId} cannot be read: ${cause.message}`, { cause });
	}
}
