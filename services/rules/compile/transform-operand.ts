/**
 * Transformers as operands: byte strings go in and come out as `Text`. Results are kept for equal arguments (bounded), so
 * that a transformed name costs one look-up when it comes again and what was found out about it is remembered.
 */
import { Text } from '#schemas/text.ts';
import type { TransformerName } from '../ast.ts';
import type { FieldType, FieldValue, Scalar } from '../field.ts';
import { ConstantError } from '../operators/constant-error.ts';
import { makeTransformer, type Plain, type Transformer } from '../operators/transformers.ts';
import type { Operand, Plan } from './ir.ts';
import { isText } from './ir.ts';

/** Results kept per transformer; when full, all are dropped (a working set that does not fit would not be helped). */
const resultsMax = 4096;

export function constantText<Subject>(plan: Plan<Subject>, value: string): Operand<Subject> {
	return plan.operand(`constant ${value}`, {
		kind: 'constant',
		value: new Text(value),
		valueType: { type: 'CHARBUF', isList: false },
		label: `"${value}"`,
	});
}

/** `list` is the list in parentheses: `join(",", (a, b))`. */
export function planTransform<Subject>(
	plan: Plan<Subject>,
	name: TransformerName | 'list',
	args: readonly Operand<Subject>[],
	option: string | undefined,
): Operand<Subject> {
	const transformer =
		name === 'list'
			? makeList(args)
			: makeTransformer(
					name,
					args.map((arg) => arg.valueType),
					option,
				);
	const written = args.map((arg) => arg.label).join(',');
	const suffix = option === undefined ? '' : `[${option}]`;
	return plan.operand(`${name} ${args.map((arg) => arg.id).join(' ')} ${suffix}`, {
		kind: 'transform',
		args,
		run: remembered(transformer),
		valueType: { type: transformer.type, isList: transformer.isList },
		label: `${name === 'list' ? '' : name}(${written})${suffix}`,
	});
}

function makeList<Subject>(args: readonly Operand<Subject>[]): Transformer {
	const type: FieldType = args[0]?.valueType.type ?? 'CHARBUF';
	if (args.some((arg) => arg.valueType.isList || arg.valueType.type !== type)) {
		throw new ConstantError('the elements of a list have one type and are no lists');
	}
	return { type, isList: true, run: (values) => values };
}

function remembered(transformer: Transformer): (args: readonly FieldValue[]) => FieldValue {
	const results = new Map<string, FieldValue>();
	return (args) => {
		if (args.includes(null)) return null;
		const only = args.length === 1 ? args[0] : null;
		const key =
			only !== null && only !== undefined && !Array.isArray(only) && isText(only as Scalar)
				? (only as Text).value
				: null;
		const known = key === null ? undefined : results.get(key);
		if (known !== undefined) return known;
		const result = boxed(
			transformer.run(args.map((arg) => plain(arg as Exclude<FieldValue, null>))),
			transformer,
		);
		if (key !== null) {
			if (results.size >= resultsMax) results.clear();
			results.set(key, result);
		}
		return result;
	};
}

function plain(value: Exclude<FieldValue, null>): Plain {
	if (Array.isArray(value)) return value.map((element: Scalar) => plain(element));
	const scalar = value as Scalar;
	return isText(scalar) ? scalar.value : scalar;
}

function boxed(value: Plain | null, { isList }: Transformer): FieldValue {
	if (value === null) return null;
	if (isList) return (value as readonly Plain[]).map(boxedScalar);
	return boxedScalar(value);
}

function boxedScalar(value: Plain): Scalar {
	return typeof value === 'string' ? new Text(value) : (value as Scalar);
}
