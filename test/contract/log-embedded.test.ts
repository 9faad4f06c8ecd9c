import assert from 'node:assert/strict';
import {
	appendFile,
	copyFile,
	mkdir,
	mkdtemp,
	readdir,
	readFile,
	rm,
	stat,
	truncate,
	writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type EmbeddedLog, type EmbeddedLogOptions, openEmbeddedLog } from '#log/embedded/index.ts';
import { assigned, logContract, readTexts } from '#test/contract/log.ts';

const topic = 'lanner.events';
const one = (text: string) => [{ key: 'h', value: Buffer.from(text) }];

async function scratch(): Promise<string> {
	return mkdtemp(join(tmpdir(), 'lanner-log-'));
}

logContract('embedded', async () => {
	const folder = await scratch();
	let log = await openEmbeddedLog({ folder });
	return {
		log,
		async reopen() {
			await log.close();
			log = await openEmbeddedLog({ folder });
			return log;
		},
		async cleanUp() {
			await log.close();
			await rm(folder, { recursive: true });
		},
	};
});

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
	const folder = await scratch();
	try {
		await body(folder);
	} finally {
		await rm(folder, { recursive: true });
	}
}

async function withLog<T>(options: EmbeddedLogOptions, body: (log: EmbeddedLog) => Promise<T>): Promise<T> {
	const log = await openEmbeddedLog(options);
	try {
		return await body(log);
	} finally {
		await log.close();
	}
}

async function segments(folder: string): Promise<string[]> {
	return (await readdir(join(folder, topic))).filter((name) => name.endsWith('.segment')).sort();
}

async function allTexts(log: EmbeddedLog, count: number): Promise<string[]> {
	const { assignment, close } = await assigned(log, `all-${Math.random().toString(36).slice(2)}`);
	await assignment.seek('earliest');
	const texts = count === 0 ? [] : await readTexts(assignment, count);
	assert.deepEqual(
		await assignment.read({ maxBytes: 1 << 20, waitMs: 0 }),
		[],
		'there are more records than expected',
	);
	await close();
	return texts;
}

/** The folder as a kill -9 at this moment would leave it, without its lock. */
async function crashCopy(from: string, to: string): Promise<void> {
	await mkdir(join(to, topic), { recursive: true });
	for (const name of await readdir(join(from, topic)))
		if (name !== 'groups') await copyFile(join(from, topic, name), join(to, topic, name));
}

