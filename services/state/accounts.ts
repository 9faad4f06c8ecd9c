/** Users and groups of a host, as last reported. A report replaces all of them. */
import type { UsersReportedView } from '#schemas/generated/event-reader.ts';
import type { Text } from '#schemas/text.ts';

export type Account = { readonly name: Text; readonly home: Text; readonly shell: Text };

export class Accounts {
	readonly users = new Map<number, Account>();
	readonly groups = new Map<number, Text>();
	dirty = false;

	/** Returns how many accounts were left out because there are more than `max`. The first name of an id counts. */
	replace(view: UsersReportedView, max: number): number {
		const { users, groups } = view;
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
		return Math.max(0, users.count - max) + Math.max(0, groups.count - max);
	}

	clear(): void {
		this.users.clear();
		this.groups.clear();
		this.dirty = false;
	}
}
