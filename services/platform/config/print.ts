/** The configuration in force as YAML with secrets masked, and the reference of all options as a Markdown table. */
import { stringify } from 'yaml';
import { type Option, required, type Shape } from './option.ts';
import { isList, isOption, pathText, type ReadConfig } from './read.ts';
import { configSchema } from './schema.ts';

const mask = '(secret, not shown)';

export function printConfig({ config, hidden }: ReadConfig): string {
	return stringify(masked(configSchema, config, [], hidden));
}

function masked(
	shape: Shape,
	value: Readonly<Record<string, unknown>>,
	path: readonly (string | number)[],
	hidden: ReadonlySet<string>,
): Record<string, unknown> {
	const result: Record<string, unknown> = {};
	for (const [key, item] of Object.entries(shape)) {
		const given = value[key];
		const at = [...path, key];
		if (isOption(item))
			result[key] = hidden.has(pathText(at)) || (item.secret && !isBlank(given)) ? mask : given;
		else if (isList(item))
			result[key] = (given as readonly Record<string, unknown>[]).map((entry, i) => {
				const { kind } = entry as { kind: string };
				return { kind, ...masked({ ...item.common, ...item.variants[kind] }, entry, [...at, i], hidden) };
			});
		else result[key] = masked(item, given as Record<string, unknown>, at, hidden);
	}
	return result;
}

function isBlank(value: unknown): boolean {
	return value === null || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** One row per option; outputs by kind. */
export function configReference(): string {
	const head = '| option | type | default | accepted | what it is for |\n|---|---|---|---|---|';
	return `${[head, ...rows(configSchema, '')].join('\n')}\n`;
}

function rows(shape: Shape, prefix: string): string[] {
	return Object.entries(shape).flatMap(([key, item]) => {
		const path = prefix === '' ? key : `${prefix}.${key}`;
		if (isOption(item)) return [row(path, item)];
		if (!isList(item)) return rows(item, path);
		return [
			`| \`${path}\` | list | \`${JSON.stringify(item.default)}\` | up to ${item.entriesMax} | ${item.description} |`,
			`| \`${path}[].kind\` | choice | required | ${Object.keys(item.variants).join(', ')} | Kind of the entry. |`,
			...rows(item.common, `${path}[]`),
			...Object.entries(item.variants).flatMap(([kind, variant]) => rows(variant, `${path}[${kind}]`)),
		];
	});
}

function row(path: string, option: Option<unknown>): string {
	const fallback = option.default === required ? 'required' : `\`${JSON.stringify(option.default)}\``;
	const accepts = `${option.accepts}${option.unit === '' ? '' : ` ${option.unit}`}`.replaceAll('|', '\\|');
	return `| \`${path}\` | ${option.type}${option.secret ? ', secret' : ''} | ${fallback} | ${accepts} | ${option.description} |`;
}
