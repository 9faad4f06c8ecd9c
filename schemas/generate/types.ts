/** Writes the TypeScript types of a message's records (the object form that the codec encodes and decodes). */
import { namedTypes, optional, type RecordType, type Type } from './model.ts';

/** `exactLongs`: every long may be a bigint; else only longs inside unions may. */
export function generateTypes(root: RecordType, options: { source: string; exactLongs: boolean }): string {
	const parts = namedTypes(root).map((type) => {
		if (type.kind === 'enum') {
			return `/** ${type.doc} */\nexport type ${type.name} =\n${type.symbols.map((symbol) => `\t| '${symbol}'`).join('\n')};\n`;
		}
		const fields = type.fields.map((field) => {
			const text = tsType(field.type, options.exactLongs);
			return `\t/** ${field.doc} */\n\t${field.name}: ${text};`;
		});
		return `/** ${type.doc} */\nexport type ${type.name} = {\n${fields.join('\n')}\n};\n`;
	});
	const body = parts.join('\n');
	const head = `// Generated from schemas/${options.source} by \`npm run schemas:generate\`. Do not edit.\n`;
	return body.includes('Long')
		? `${head}import type { Long } from '../long.ts';\n\n${body}`
		: `${head}\n${body}`;
}

function tsType(type: Type, exactLongs: boolean): string {
	const inner = optional(type);
	switch (type.kind) {
		case 'null':
			return 'null';
		case 'boolean':
		case 'string':
			return type.kind;
		case 'bytes':
			return 'Buffer';
		case 'int':
		case 'double':
			return 'number';
		case 'long':
			return exactLongs ? 'Long' : 'number';
		case 'array': {
			const items = tsType(type.items, exactLongs);
			return items.includes('|') ? `readonly (${items})[]` : `readonly ${items}[]`;
		}
		case 'union':
			if (inner !== null) return `${wrapped(inner, exactLongs)} | null`;
			return type.branches.map((branch) => wrapped(branch, true)).join(' | ');
		default:
			return type.name;
	}
}

/** A value of a union other than null is an object with the branch's name as its one key. */
function wrapped(type: Type, exactLongs: boolean): string {
	if (type.kind === 'null') return 'null';
	const name = type.kind === 'record' || type.kind === 'enum' ? type.fullName : type.kind;
	return `{ '${name}': ${tsType(type, exactLongs)} }`;
}
