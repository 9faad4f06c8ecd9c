/** What every adapter of the state store must do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HostChange, HostEntries, StateStore } from '#store/store.ts';

export type StoreFixture = {
	readonly store: StateStore;
	/** Closes the store and opens it again on the same data. */
	reopen(): Promise<StateStore>;
	cleanUp(): Promise<void>;
};

export function change(
	hostId: string,
	puts: Record<string, string>,
	rest: Partial<HostChange> = {},
): HostChange {
	const entries = Object.entries(puts).map(
		([key, value]) => [key, new Uint8Array(Buffer.from(value))] as const,
	);
	return { hostId, clear: false, deletes: [], puts: new Map(entries), ...rest };
}

export function plain(entries: HostEntries): Record<string, string> {
	return Object.fromEntries([...entries].map(([key, value]) => [key, Buffer.from(value).toString()]).sort());
}

export function storeContract(name: string, open: () => Promise<StoreFixture>): void {
	const withStore = (body: (fixture: StoreFixture) => Promise<void>) => async () => {
		const fixture = await open();
		try {
			await body(fixture);
		} finally {
			await fixture.cleanUp();
		}
	};

	describe(`state store: ${name}`, () => {
		it(
			'has no cursor and no host before the first commit',
			withStore(async ({ store }) => {
				assert.equal((await store.claim(0, { partitions: 2 })).cursor, null);
				assert.deepEqual(plain(await store.loadHost(0, 'h')), {});
			}),
		);

		it(
			'gives back what was committed: cursor and entries',
			withStore(async ({ store }) => {
				const { epoch } = await store.claim(0, { partitions: 2 });
				assert.equal(
					await store.commit(0, { epoch, cursor: 5n, hosts: [change('h', { 'p:1:1': 'a', meta: 'm' })] }),
					'committed',
				);
				assert.deepEqual(plain(await store.loadHost(0, 'h')), { 'p:1:1': 'a', meta: 'm' });
				assert.equal((await store.claim(0, { partitions: 2 })).cursor, 5n);
			}),
		);

		it(
			'puts, replaces and deletes entries of a host and leaves the others',
			withStore(async ({ store }) => {
				const { epoch } = await store.claim(0, { partitions: 2 });
				await store.commit(0, {
					epoch,
					cursor: 1n,
					hosts: [change('h', { a: '1', b: '2', c: '3' }), change('other', { a: 'o' })],
				});
				await store.commit(0, {
					epoch,
					cursor: 2n,
					hosts: [change('h', { a: '10' }, { deletes: ['b', 'unknown'] })],
				});
				assert.deepEqual(plain(await store.loadHost(0, 'h')), { a: '10', c: '3' });
				assert.deepEqual(plain(await store.loadHost(0, 'other')), { a: 'o' });
			}),
		);

		it(
			'forgets everything of a host first when a change says so',
			withStore(async ({ store }) => {
				const { epoch } = await store.claim(0, { partitions: 2 });
				await store.commit(0, { epoch, cursor: 1n, hosts: [change('h', { a: '1', b: '2' })] });
				await store.commit(0, { epoch, cursor: 2n, hosts: [change('h', { b: '3' }, { clear: true })] });
				assert.deepEqual(plain(await store.loadHost(0, 'h')), { b: '3' });
			}),
		);

		it(
			'fences every earlier claim: nothing of a zombie is written',
			withStore(async ({ store }) => {
				const zombie = await store.claim(0, { partitions: 2 });
				await store.commit(0, { epoch: zombie.epoch, cursor: 1n, hosts: [change('h', { a: 'before' })] });
				const owner = await store.claim(0, { partitions: 2 });
				assert.ok(owner.epoch > zombie.epoch);
				assert.equal(
					await store.commit(0, { epoch: zombie.epoch, cursor: 9n, hosts: [change('h', { a: 'zombie' })] }),
					'fenced',
				);
				assert.deepEqual(plain(await store.loadHost(0, 'h')), { a: 'before' });
				assert.equal(await store.commit(0, { epoch: owner.epoch, cursor: 2n, hosts: [] }), 'committed');
				assert.equal((await store.claim(0, { partitions: 2 })).cursor, 2n);
			}),
		);

		it(
			'lets no commit take the cursor back: one that arrives late changes nothing',
			withStore(async ({ store }) => {
				const { epoch } = await store.claim(0, { partitions: 2 });
				await store.commit(0, { epoch, cursor: 2n, hosts: [change('h', { a: 'new' })] });
				await store.commit(0, { epoch, cursor: 1n, hosts: [change('h', { a: 'old' })] });
				assert.deepEqual(plain(await store.loadHost(0, 'h')), { a: 'new' });
				assert.equal((await store.claim(0, { partitions: 2 })).cursor, 2n);
			}),
		);

		it(
			'refuses a commit whose predecessor it does not have, and takes one again whose answer was lost',
			withStore(async ({ store }) => {
				const { epoch } = await store.claim(0, { partitions: 2 });
				const commit = (after: bigint | null, cursor: bigint, a: string) =>
					store.commit(0, { epoch, cursor, after, hosts: [change('h', { a })] });
				assert.equal(await commit(5n, 6n, 'of nothing'), 'lost');
				assert.equal(await commit(null, 2n, 'first'), 'committed');
				assert.equal(await commit(null, 2n, 'first'), 'committed');
				assert.equal(await commit(3n, 4n, 'after what is not there'), 'lost');
				assert.deepEqual(plain(await store.loadHost(0, 'h')), { a: 'first' });
				assert.equal(await commit(2n, 4n, 'second'), 'committed');
				assert.equal((await store.claim(0, { partitions: 2 })).cursor, 4n);
			}),
		);

		it(
			'tells a writer whether what it loaded is its own: not after another claim, not at another cursor',
			withStore(async ({ store }) => {
				const { epoch } = await store.claim(0, { partitions: 2 });
				assert.equal(await store.holds(0, { epoch, cursors: [null] }), 'held');
				await store.commit(0, { epoch, cursor: 3n, after: null, hosts: [] });
				assert.equal(await store.holds(0, { epoch, cursors: [null, 3n] }), 'held');
				assert.equal(await store.holds(0, { epoch, cursors: [4n] }), 'lost');
				await store.claim(0, { partitions: 2 });
				assert.equal(await store.holds(0, { epoch, cursors: [3n] }), 'fenced');
			}),
		);

		it(
			'knows the hosts of each partition',
			withStore(async ({ store }) => {
				const { epoch } = await store.claim(0, { partitions: 2 });
				const hosts = [change('h1', { a: '1' }), change('h2', { a: '2' })];
				await store.commit(0, { epoch, cursor: 1n, hosts });
				assert.deepEqual([...(await store.hosts(0))].sort(), ['h1', 'h2']);
				assert.deepEqual(await store.hosts(1), []);
				// One of which nothing is left is none.
				const gone = { hostId: 'h1', clear: true, puts: new Map(), deletes: [] };
				await store.commit(0, { epoch, cursor: 2n, hosts: [gone] });
				assert.deepEqual(await store.hosts(0), ['h2']);
			}),
		);

		it(
			'keeps partitions apart',
			withStore(async ({ store }) => {
				const zero = await store.claim(0, { partitions: 2 });
				const one = await store.claim(1, { partitions: 2 });
				await store.commit(0, { epoch: zero.epoch, cursor: 1n, hosts: [change('h', { a: 'zero' })] });
				assert.deepEqual(plain(await store.loadHost(1, 'h')), {});
				assert.equal((await store.claim(1, { partitions: 2 })).cursor, null);
				assert.equal(await store.commit(1, { epoch: one.epoch, cursor: 3n, hosts: [] }), 'fenced');
				assert.equal(await store.commit(0, { epoch: zero.epoch, cursor: 2n, hosts: [] }), 'committed');
			}),
		);

		it(
			'does not change what it gave out or took in when either side writes on',
			withStore(async ({ store }) => {
				const { epoch } = await store.claim(0, { partitions: 2 });
				const value = new Uint8Array([1, 2, 3]);
				await store.commit(0, {
					epoch,
					cursor: 1n,
					hosts: [{ hostId: 'h', clear: false, puts: new Map([['a', value]]), deletes: [] }],
				});
				value.fill(9);
				const loaded = await store.loadHost(0, 'h');
				assert.deepEqual([...loaded.get('a')!], [1, 2, 3]);
				await store.commit(0, { epoch, cursor: 2n, hosts: [change('h', { b: 'x' })] });
				assert.equal(loaded.has('b'), false);
			}),
		);

		it(
			'keeps state, cursor and epochs across a restart',
			withStore(async (fixture) => {
				const before = await fixture.store.claim(3, { partitions: 2 });
				await fixture.store.commit(3, {
					epoch: before.epoch,
					cursor: 2n ** 60n,
					hosts: [change('h', { a: '1' })],
				});
				const store = await fixture.reopen();
				assert.deepEqual(plain(await store.loadHost(3, 'h')), { a: '1' });
				const after = await store.claim(3, { partitions: 2 });
				assert.equal(after.cursor, 2n ** 60n);
				assert.ok(after.epoch > before.epoch);
				assert.equal(await store.commit(3, { epoch: before.epoch, cursor: 1n, hosts: [] }), 'fenced');
			}),
		);
	});
}
