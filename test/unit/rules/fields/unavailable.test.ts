/** A field without a value must not be silently empty: whoever names it, in a condition or in an output, is told why. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FieldDefinition } from '#rules/field.ts';
import { eventFieldCatalogue } from '#rules/fields/index.ts';
import { loadRules } from '#rules/load/index.ts';
import type { EventSubject } from '#rules/subject.ts';

const fields = eventFieldCatalogue.all().filter(({ unavailable }) => unavailable !== undefined);

function warningsOf(condition: string, output: string): string[] {
	const content = `- {rule: r, desc: d, priority: INFO, condition: "evt.type=open${condition}", output: "${output}"}`;
	const { ok, diagnostics } = loadRules([{ name: 'r.yaml', content }], { catalogue: eventFieldCatalogue });
	assert.ok(ok, JSON.stringify(diagnostics));
	return diagnostics.map(({ message }) => message);
}

function written({ name, argument, argumentForm }: FieldDefinition<EventSubject>): string {
	if (argument !== 'required') return name;
	return argumentForm === 'dot' ? `${name}.cpu` : `${name}[1]`;
}

test('a condition or an output with a field that has no value loads with a warning that says why', () => {
	assert.ok(fields.length > 30);
	for (const field of fields) {
		const reason = field.unavailable!;
		const text = written(field);
		const told = (warnings: readonly string[]) =>
			warnings.some((message) => message.includes(field.name) && message.includes(reason));
		if (!field.flags.has('PRINT_ONLY'))
			assert.ok(told(warningsOf(` and ${text} exists`, 'o')), `${text} in a condition`);
		if (!field.flags.has('FILTER_ONLY'))
			assert.ok(told(warningsOf('', `x %${text}`)), `${text} in an output`);
	}
});
