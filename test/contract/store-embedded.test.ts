import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openEmbeddedStore, type StoreWarning } from '#store/embedded/index.ts';
import { change, plain, storeContract } from '#test/contract/store.ts';

async function scratch(): Promise<string> {
	return mkdtemp(join(tmpdir(), 'lanner-store-'));
}

// Twice: a journal that is compacted at every commit must not behave differently.
for (const compactBytesMin of [16 * 1024 * 1024, 0]) {
	storeContract(`embedded, compaction from ${compactBytesMin} bytes`, async () => {
		const folder = await scratch();
		let store = await openEmbeddedStore({ folder, compactBytesMin });
		return {
			store,
			async reopen() {
				await store.close();
				store = await openEmbeddedStore({ folder, compactBytesMin });
				return store;
			},
			async cleanUp() {
				await store.close();
				await rm(folder, { recursive: true });
			},
		};
	});
}

async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
	const folder = await scratch();
	try {
		await body(folder);
	} finally {
		await rm(folder, { recursive: true });
	}
}

describe('embedded store on disk', () => {
	it('is the state of the last whole commit when the journal is cut at any byte', () =>
		withFolder(async (folder) => {
			const store = await openEmbeddedStore({ folder });
			const { epoch } = await store.claim(0, { partitions: 1 });
			await store.commit(0, { epoch, cursor: 1n, hosts: [change('h', { a: 'one' })] });
			const first = store.journalBytes();
			await store.commit(0, { epoch, cursor: 2n, hosts: [change('h', { a: 'two', b: 'two' })] });
			const whole = store.journalBytes();
			for (let cut = first; cut <= whole; cut++) {
				const copy = join(folder, `cut-${cut}`);
				await mkdir(copy);
				await copyFile(join(folder, 'state.journal'), join(copy, 'state.journal'));
				await truncate(join(copy, 'state.journal'), cut);
				const warnings: StoreWarning[] = [];
				const recovered = await openEmbeddedStore({
					folder: copy,
					warn: (warning) => warnings.push(warning),
				});
				const expected = cut < whole ? { a: 'one' } : { a: 'two', b: 'two' };
				assert.deepEqual(plain(await recovered.loadHost(0, 'h')), expected, `cut at ${cut}`);
				assert.equal((await recovered.claim(0, { partitions: 1 })).cursor, cut < whole ? 1n : 2n);
				assert.equal(warnings.length, cut > first && cut < whole ? 1 : 0);
				await recovered.close();
			}
			await store.close();
		}));

	it('drops a last commit whose bytes were changed', () =>
		withFolder(async (folder) => {
			const store = await openEmbeddedStore({ folder });
			const { epoch } = await store.claim(0, { partitions: 1 });
			await store.commit(0, { epoch, cursor: 1n, hosts: [change('h', { a: 'one' })] });
			await store.commit(0, { epoch, cursor: 2n, hosts: [change('h', { a: 'two' })] });
			await store.close();
			const path = join(folder, 'state.journal');
			const bytes = await readFile(path);
			bytes[bytes.length - 2]! ^= 1;
			await writeFile(path, bytes);
			const again = await openEmbeddedStore({ folder });
			assert.deepEqual(plain(await again.loadHost(0, 'h')), { a: 'one' });
			await again.close();
		}));

	it('keeps the journal within a small multiple of what is alive', () =>
		withFolder(async (folder) => {
			const compactBytesMin = 64 * 1024;
			const store = await openEmbeddedStore({ folder, compactBytesMin });
			const { epoch } = await store.claim(0, { partitions: 1 });
			for (let i = 0; i < 2000; i++) {
				await store.commit(0, {
					epoch,
					cursor: BigInt(i),
					hosts: [change('h', { [`p:${i % 10}:1`]: 'x'.repeat(500) })],
				});
				assert.ok(store.journalBytes() <= compactBytesMin + 1000);
			}
			assert.ok((await stat(join(folder, 'state.journal'))).size <= compactBytesMin + 1000);
			await store.close();
			const again = await openEmbeddedStore({ folder });
			assert.equal(Object.keys(plain(await again.loadHost(0, 'h'))).length, 10);
			assert.equal((await again.claim(0, { partitions: 1 })).cursor, 1999n);
			await again.close();
		}));

	it('leaves a half written compaction aside', () =>
		withFolder(async (folder) => {
			const store = await openEmbeddedStore({ folder });
			const { epoch } = await store.claim(0, { partitions: 1 });
			await store.commit(0, { epoch, cursor: 1n, hosts: [change('h', { a: 'one' })] });
			await store.close();
			await writeFile(join(folder, 'state.journal.tmp'), 'half');
			const again = await openEmbeddedStore({ folder });
			assert.deepEqual(plain(await again.loadHost(0, 'h')), { a: 'one' });
			await again.close();
		}));

	it('refuses a second owner, a foreign file, and use after close', () =>
		withFolder(async (folder) => {
			const store = await openEmbeddedStore({ folder });
			await assert.rejects(openEmbeddedStore({ folder }), { code: 'folder-in-use' });
			await store.close();
			await assert.rejects(store.claim(0, { partitions: 1 }), /closed/);
			await writeFile(join(folder, 'state.journal'), 'something else entirely');
			await assert.rejects(openEmbeddedStore({ folder }), /does not begin like a state journal/);
			await rm(join(folder, 'state.journal'));
			await (await openEmbeddedStore({ folder })).close();
		}));

	it('refuses an epoch that was never given out', () =>
		withFolder(async (folder) => {
			const store = await openEmbeddedStore({ folder });
			await assert.rejects(store.commit(0, { epoch: 5n, cursor: 1n, hosts: [] }), /never given out/);
			await store.close();
		}));
});
