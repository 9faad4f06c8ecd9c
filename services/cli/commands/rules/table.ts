/** Rows as aligned text, as a Markdown table or as JSON: what the listing commands share. */
import { type Io, UsageError } from '../../command.ts';

export type Row = Readonly<Record<string, string>>;
export type TableForm = 'text' | 'markdown' | 'json';

export const formOptions = {
	json: { type: 'boolean', default: false },
	markdown: { type: 'boolean', default: false },
} as const;

export function formOf(values: { readonly json?: boolean; readonly markdown?: boolean }): TableForm {
	if (values.json && values.markdown) throw new UsageError('--json and --markdown exclude each other');
	return values.json ? 'json' : values.markdown ? 'markdown' : 'text';
}

/** `records` is what --json prints, `rows` what people read; columns are the keys of the first row. */
export function writeTable(form: TableForm, rows: readonly Row[], records: unknown, io: Io): void {
	if (form === 'json') {
		io.stdout.write(`${JSON.stringify(records, null, 2)}\n`);
		return;
	}
	const columns = Object.keys(rows[0] ?? {});
	io.stdout.write(form === 'markdown' ? markdown(columns, rows) : text(columns, rows));
}

function markdown(columns: readonly string[], rows: readonly Row[]): string {
	const line = (cells: readonly string[]): string =>
		`| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('<', '&lt;')).join(' | ')} |\n`;
	return (
		line(columns) +
		line(columns.map(() => '---')) +
		rows.map((row) => line(columns.map((column) => row[column] ?? ''))).join('')
	);
}

/** The last column is not padded and may be long. */
function text(columns: readonly string[], rows: readonly Row[]): string {
	const widths = columns.map((column) =>
		Math.max(...rows.map((row) => (row[column] ?? '').length), column.length),
	);
	const line = (cells: readonly string[]): string =>
		`${cells.map((cell, index) => (index === cells.length - 1 ? cell : cell.padEnd(widths[index]!))).join('  ')}\n`;
	return (
		line(columns.map((column) => column.toUpperCase())) +
		rows.map((row) => line(columns.map((column) => row[column] ?? ''))).join('')
	);
}
