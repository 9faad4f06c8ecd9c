/** Section `rules`: which rules are read, which of them are on, how they match, what is added to their output. */
import { priorities } from '#schemas/alert/priority.ts';
import { boolean, choice, optionalText, type RelationProblem, texts, type ValueOf } from './option.ts';

export const rulesSection = {
	files: texts({
		default: [],
		path: true,
		description: 'Rules files and folders, in this order; empty = the rules that come with lanner.',
	}),
	matching: choice(['first', 'all'], {
		default: 'first',
		description:
			'Of the rules that match an event, which ones alert: the first in order of definition, or all of them.',
	}),
	minimumPriority: choice(priorities, {
		default: 'Debug',
		description: 'Rules less severe than this are checked but off.',
	}),
	select: texts({
		default: [],
		description:
			'Rules to turn on and off, in this order: "disable rule NAME" (* stands for anything), "enable tag TAG", …; what no entry names is as its file says.',
	}),
	suggestedOutput: boolean({
		default: false,
		description:
			'Add container and pod to the output of every rule: container_id=… container_name=… k8s_pod_name=… …',
	}),
	appendOutput: optionalText({
		default: null,
		description:
			'Added to the output of every rule, after a blank: text and fields, such as container=%container.id; null = nothing.',
	}),
};

export type RulesConfig = ValueOf<typeof rulesSection>;

export type RuleSelection = {
	readonly op: 'enable' | 'disable';
	readonly rule?: string;
	readonly tag?: string;
};

const selectionForm = /^(enable|disable) (rule|tag) (\S.*)$/;

/** Null = it is not written so. */
export function parseSelection(text: string): RuleSelection | null {
	const [, op, what, name] = selectionForm.exec(text) ?? [];
	if (op === undefined || name === undefined) return null;
	const known = { op: op as RuleSelection['op'] };
	return what === 'rule' ? { ...known, rule: name } : { ...known, tag: name };
}

export function checkRules({ select }: RulesConfig): RelationProblem[] {
	return select.flatMap((text, i) =>
		parseSelection(text) === null
			? [
					{
						path: ['select', i],
						message: `${JSON.stringify(text)} is no selection: write "disable rule NAME", "enable rule NAME", "disable tag TAG" or "enable tag TAG"`,
					},
				]
			: [],
	);
}
