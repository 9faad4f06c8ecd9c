/** Which rules are on: the `enable` / `disable` list of the configuration, in order, and the least severe priority. */
import { type Priority, priorities } from '#schemas/alert/priority.ts';
import { matchesWildcard } from './wildcard.ts';

/** `rule` is a wildcard pattern, `tag` is exact; a selection with both needs both. */
export type Selection = { readonly op: 'enable' | 'disable'; readonly rule?: string; readonly tag?: string };

type Selectable = {
	readonly name: string;
	readonly enabled: boolean;
	readonly tags: readonly string[];
	readonly priority: Priority;
};

export function isSelected(
	rule: Selectable,
	selections: readonly Selection[],
	leastSevere: Priority,
): boolean {
	if (priorities.indexOf(rule.priority) > priorities.indexOf(leastSevere)) return false;
	let enabled = rule.enabled;
	for (const selection of selections) {
		const byName = selection.rule === undefined || matchesWildcard(selection.rule, rule.name);
		const byTag = selection.tag === undefined || rule.tags.includes(selection.tag);
		if (byName && byTag) enabled = selection.op === 'enable';
	}
	return enabled;
}
