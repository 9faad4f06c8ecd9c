/** What identifies the meaning of a rule in alerts: two rules with the same digest alert on the same events with the same words. */
import { createHash } from 'node:crypto';
import { printParseable } from '../parse/index.ts';
import type { Rule } from './rule.ts';

/** Raised when the canonical form changes, so that old digests are not mistaken for new ones. */
const formVersion = 1;

/**
 * SHA-256 in hex over name, condition (lists and macros put in), output, priority, tags, source; not over place or what
 * the configuration appends to the JSON. The name belongs to it: alert ids are made of digests, and two rules that differ
 * by name alone are two alerts for one event.
 */
export function digestOf(rule: Rule): string {
	const form = [
		formVersion,
		rule.name,
		printParseable(rule.condition),
		rule.output,
		rule.priority,
		[...rule.tags].sort(),
		rule.source,
	];
	return createHash('sha256').update(JSON.stringify(form), 'utf8').digest('hex');
}
