/** Changes to a text that keep it near something meaningful. Deterministic: all chance comes from `random`. */

/** Words of the language and bytes that parsers trip over. */
const words: readonly string[] = [
	...[
		'- rule: r\n',
		'- macro: m\n',
		'- list: l\n',
		'  condition: ',
		'  items: [',
		'  output: ',
		'  append: true\n',
	],
	...[
		'  override: {condition: append}\n',
		'  override: {items: replace}\n',
		'  exceptions: [{name: e, fields: [proc.name]}]\n',
	],
	...[
		'  values: [[a], [b]]\n',
		'  enabled: false\n',
		'- required_engine_version: 0.50.0\n',
		'- required_plugin_versions: []\n',
	],
	...[
		' and ',
		' or ',
		' not ',
		'(',
		')',
		' = ',
		' != ',
		' in ',
		' intersects (',
		' pmatch (',
		' glob ',
		' regex ',
		' exists',
	],
	...[
		' startswith anyof (',
		' allof ',
		' oneof ',
		'val(proc.name)',
		'tolower(',
		'basename(',
		'b64(',
		'len(',
		'join(",", ',
		'concat(',
		'getopt(',
	],
	...[
		'evt.type',
		'evt.arg.flags',
		'evt.arg[0]',
		'evt.rawarg.mode',
		'proc.aname[2]',
		'proc.env[A]',
		'fd.name',
		'fd.net',
		'fd.sip',
		'container.id',
	],
	...[
		'%',
		'%proc.name',
		'%10fd.name',
		'%evt.arg.',
		'*',
		'[',
		']',
		'{',
		'}',
		'"',
		"'",
		',',
		':',
		': ',
		'#',
		'|',
		'>',
		'|-\n',
		'&x ',
		'*x',
		'!!str ',
		'---\n',
		'...\n',
		'? ',
	],
	...[
		'\\x41',
		'\\',
		'\\"',
		'\n',
		'\r\n',
		'\t',
		'\u00e9',
		'\ufeff',
		'\u2028',
		'\ud800',
		'\0',
		'\x7f',
		'\x1b[31m',
		'~',
		'null',
		'true',
		'no',
		'<<: ',
		'<NA>',
	],
	...[
		'0',
		'-1',
		'4294967296',
		'1e9',
		'0x10',
		'10.0.0.0/8',
		'::1',
		'255.255.255.255',
		'18446744073709551616',
		'__proto__',
		'constructor',
		'toString',
	],
];

export type Random = () => number;

/** `others`: texts to take pieces from. The result has at most `charsMax` characters. */
export function mutate(text: string, others: readonly string[], random: Random, charsMax: number): string {
	let result = text;
	const steps = 1 + below(random, 6);
	for (let step = 0; step < steps; step++) result = mutateOnce(result, others, random).slice(0, charsMax);
	return result;
}

function mutateOnce(text: string, others: readonly string[], random: Random): string {
	const at = below(random, text.length + 1);
	const end = Math.min(text.length, at + span(random));
	switch (below(random, 9)) {
		case 0:
			return text.slice(0, at) + text.slice(end);
		case 1:
			return text.slice(0, end) + text.slice(at, end) + text.slice(end);
		case 2:
		case 3:
			return text.slice(0, at) + pick(words, random) + text.slice(at);
		case 4:
			return text.slice(0, at) + pick(words, random) + text.slice(end);
		case 5:
			return text.slice(0, at) + pick(words, random).repeat(1 + below(random, 300)) + text.slice(at);
		case 6:
			return text.slice(0, at) + String.fromCharCode(below(random, 256)) + text.slice(at + 1);
		case 7:
			return splice(text, at, pick(others, random), random);
		default:
			return swapLines(text, random);
	}
}

function splice(text: string, at: number, other: string, random: Random): string {
	const from = below(random, other.length + 1);
	return text.slice(0, at) + other.slice(from, from + 4 * span(random)) + text.slice(at);
}

function swapLines(text: string, random: Random): string {
	const lines = text.split('\n');
	const [left, right] = [below(random, lines.length), below(random, lines.length)];
	[lines[left], lines[right]] = [lines[right] ?? '', lines[left] ?? ''];
	return lines.join('\n');
}

/** Mostly short, sometimes long. */
function span(random: Random): number {
	return 1 + Math.floor(2 ** (random() * 9));
}

export function pick<T>(items: readonly T[], random: Random): T {
	return items[below(random, items.length)] as T;
}

function below(random: Random, bound: number): number {
	return Math.floor(random() * bound);
}
