/** The file output on real file systems: what it holds, how it rotates, what is left after a crash or on a full disk. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
	appendFileSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { alertToText } from '#schemas/alert/render.ts';
import type { Output } from '#sink/output.ts';
import { createFileOutput, type FileOutputOptions } from '#sink/outputs/file/index.ts';
import { alertOf, collectingLogger, hostileText } from '#test/support/sink.ts';

const never = new AbortController().signal;

describe('file output', () => {
	let folder: string;
	let path: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'lanner-file-'));
		path = join(folder, 'alerts.log');
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	const create = (given: Partial<FileOutputOptions> = {}): Output =>
		createFileOutput({
			...{
				path,
				format: 'json',
				line: alertToText,
				rotateBytes: 0,
				rotateHours: 0,
				compress: false,
				keepFiles: 10,
				keepHours: 0,
			},
			...{ sync: 'never', now: Date.now, logger: collectingLogger().logger },
			...given,
		});
	const send = async (output: Output, ...ids: string[]) =>
		(
			await output.deliver(
				ids.map((id) => alertOf({ id })),
				never,
			)
		).map(({ kind }) => kind);
	const idsIn = (text: string): string[] =>
		text
			.split('\n')
			.slice(0, -1)
			.map((line) => (JSON.parse(line) as { id: string }).id);
	/** Of all files, the oldest first. */
	const idsInOrder = (): string[] => {
		const rotated = readdirSync(folder)
			.filter((name) => name.startsWith('alerts.log.'))
			.sort();
		const texts = rotated.map((name) => {
			const bytes = readFileSync(join(folder, name));
			return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
		});
		return [...texts, readFileSync(path, 'utf8')].flatMap(idsIn);
	};

	test('partitions that deliver side by side lose nothing: nobody cuts what another is writing', async () => {
		const output = create();
		// Lines of many pages: a file's size grows page by page while one is written.
		const large = 'x'.repeat(300_000);
		const rounds = 40;
		const deliverAll = async (partition: number): Promise<void> => {
			for (let round = 0; round < rounds; round++) {
				const alert = alertOf({ id: `${partition}-${round}`, output: large });
				assert.deepEqual(await output.deliver([alert], never), [{ kind: 'delivered' }]);
			}
		};
		await Promise.all([0, 1, 2, 3].map(deliverAll));
		const ids = idsIn(readFileSync(path, 'utf8'));
		assert.equal(ids.length, 4 * rounds);
		assert.equal(new Set(ids).size, 4 * rounds);
	});

	test('lines are appended with mode 0600, one an alert whatever it holds', async () => {
		const hostile = alertOf({ output: hostileText, rule: hostileText });
		const output = create({ format: 'text' });
		await output.deliver([hostile, hostile], never);
		await output.deliver([hostile], never);
		assert.equal(statSync(path).mode & 0o777, 0o600);
		const lines = readFileSync(path, 'utf8').split('\n');
		assert.equal(lines.length, 4);
		assert.equal(lines.pop(), '');
		for (const line of lines) assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]/);
	});

	test('JSON lines hold the alert exactly', async () => {
		await create().deliver([alertOf({ rule: hostileText })], never);
		assert.equal((JSON.parse(readFileSync(path, 'utf8')) as { rule: string }).rule, hostileText);
	});

	test('a named pipe in its place is a retry, not a hang', async () => {
		execFileSync('mkfifo', [path]);
		assert.deepEqual(await send(create(), 'a'), ['retry']);
	});

	test('a symbolic link in its place is not followed', async () => {
		symlinkSync(join(folder, 'elsewhere'), path);
		assert.deepEqual(await send(create(), 'a'), ['retry']);
		assert.throws(() => statSync(join(folder, 'elsewhere')), /ENOENT/);
	});

	test('what a crash left of a line is cut before the next one', async () => {
		await send(create(), 'a');
		appendFileSync(path, '{"half a line');
		await send(create(), 'b');
		assert.deepEqual(idsIn(readFileSync(path, 'utf8')), ['a', 'b']);
	});

	test("logrotate's create and copytruncate need no signal", async () => {
		const output = create();
		await send(output, 'a');
		renameSync(path, join(folder, 'moved'));
		await send(output, 'b');
		assert.deepEqual(idsIn(readFileSync(path, 'utf8')), ['b']);
		truncateSync(path, 0);
		await send(output, 'c');
		assert.deepEqual(idsIn(readFileSync(path, 'utf8')), ['c']);
	});

	test('it rotates by size and compresses; every alert is in one file, in order', async () => {
		const output = create({ rotateBytes: 2_000, compress: true });
		const ids = Array.from({ length: 30 }, (_, i) => `a${i}`);
		for (const id of ids) assert.deepEqual(await send(output, id), ['delivered']);
		await output.close();
		const rotated = readdirSync(folder).filter((name) => name !== 'alerts.log');
		assert.ok(rotated.length >= 5);
		for (const name of rotated) {
			assert.match(name, /^alerts\.log\.\d{8}T\d{9}Z\.gz$/);
			assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
		}
		assert.deepEqual(idsInOrder(), ids);
	});

	test('it rotates by age, and keeps as many and as old files as it is told', async () => {
		let nowMs = Date.now();
		const output = create({ rotateHours: 1, keepFiles: 2, now: () => nowMs });
		for (const id of ['a', 'b', 'c', 'd']) {
			await send(output, id);
			// The file's birth is the kernel's clock: a slow machine makes it later than ours.
			nowMs += 3_660_000;
		}
		await output.close();
		assert.deepEqual(idsInOrder(), ['b', 'c', 'd']);
		nowMs += 24 * 3_600_000;
		const strict = create({ rotateHours: 1, keepHours: 12, now: () => nowMs });
		await send(strict, 'e');
		await strict.close();
		assert.deepEqual(idsInOrder(), ['d', 'e']);
	});

	test('a compression that a crash cut off is finished by the next run', async () => {
		const rotated = `${path}.20260101T000000000Z`;
		await send(create({ path: rotated }), 'a');
		writeFileSync(`${rotated}.gz.half`, 'junk');
		const output = create({ compress: true });
		await send(output, 'b');
		await output.close();
		assert.deepEqual(readdirSync(folder).sort(), ['alerts.log', 'alerts.log.20260101T000000000Z.gz']);
		assert.deepEqual(idsInOrder(), ['a', 'b']);
	});

	for (const sync of ['interval', 'batch'] as const)
		test(`sync: ${sync} delivers, and a close leaves no timer`, async () => {
			const output = create({ sync });
			assert.deepEqual(await send(output, 'a', 'b'), ['delivered', 'delivered']);
			await output.close();
			assert.deepEqual(idsIn(readFileSync(path, 'utf8')), ['a', 'b']);
		});

	test('a full disk blocks: nothing torn is left, and when there is room it goes on', async (t) => {
		const small = join(folder, 'small');
		mkdirSync(small);
		const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small]);
		if (mounted.status !== 0) return t.skip(`no tmpfs can be mounted: ${mounted.stderr}`);
		try {
			path = join(small, 'alerts.log');
			writeFileSync(join(small, 'ballast'), Buffer.alloc(48 * 1024));
			const output = create();
			const ids = Array.from({ length: 100 }, (_, i) => `a${i}`);
			assert.deepEqual(await send(output, 'first'), ['delivered']);
			assert.deepEqual(await send(output, ...ids), ['blocked']);
			assert.deepEqual(idsIn(readFileSync(path, 'utf8')), ['first']);
			rmSync(join(small, 'ballast'));
			assert.ok((await send(output, ...ids)).every((kind) => kind === 'delivered'));
			assert.deepEqual(idsIn(readFileSync(path, 'utf8')), ['first', ...ids]);
		} finally {
			execFileSync('umount', [small]);
		}
	});
});
