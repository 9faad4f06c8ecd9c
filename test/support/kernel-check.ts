/** Checks the frames that two captures wrote on a booted kernel (capture-kernels.sh) while the actors did their scenes. Usage: kernel-check.ts FRAMES */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeFrames } from './capture.ts';
import { marked, racedLetter, roundsOf, wrong } from './races.ts';

const file = process.argv[2] ?? '';
const eventsIn = (path: string) => decodeFrames(readFileSync(path)).flatMap(({ events: of }) => of);
const events = eventsIn(file);
const [started] = events;
assert.equal(started?.family, 'ProbeStarted');
console.log(
	`Linux ${started.fields.kernelRelease}, ${started.fields.variant} object, ${events.length} events`,
);

const executed = events.filter(({ family }) => family === 'ProcessExecuted');
const scenes = new Map<string, number>();
for (const { header, fields } of executed) {
	const args = (fields.process as { args?: string[] } | null)?.args ?? [];
	if (args[0] === '/actor' && args[1] !== undefined) scenes.set(args[1], header.pid!);
}
assert.deepEqual(
	[...scenes.keys()],
	['files', 'sockets', 'compat', 'copies', 'forks', 'data'],
	'a scene has no exec event',
);
/** Of the scene's process once it is the actor: before, it is the shell's `timeout`, which forks as well. */
const of = (scene: string) => {
	const own = events.filter(({ header }) => header.pid === scenes.get(scene));
	const isActor = ({ family, fields }: (typeof own)[number]): boolean =>
		family === 'ProcessExecuted' && (fields.process as { args?: string[] } | null)?.args?.[0] === '/actor';
	return own.slice(own.findIndex(isActor));
};
const count = (scene: string, family: string) => of(scene).filter((event) => event.family === family).length;

// What the actor does is the same on every kernel; its paths come from the kernel's own tree.
const files = of('files').filter(({ family }) => family === 'FileOpened');
assert.ok(
	files.some(({ fields }) => String(fields.path).startsWith('/tmp/act/')),
	'no path below the working directory',
);
assert.ok(count('files', 'PathChanged') > 5, 'renames, unlinks and the like are missing');
assert.ok(
	count('sockets', 'SocketConnected') > 0 && count('sockets', 'SocketAccepted') > 0,
	'connections are missing',
);
assert.ok(
	of('compat').some(({ header }) => (header.flags! & 1) !== 0),
	'no 32-bit call is marked',
);
assert.equal(count('forks', 'ProcessCloned'), 20, 'children of the fork loop');
assert.ok(
	executed.some(({ fields }) => (((fields.process as { exeFlags: number } | null)?.exeFlags ?? 0) & 8) !== 0),
	'no program from memory',
);

// Names that another thread changes while the kernel works: where the kernel used another one than is reported the event is marked.
for (const [ending, args] of [
	['races', 3],
	['races32', 4],
] as const) {
	const race = executed.find(({ fields }) => {
		const given = (fields.process as { args?: string[] } | null)?.args ?? [];
		return given[0] === '/race' && given.length === args;
	});
	const rounds = roundsOf(events, race?.header.pid ?? 0, readFileSync(`${file}.${ending}`, 'latin1'));
	const lost = wrong(rounds);
	console.log(
		`${ending}: ${rounds.length} calls, ${lost.length} reported with another name than the kernel used, ${lost.filter(({ marked }) => marked).length} of them marked`,
	);
	assert.ok(lost.length > 0, 'no race was lost: nothing is shown');
	assert.deepEqual(
		lost.filter(({ marked }) => !marked),
		[],
	);
}

// The capture beside it wants none of these names: what comes all the same is marked.
const beside = eventsIn(`${file}.filtered`);
const filtered = beside.filter(
	(event) => event.family === 'PathChanged' && event.header.type !== 'symlink' && racedLetter(event) !== null,
);
console.log(`filtered: ${filtered.length} came, ${filtered.filter(marked).length} of them marked`);
assert.ok(filtered.length > 0, 'the filter has left out marked events');
assert.ok(filtered.every(marked), 'what is not marked came through the filter');

// It also reports what is read.
const read = (call: string): unknown =>
	beside.find(({ header }) => header.pid === scenes.get('data') && header.type === call)?.fields.data;
assert.deepEqual(
	[read('pread'), String(read('readv')).slice(0, 14), read('recvmsg')],
	['xxx', 'vector+morexxx', 'vector'],
);

assert.ok(
	events.some(({ family }) => family === 'ProcessSnapshotted'),
	'no snapshot',
);
assert.equal(events.at(-1)?.family, 'ProbeStopped');
assert.deepEqual(
	events.filter(({ family }) => family === 'Gap'),
	[],
	'something was lost',
);
