/** What is wrong with rules files, for people: place, sentence, source line with a caret, hint; in colour on a terminal. */
import type { Diagnostic } from '#rules/diagnostic.ts';
import type { LoadResult, RulesFile } from '#rules/load/index.ts';
import { decodeUtf8 } from '#schemas/text.ts';

const tabWidth = 4;

/** Control characters as escapes: a rules file must not be able to paint the terminal of who checks it. */
export function escapeControls(text: string): string {
	return text.replace(
		/[\x00-\x1f\x7f-\x9f]/g,
		(character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
	);
}

export type Paint = {
	readonly error: (text: string) => string;
	readonly warning: (text: string) => string;
	readonly quiet: (text: string) => string;
	readonly strong: (text: string) => string;
};

const plain: Paint = { error: (t) => t, warning: (t) => t, quiet: (t) => t, strong: (t) => t };
const colours: Paint = {
	error: (text) => `\x1b[31m${text}\x1b[0m`,
	warning: (text) => `\x1b[33m${text}\x1b[0m`,
	quiet: (text) => `\x1b[2m${text}\x1b[0m`,
	strong: (text) => `\x1b[1m${text}\x1b[0m`,
};

export function paintFor(
	output: { readonly isTTY?: boolean },
	env: Readonly<Record<string, string | undefined>>,
): Paint {
	return output.isTTY === true && !env.NO_COLOR ? colours : plain;
}

/**
 * Falco warns file by file, and of everything that was read so far: a file of shared lists and macros draws a warning for each that it does
 * not use itself, and a rule is told again with every further file. What a later file did use, and what was told, are left out here.
 */
export function relevantDiagnostics({ diagnostics, lists, macros }: LoadResult): Diagnostic[] {
	const used = (of: readonly { readonly name: string; readonly used: boolean }[]): Set<string> =>
		new Set(of.filter((one) => one.used).map((one) => one.name));
	const usedLists = used(lists);
	const usedMacros = used(macros);
	const told = new Set<string>();
	return diagnostics.filter(({ severity, code, file, offset, message, contexts }) => {
		const key = JSON.stringify([severity, code, file, offset, message]);
		if (told.has(key)) return false;
		told.add(key);
		const name = contexts.at(-1)?.name ?? '';
		if (code === 'LOAD_UNUSED_LIST') return !usedLists.has(name);
		if (code === 'LOAD_UNUSED_MACRO') return !usedMacros.has(name);
		return true;
	});
}

/** Of a longer source line only what is around the place is shown. */
const lineMax = 200;
const lineBefore = 100;

/** `lineText` gives a line of a file (from 1), or null. */
export function renderDiagnostic(
	diagnostic: Diagnostic,
	lineText: (file: string, line: number) => string | null,
	paint: Paint,
): string {
	const { severity, code, message, hint, file, line, column, contexts } = diagnostic;
	const place = [file, ...(line > 0 ? [line] : []), ...(line > 0 && column > 0 ? [column] : [])].join(':');
	const kind = severity === 'error' ? paint.error('error') : paint.warning('warning');
	const lines = [
		`${paint.strong(escapeControls(place))}: ${kind} ${escapeControls(message)} ${paint.quiet(`[${code}]`)}`,
	];
	const where = contexts
		.filter(({ name }) => name !== '')
		.map(({ kind: item, name }) => `${item} "${escapeControls(name)}"`);
	if (where.length > 0) lines.push(paint.quiet(`  in ${where.join(', ')}`));
	const text = line > 0 ? lineText(file, line) : null;
	if (text !== null) lines.push(...sourceLine(text, line, column, paint));
	if (hint !== '') lines.push(`  ${paint.quiet('hint:')} ${escapeControls(hint)}`);
	return `${lines.join('\n')}\n`;
}

function sourceLine(text: string, line: number, column: number, paint: Paint): string[] {
	const number = String(line).padStart(tabWidth);
	const start = Math.max(0, Math.min(column - 1 - lineBefore, text.length - lineMax));
	const part = text.slice(start, start + lineMax);
	const [head, tail] = [start > 0 ? '…' : '', start + lineMax < text.length ? '…' : ''];
	const widen = (one: string): string => one.replaceAll('\t', ' '.repeat(tabWidth));
	const lines = [`${paint.quiet(`${number} |`)} ${head}${escapeControls(widen(part))}${tail}`];
	if (column > 0) {
		const before = head.length + widen(text.slice(start, column - 1)).length;
		lines.push(`${paint.quiet(`${' '.repeat(number.length)} |`)} ${' '.repeat(before)}${paint.error('^')}`);
	}
	return lines;
}

/** Lines of a file by number (from 1), split when first asked for. */
export function lineReader(files: readonly RulesFile[]): (file: string, line: number) => string | null {
	const lines = new Map<string, readonly string[]>();
	return (file, line) => {
		let known = lines.get(file);
		if (known === undefined) {
			const content = files.find(({ name }) => name === file)?.content ?? '';
			known = (
				typeof content === 'string' ? content : decodeUtf8(Buffer.from(content).toString('latin1'))
			).split(/\r?\n/);
			lines.set(file, known);
		}
		return known[line - 1] ?? null;
	};
}