describe('embedded log on disk', () => {
	it('refuses a second owner and names the first, and takes over the lock of a dead one', () =>
		withFolder(async (folder) => {
			await withLog({ folder }, async () => {
				await assert.rejects(openEmbeddedLog({ folder }), (error: Error & { code?: string }) => {
					assert.equal(error.code, 'folder-in-use');
					assert.match(error.message, new RegExp(`process ${process.pid}\\b`));
					return true;
				});
			});
			await writeFile(join(folder, 'lock'), JSON.stringify({ pid: process.pid, start: '1', token: 'x' }));
			await withLog({ folder }, async (log) => log.append(topic, one('a')));
		}));

	it('recovers every whole record from a tail cut at any byte, warns once, and goes on behind it', () =>
		withFolder(async (folder) => {
			const source = join(folder, 'source');
			await withLog({ folder: source }, async (log) => {
				for (const text of ['first', 'second', 'third']) await log.append(topic, one(text));
				const [name] = await segments(source);
				const whole = await readFile(join(source, topic, name!));
				const recordBytes = (text: string): number => 8 + 18 + 1 + text.length;
				const start = whole.length - recordBytes('second') - recordBytes('third');
				for (let cut = start; cut <= whole.length; cut++) {
					const copy = join(folder, `cut-${cut}`);
					await crashCopy(source, copy);
					await truncate(join(copy, topic, name!), cut);
					const kept =
						cut < start + recordBytes('second')
							? ['first']
							: cut < whole.length
								? ['first', 'second']
								: ['first', 'second', 'third'];
					const torn = cut !== start && cut !== start + recordBytes('second') && cut !== whole.length;
					await withLog({ folder: copy }, async (recovered) => {
						assert.equal(recovered.warnings.get('torn-tail') ?? 0, torn ? 1 : 0, `cut at ${cut}`);
						await recovered.append(topic, one('after'));
						assert.deepEqual(await allTexts(recovered, kept.length + 1), [...kept, 'after']);
					});
				}
			});
		}));

	it('cuts a tail whose bytes were changed', () =>
		withFolder(async (folder) => {
			const copy = join(folder, 'copy');
			await withLog({ folder: join(folder, 'source') }, async (log) => {
				await log.append(topic, one('good'));
				await log.append(topic, one('damaged'));
				await crashCopy(join(folder, 'source'), copy);
			});
			const path = join(copy, topic, (await segments(copy))[0]!);
			const bytes = await readFile(path);
			bytes[bytes.length - 1]! ^= 1;
			await writeFile(path, bytes);
			await withLog({ folder: copy }, async (log) => assert.deepEqual(await allTexts(log, 1), ['good']));
		}));

	it('never uses an offset again after a crash, even when records that were read are gone', () =>
		withFolder(async (folder) => {
			const copy = join(folder, 'copy');
			let seen = 0n;
			await withLog({ folder: join(folder, 'source') }, async (log) => {
				await log.append(topic, one('kept'));
				await crashCopy(join(folder, 'source'), copy);
				await log.append(topic, one('lost with the machine'));
				const { assignment } = await assigned(log);
				await assignment.seek('earliest');
				for (const record of await assignment.read({ maxBytes: 1 << 20, waitMs: 0 })) seen = record.offset;
			});
			await withLog({ folder: copy }, async (log) => {
				await log.append(topic, one('new'));
				const { assignment } = await assigned(log);
				// A reader that had come behind the lost record goes on without an error and misses nothing new.
				await assignment.seek(seen + 1n);
				const [record] = await assignment.read({ maxBytes: 1 << 20, waitMs: 0 });
				assert.equal(Buffer.from(record!.value).toString(), 'new');
				assert.ok(record!.offset > seen);
			});
		}));

	it('leaves offsets dense after a clean close', () =>
		withFolder(async (folder) => {
			await withLog({ folder }, (log) => log.append(topic, one('a')));
			await withLog({ folder }, async (log) => {
				await log.append(topic, one('b'));
				const { assignment } = await assigned(log);
				assert.equal(await assignment.endOffset(), 2n);
			});
		}));

	it('keeps to its bytes by removing the oldest segments, and tells a reader that fell behind', () =>
		withFolder(async (folder) => {
			const retention = { [topic]: { bytes: 64 * 1024, ageMs: 1e12 } };
			await withLog({ folder, retention, segmentBytes: 8 * 1024 }, async (log) => {
				const { assignment } = await assigned(log);
				await assignment.seek('earliest');
				for (let i = 0; i < 300; i++) await log.append(topic, [{ key: 'h', value: Buffer.alloc(1000, i) }]);
				let bytes = 0;
				for (const name of await segments(folder)) bytes += (await stat(join(folder, topic, name))).size;
				assert.ok(bytes <= 64 * 1024 + 10 * 1024, `${bytes} bytes kept`);
				await assert.rejects(assignment.read({ maxBytes: 1 << 20, waitMs: 0 }), { code: 'log-truncated' });
				await assignment.seek('earliest');
				const records = await assignment.read({ maxBytes: 1, waitMs: 0 });
				assert.equal(records.length, 1);
			});
		}));

	it('removes what is too old, also when nothing more comes', () =>
		withFolder(async (folder) => {
			let clock = 1_000_000;
			const retention = { [topic]: { bytes: 1e9, ageMs: 1000 } };
			await withLog({ folder, retention, now: () => clock }, async (log) => {
				await log.append(topic, one('old'));
				clock += 5000;
				await log.enforceRetention();
				await log.append(topic, one('new'));
				assert.deepEqual(await allTexts(log, 1), ['new']);
			});
		}));

	it('reads across many segments from any offset, before and after a restart', () =>
		withFolder(async (folder) => {
			const texts = Array.from({ length: 500 }, (_, i) => `record ${i} ${'x'.repeat(i % 300)}`);
			const check = async (log: EmbeddedLog): Promise<void> => {
				assert.ok((await segments(folder)).length > 5);
				const { assignment, close } = await assigned(log);
				for (const from of [0, 1, 77, 250, 498, 499]) {
					await assignment.seek(BigInt(from));
					assert.deepEqual(await readTexts(assignment, 500 - from), texts.slice(from));
				}
				await close();
			};
			await withLog({ folder, segmentBytes: 8 * 1024 }, async (log) => {
				for (const text of texts) await log.append(topic, one(text));
				await check(log);
			});
			await withLog({ folder, segmentBytes: 8 * 1024 }, check);
		}));

	it('says where the file is damaged when a stored record is not what was written', () =>
		withFolder(async (folder) => {
			await withLog({ folder }, async (log) => {
				await log.append(topic, one('good'));
				await log.append(topic, one('bad!'));
				const path = join(folder, topic, (await segments(folder))[0]!);
				const bytes = await readFile(path);
				bytes[bytes.length - 1]! ^= 1;
				await writeFile(path, bytes);
				const { assignment } = await assigned(log);
				await assignment.seek('earliest');
				assert.equal((await assignment.read({ maxBytes: 1 << 20, waitMs: 0 })).length, 1);
				await assert.rejects(
					assignment.read({ maxBytes: 1 << 20, waitMs: 0 }),
					(error: Error & { code?: string }) => {
						assert.equal(error.code, 'log-corrupt');
						assert.ok(error.message.includes(path));
						return true;
					},
				);
			});
		}));

	it('starts over a segment that was being made when the process died', () =>
		withFolder(async (folder) => {
			await withLog({ folder }, (log) => log.append(topic, one('kept')));
			await appendFile(join(folder, topic, '00000000000000000009.segment'), 'LNR');
			await withLog({ folder }, async (log) => assert.deepEqual(await allTexts(log, 1), ['kept']));
		}));

	it('refuses to be used after it was closed', () =>
		withFolder(async (folder) => {
			const log = await openEmbeddedLog({ folder });
			await log.close();
			await assert.rejects(log.append(topic, one('late')), /closed/);
			await assert.rejects(log.consume({ topic, group: 'g' }), /closed/);
		}));

	it('refuses group names that are no file names', () =>
		withFolder(async (folder) => {
			await withLog({ folder }, async (log) => {
				await assert.rejects(log.consume({ topic, group: '../x' }), /consumer group/);
			});
		}));
});
