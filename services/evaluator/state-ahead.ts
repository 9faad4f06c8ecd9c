/** The log is not the one that the state was made from. */
export class StateAheadError extends Error {
	readonly code = 'state-ahead';
	readonly remedy =
		'lanner.events was deleted and made again, or lost what it had acknowledged: start with new state (another redis.prefix, or an empty store)';

	constructor(partition: number, cursor: bigint, end: bigint) {
		super(`the state of partition ${partition} is at offset ${cursor}, but the log ends at ${end}`);
	}
}
