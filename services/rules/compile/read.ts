/** Reading one operand without generated code; for what is read rarely (outputs of rules that matched). */
import type { FieldValue } from '../field.ts';
import type { Operand } from './ir.ts';

export function bindOperand<Subject>(
	operand: Operand<Subject>,
	eventType: number,
): (subject: Subject) => FieldValue {
	switch (operand.kind) {
		case 'constant':
			return () => operand.value;
		case 'field':
			return operand.definition.bind(operand.argument, eventType) ?? (() => null);
		case 'transform': {
			const readers = operand.args.map((arg) => bindOperand(arg, eventType));
			return (subject) => operand.run(readers.map((read) => read(subject)));
		}
	}
}
