/** Users and groups of a host, as last reported. A report replaces all of them. */
import type { UsersReportedView } from '#schemas/generated/event-reader.ts';
import type { Text } from '#schemas/text.ts';
import type { StateCounters, StateLimits } from './limits.ts';
import type { ProcessTree } from './tree.ts';

export type Account = { readonly name: Text; readonly home: Text; readonly shell: Text };

export class Accounts {
	readonly users = new Map<number, Account>();
	readonly groups = new Map<number, Text>();
	dirty = false;
	/** Number of the host's change that last concerned them (see `ProcessTree.changes`). Not saved. */
	changed = 0;
	readonly #limits: StateLimits;
	readonly #counters: StateCounters;
	readonly #processes: ProcessTree;

	constructor(processes: ProcessTree, limits: StateLimits, counters: StateCounters) {
		this.#limits = limits;
		this.#counters = counters;
		this.#processes = processes;
	}

	/** Above `accountsMax` accounts are left out and counted. The first name of an id counts. */
	replace({ users, groups }: UsersReportedView): void {
		const max = this.#limits.accountsMax;
		this.changed = ++this.#processes.changes;
		this.users.clear();
		this.groups.clear();
		this.dirty = true;
		for (let i = 0; i < Math.min(users.count, max); i++) {
			const { uid, name, home, shell } = users.at(i);
			if (!this.users.has(uid)) this.users.set(uid, { name, home, shell });
		}
		for (let i = 0; i < Math.min(groups.count, max); i++) {
			const { gid, name } = groups.at(i);
			if (!this.groups.has(gid)) this.groups.set(gid, name);
		}
		this.#counters.accountsDropped += Math.max(0, users.count - max) + Math.max(0, groups.count - max);
	}

	clear(): void {
		this.users.clear();
		this.groups.clear();
		this.dirty = false;
	}
}
