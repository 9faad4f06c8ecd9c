// Generated from schemas/account-state/v1.avsc by `npm run schemas:generate`. Do not edit.

/** A user. */
export type Account = {
	/** User id. */
	uid: number;
	/** Name. */
	name: Buffer;
	/** Home directory. */
	home: Buffer;
	/** Login shell. */
	shell: Buffer;
};

/** A group. */
export type AccountGroup = {
	/** Group id. */
	gid: number;
	/** Name. */
	name: Buffer;
};

/** Users and groups of a host: value under the entry 'accounts'. */
export type AccountState = {
	/** All users, as last reported. */
	users: readonly Account[];
	/** All groups, as last reported. */
	groups: readonly AccountGroup[];
};
