/** How often each rule raised an alert within the window, the most often first. */
import { alertTime } from '#schemas/alert/render.ts';
import type { AlertWindow } from './window.ts';

export type RuleCount = {
	readonly rule: string;
	readonly priority: string;
	readonly tags: readonly string[];
	alerts: number;
	readonly hosts: Set<string>;
	lastTime: string;
};

/** A rule whose priority was changed counts apart for each. */
export function countRules(window: AlertWindow): readonly RuleCount[] {
	const counts = new Map<string, RuleCount>();
	for (const { alert } of window.entries()) {
		const { rule, priority, tags, hostId } = alert;
		const key = `${priority}\n${rule}`;
		const known = counts.get(key) ?? { rule, priority, tags, alerts: 0, hosts: new Set(), lastTime: '' };
		counts.set(key, known);
		known.alerts++;
		known.hosts.add(hostId);
		known.lastTime = alertTime(alert);
	}
	return [...counts.values()].sort((a, b) => b.alerts - a.alerts || (a.rule < b.rule ? -1 : 1));
}
