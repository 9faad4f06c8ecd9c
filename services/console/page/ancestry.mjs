/**
 * The process of an alert and its ancestors, as far as the fields of its output tell. Generation 0 is the process, 1 its parent:
 * `proc.pname` and `proc.aname[1]` say the same.
 */

/** Field without an index → its generation and what it tells. */
const single = {
	'proc.name': [0, 'name'],
	'proc.exepath': [0, 'exe'],
	'proc.exe': [0, 'exe'],
	'proc.cmdline': [0, 'command'],
	'proc.exeline': [0, 'command'],
	'proc.pid': [0, 'pid'],
	'proc.pname': [1, 'name'],
	'proc.pexepath': [1, 'exe'],
	'proc.pexe': [1, 'exe'],
	'proc.pcmdline': [1, 'command'],
	'proc.ppid': [1, 'pid'],
};
const indexed = {
	'proc.aname': 'name',
	'proc.aexepath': 'exe',
	'proc.aexe': 'exe',
	'proc.acmdline': 'command',
	'proc.apid': 'pid',
};

/** The oldest first; empty when the fields tell of no process. */
export function ancestry(fields) {
	const generations = new Map();
	const note = (generation, what, value) => {
		if (value === null || value === '' || Array.isArray(value)) return;
		const known = generations.get(generation) ?? { generation };
		generations.set(generation, known);
		known[what] ??= String(value);
	};
	for (const [field, value] of Object.entries(fields)) {
		if (Object.hasOwn(single, field)) note(...single[field], value);
		const [, base, index] = /^(proc\.a[a-z]+)[.[](\d{1,2})\]?$/.exec(field) ?? [];
		if (base !== undefined && Object.hasOwn(indexed, base)) note(Number(index), indexed[base], value);
	}
	return [...generations.values()].sort((a, b) => b.generation - a.generation);
}
