// Writes generated.h: Avro branch and symbol numbers from the schema, system call numbers from the kernel's headers.
// So no number that someone else defines is kept by hand. Usage: generate.mjs SCHEMA UNISTD_64 UNISTD_32 OUT
import { readFileSync, writeFileSync } from 'node:fs';

const [schemaFile, nativeFile, compatFile, outFile] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
const families = schema.fields.find((field) => field.name === 'events').type.items;

/** All named enums below a schema node, in order of appearance. */
function collectEnums(node, found = new Map()) {
	if (Array.isArray(node)) for (const item of node) collectEnums(item, found);
	else if (node !== null && typeof node === 'object') {
		if (node.type === 'enum') found.set(node.name, node.symbols);
		for (const key of ['type', 'items', 'fields'])
			if (typeof node[key] === 'object') collectEnums(node[key], found);
	}
	return found;
}

/**
 * Calls that Linux got after 6.1, whose headers Debian 12 builds with: a kernel that has them runs programs that make them, whatever was
 * there at the build. They have one number on all machines and for 32-bit calls, as every call from 424 on. From the headers of 7.2.
 */
const firstOfYoungest = 451;
const youngest = [
	...['cachestat', 'fchmodat2', 'map_shadow_stack', 'futex_wake', 'futex_wait', 'futex_requeue', 'statmount'],
	...['listmount', 'lsm_get_self_attr', 'lsm_set_self_attr', 'lsm_list_modules', 'mseal', 'setxattrat'],
	...[
		'getxattrat',
		'listxattrat',
		'removexattrat',
		'open_tree_attr',
		'file_getattr',
		'file_setattr',
		'listns',
	],
	'rseq_slice_yield',
].map((name, i) => ({ name, number: firstOfYoungest + i }));

/** Numbers of a header as it is, or of the preprocessor's list of definitions (arm64: by way of `__NR3264_…`; ARM: from a base of 0). */
function systemCalls(file) {
	const text = readFileSync(file, 'utf8');
	const shared = new Map(
		[...text.matchAll(/^#define (__NR3264_\w+) (\d+)$/gm)].map(([, name, number]) => [name, Number(number)]),
	);
	const calls = [];
	for (const [, name, value] of text.matchAll(/^#define __NR_(\w+)\s+(\S.*)$/gm)) {
		const plain = /^(?:\(__NR_SYSCALL_BASE ?\+ ?)?(\d+)\)?$/.exec(value);
		const number = plain === null ? shared.get(value) : Number(plain[1]);
		if (number !== undefined && name !== 'SYSCALL_BASE' && name !== 'syscalls') calls.push({ name, number });
	}
	if (calls.length < 270) throw new Error(`${file}: only ${calls.length} system calls found`);
	const known = new Set(calls.map(({ name }) => name));
	const younger = youngest.filter(({ name }) => !known.has(name));
	return [...calls, ...younger].sort((a, b) => a.number - b.number);
}

// i386 has wide twins of old calls (chown32, fcntl64, futex_time64): the same event. x86-64 has a few with another spelling.
const spelling = {
	_llseek: 'llseek',
	_newselect: 'select',
	ugetrlimit: 'getrlimit',
	prlimit64: 'prlimit',
	pread64: 'pread',
	pwrite64: 'pwrite',
	waitpid: 'wait4',
	utimensat_time64: 'utimensat',
	fadvise64_64: 'fadvise64',
	clock_nanosleep_time64: 'clock_nanosleep',
	getdents: 'getdents',
};

function eventName(name, symbols) {
	for (const candidate of [
		name,
		spelling[name],
		name.replace(/_time64$/, ''),
		name.replace(/(32|64)$/, ''),
		name.replace(/_time32$/, ''),
	])
		if (candidate !== undefined && symbols.has(candidate)) return candidate;
	return 'unknown';
}

const enums = collectEnums(schema);
const symbols = new Set(enums.get('EventType'));
const socketCalls = [
	'',
	'socket',
	'bind',
	'connect',
	'listen',
	'accept',
	'getsockname',
	'getpeername',
	'socketpair',
	'send',
	'recv',
	'sendto',
	'recvfrom',
	'shutdown',
	'setsockopt',
	'getsockopt',
	'sendmsg',
	'recvmsg',
	'accept4',
	'recvmmsg',
	'sendmmsg',
];

const out = ['/* Made by capture/generate.mjs; do not edit. */', '#pragma once', ''];
out.push(
	'enum family {',
	...families.map((family, i) => `\tFAMILY_${family.name} = ${i},`),
	`\tFAMILIES = ${families.length},`,
	'};',
	'',
);
for (const [name, list] of enums) {
	const prefix = name === 'EventType' ? 'TYPE_' : `${name}_`;
	out.push(`enum ${name} {`, ...list.map((symbol, i) => `\t${prefix}${symbol} = ${i},`), '};', '');
}
out.push(
	'static const char *const event_type_names[] = {',
	...enums.get('EventType').map((symbol) => `\t"${symbol}",`),
	'};',
	'',
);
out.push('/* {table, number, name of the event, index of the event type} */');
out.push(
	'static const struct system_call {',
	'\tunsigned char table;',
	'\tunsigned short number;',
	'\tconst char *name;',
	'\tunsigned short type;',
	'} system_calls[] = {',
);
const tables = [
	['TABLE_NATIVE', systemCalls(nativeFile)],
	['TABLE_COMPAT', systemCalls(compatFile)],
	['TABLE_SOCKETCALL', socketCalls.map((name, number) => ({ name, number })).slice(1)],
];
for (const [table, calls] of tables)
	for (const call of calls) {
		const event = eventName(call.name, symbols);
		out.push(`\t{${table}, ${call.number}, "${event === 'unknown' ? call.name : event}", TYPE_${event}},`);
	}
out.push('};', '');
writeFileSync(outFile, out.join('\n'));
