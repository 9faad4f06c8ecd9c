/** util.jsonl: rule-name wildcards, quoting and unquoting, intervals. Names made of rule names are not in our product. */
import { parseInterval } from '#platform/interval.ts';
import { matchesWildcard } from '#rules/load/index.ts';
import { EscapeError, escapeForDisplay, unescapeQuoted } from '#rules/parse/index.ts';
import { decodeUtf8, encodeUtf8 } from '#schemas/text.ts';
import { type Case, type CaseKind, differsAsJson, type Verdict } from '../kind.ts';

function judge(line: Case): Verdict {
	const text = line.text as string;
	switch (line.op) {
		case 'wildcard':
			return differsAsJson(line.result, matchesWildcard(line.pattern as string, text));
		case 'escape':
			return differsAsJson(line.result, decodeUtf8(escapeForDisplay(encodeUtf8(text))));
		// Falco's 0 is also what it gives for what is no interval.
		case 'interval':
			return differsAsJson(line.result, parseInterval(text) ?? 0);
		case 'unescape':
			return judgeUnescape(line, text);
		default:
			return { expected: JSON.stringify(line.result), got: `we have no '${line.op}'` };
	}
}

function judgeUnescape(line: Case, text: string): Verdict {
	const quote = text[0] as '"' | "'";
	try {
		const bytes = unescapeQuoted(encodeUtf8(text.slice(1, -1)), quote);
		return differsAsJson(line.result ?? { error: line.error }, {
			hex: Buffer.from(bytes, 'latin1').toString('hex'),
		});
	} catch (error) {
		if (!(error instanceof EscapeError)) throw error;
		return line.error === undefined ? { expected: JSON.stringify(line.result), got: error.message } : null;
	}
}

export const utilKind: CaseKind = { file: 'util.jsonl', prepare: () => judge };
