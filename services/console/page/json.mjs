/**
 * JSON of alerts without rounding: times and addresses in it are larger than what numbers of JavaScript hold exactly. `parse` gives such a
 * number as its digits; `indent` lays the text out and changes nothing in it.
 */

/** A string, a number, a mark, or a word. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[[\]{},:]|true|false|null/g;

export function parse(text) {
	const exact = text.replace(tokens, (token) =>
		/^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
	);
	return JSON.parse(exact);
}

export function indent(text) {
	let depth = 0;
	let out = '';
	const all = text.match(tokens) ?? [];
	all.forEach((token, at) => {
		const before = all[at - 1];
		const closes = token === '}' || token === ']';
		if (closes) depth--;
		const isEmpty = closes && (before === '{' || before === '[');
		if (!isEmpty && (closes || before === '{' || before === '[' || before === ','))
			out += `\n${'  '.repeat(depth)}`;
		out += token === ':' ? ': ' : token;
		if (token === '{' || token === '[') depth++;
	});
	return out;
}

/** The texts of a JSON array of objects, as they stand. */
export function split(text) {
	const texts = [];
	let depth = 0;
	let start = -1;
	for (const { 0: token, index } of text.matchAll(tokens)) {
		if (token === '{' || token === '[') {
			if (token === '{' && depth === 1) start = index;
			depth++;
		} else if (token === '}' || token === ']') {
			depth--;
			if (token === '}' && depth === 1) texts.push(text.slice(start, index + 1));
		}
	}
	return texts;
}
