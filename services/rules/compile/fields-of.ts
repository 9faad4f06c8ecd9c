/** Which fields a condition looks at, as written, sorted. */
import type { Operand, Predicate } from './ir.ts';

export function fieldsOf<Subject>(predicate: Predicate<Subject>): readonly string[] {
	const names = new Set<string>();
	const seen = new Set<number>();
	const visitOperand = (operand: Operand<Subject>): void => {
		if (operand.kind === 'field') names.add(operand.label);
		else if (operand.kind === 'transform') operand.args.forEach(visitOperand);
	};
	const visit = (node: Predicate<Subject>): void => {
		if (seen.has(node.id)) return;
		seen.add(node.id);
		if (node.kind === 'and' || node.kind === 'or') node.children.forEach(visit);
		else if (node.kind === 'not') visit(node.child);
		else if (node.kind === 'compare') [node.left, node.right].forEach(visitOperand);
		else if (node.kind === 'exists' || node.kind === 'test') visitOperand(node.operand);
	};
	visit(predicate);
	return [...names].sort();
}
