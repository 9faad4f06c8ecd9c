/**
 * What an error of Redis means for us. `wait`: nothing is wrong with what we asked, it is tried again until it works; a person may have
 * to act (memory, replica), so it is said. `refused`: trying again would not help. Everything else is a bug and goes up.
 */
import { StoreRefusedError } from '../store.ts';

export type Verdict =
	| { readonly kind: 'wait'; readonly reason: string; readonly remedy: string }
	| { readonly kind: 'refused'; readonly error: StoreRefusedError }
	| { readonly kind: 'bug' };

const waiting: Readonly<Record<string, string>> = {
	OOM: 'Redis has no memory left: raise maxmemory (policy noeviction), or lower what is kept',
	READONLY: 'this is a replica: give the address of the primary, or use redis.mode sentinel',
	LOADING: 'Redis is loading its data',
	BUSY: 'Redis is busy with a script',
	TRYAGAIN: 'the cluster moves slots',
	CLUSTERDOWN: 'the cluster is not whole: look at its nodes',
	MASTERDOWN: 'the primary of this replica is away',
	NOREPLICAS: 'Redis has fewer replicas than min-replicas-to-write asks for',
	MISCONF: 'Redis cannot write to its disk and refuses changes: look at its log',
	UNBLOCKED: 'Redis changed its role',
};

const refused: Readonly<Record<string, string>> = {
	WRONGPASS: 'check redis.username and redis.password',
	NOAUTH: 'Redis asks for a password: set redis.password',
	NOPERM: 'give the user of redis.username the rights of deploy/acl/redis.acl',
	CROSSSLOT: 'redis.prefix must not contain { or }',
	DENIED: 'Redis is in protected mode: give it a password and set redis.password',
};

/** How a script tells of a right that lacks: Redis 7 does not say NOPERM there. */
const scriptRightsText = /The user executing the script can't/;
const tlsText = /certificate|self.signed|altname|SSL routines|wrong version number/i;

export function judge(error: unknown, what: string): Verdict {
	if (!(error instanceof Error)) return { kind: 'bug' };
	const word = scriptRightsText.test(error.message)
		? 'NOPERM'
		: (/^-?([A-Z]+)\b/.exec(error.message)?.[1] ?? '');
	const remedy =
		refused[word] ?? (/invalid password|AUTH/.test(error.message) ? refused.WRONGPASS : undefined);
	if (remedy !== undefined) return refuse(`${what}: ${error.message}`, remedy, error);
	if (waiting[word] !== undefined) return { kind: 'wait', reason: error.message, remedy: waiting[word] };
	if (tlsText.test(error.message))
		return refuse(
			`${what}: TLS with Redis fails: ${error.message}`,
			'check redis.tls: caFile must hold the authority of the server, and its name must fit redis.addresses or redis.tls.serverName',
			error,
		);
	if (error.name === 'ReplyError') return { kind: 'bug' };
	return {
		kind: 'wait',
		reason: error.message,
		remedy: 'check that Redis runs and redis.addresses is right',
	};
}

/** What to throw where nobody waits for Redis: what lacks for now is a refusal as well. */
export function atOnce(error: unknown, what: string): unknown {
	const verdict = judge(error, what);
	if (verdict.kind === 'bug') return error;
	if (verdict.kind === 'refused') return verdict.error;
	return new StoreRefusedError(`Redis: ${verdict.reason}`, verdict.remedy, { cause: error });
}

function refuse(message: string, remedy: string, cause: Error): Verdict {
	return { kind: 'refused', error: new StoreRefusedError(message, remedy, { cause }) };
}
