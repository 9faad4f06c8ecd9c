/** A part of a plan in the language's own words. Bounds: `textMax` characters, as one part can be a whole condition. */
import type { BinaryNode, UnaryNode } from '../ast.ts';
import type { Predicate } from '../compile/ir.ts';
import { printParseable } from '../parse/index.ts';
import type { SharedSlot } from './instrument.ts';

const textMax = 2000;

/** Byte string. */
export function textOf<Subject>(
	{ kind, part }: SharedSlot<Subject>,
	leaves: ReadonlyMap<number, BinaryNode | UnaryNode>,
): string {
	if (part.kind === 'field' || part.kind === 'transform')
		return kind === 'together' ? `all strings wanted of ${part.label}` : part.label;
	if (part.kind === 'constant') return 'label' in part ? part.label : String(part.value);
	const text = print(part, leaves, textMax);
	return text.length > textMax ? `${text.slice(0, textMax)}…` : text;
}

/** Stops soon after `room` characters. */
function print<Subject>(
	predicate: Predicate<Subject>,
	leaves: ReadonlyMap<number, BinaryNode | UnaryNode>,
	room: number,
): string {
	const leaf = leaves.get(predicate.id);
	if (leaf !== undefined) return printParseable(leaf);
	switch (predicate.kind) {
		case 'constant':
			return String(predicate.value);
		case 'not':
			return `not ${print(predicate.child, leaves, room)}`;
		case 'and':
		case 'or': {
			let text = '(';
			for (const child of predicate.children) {
				if (text.length > room) break;
				text += `${text === '(' ? '' : ` ${predicate.kind} `}${print(child, leaves, room - text.length)}`;
			}
			return `${text})`;
		}
		// What stands in no condition: the prefilter made it of one.
		case 'exists':
			return `${predicate.operand.label} exists`;
		case 'test':
			return `${predicate.operand.label}: ${predicate.test.key}`;
		case 'compare':
			return `${predicate.left.label} ${predicate.operator} ${predicate.right.label}`;
	}
}
