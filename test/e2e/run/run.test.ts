/** `lanner run` on this host's kernel: act, expect the alert with its exact text. Needs root. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { capturesOf, LannerProcess } from '#test/support/lanner-process.ts';

const root = join(import.meta.dirname, '../../..');
const rules = join(import.meta.dirname, 'rules.yaml');
const hack = '/bin/lanner-e2e-hack';
const latencyMsMax = 1000;

type AlertLine = {
	output: string;
	rule: string;
	time: string;
	source: string;
	id: string;
	output_fields: Record<string, unknown>;
};

/** Does something and waits for the alert of a rule; how long the alert took from the event to its line. */
async function provoke(
	lanner: LannerProcess,
	rule: string,
	act: () => void,
): Promise<{ alert: AlertLine; delayMs: number }> {
	const from = lanner.stdout.length;
	act();
	const line = await lanner.line('stdout', (text) => text.includes(`"rule":"${rule}"`), {
		from,
		waitMs: 5000,
	});
	const alert = JSON.parse(line) as AlertLine;
	return { alert, delayMs: Date.now() - Date.parse(alert.time) };
}

/** The output without its leading time. */
function textOf(alert: AlertLine): string {
	return alert.output.replace(/^\d\d:\d\d:\d\d\.\d{9}: /, '');
}

describe('lanner run', { timeout: 120_000 }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-e2e-'));
	const data = join(folder, 'data');
	let lanner: LannerProcess;

	before(async () => {
		lanner = new LannerProcess(['run', '--rules', rules, '--json', '--data', data]);
		await lanner.ready();
	});
	after(async () => {
		await lanner.stop('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
		rmSync(hack, { force: true });
	});

	test('a file made below /bin alerts within a second, with user, command and file', async () => {
		const { alert, delayMs } = await provoke(lanner, 'Binary directory written', () =>
			execFileSync('touch', [hack]),
		);
		assert.equal(
			textOf(alert),
			`Error File below a known binary directory opened for writing (user=root command=touch ${hack} file=${hack})`,
		);
		assert.ok(delayMs < latencyMsMax, `${delayMs} ms`);
	});

	test('a raw packet socket of python alerts', async () => {
		const code = 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW) # lanner-e2e';
		const { alert, delayMs } = await provoke(lanner, 'Raw packet socket', () =>
			execFileSync('/usr/bin/env', ['python3', '-c', code]),
		);
		assert.equal(textOf(alert), `Notice Raw packet socket opened (user=root command=python3 -c ${code})`);
		assert.ok(delayMs < latencyMsMax, `${delayMs} ms`);
	});

	test("a read of /etc/shadow by a shell's child names its true parent and grandparent", async () => {
		const script = `bash -c 'cat /etc/shadow lanner-e2e >/dev/null 2>&1; true'; true`;
		const { alert } = await provoke(lanner, 'Shadow read', () => execFileSync('sh', ['-c', script]));
		assert.equal(
			textOf(alert),
			'Warning Shadow read (command=cat /etc/shadow lanner-e2e parent=bash grandparent=sh file=/etc/shadow)',
		);
	});

	test('hostile names come as one line of JSON with every byte that UTF-8 allows', async () => {
		const name = join(
			folder,
			'lanner-hostile \n12:00:00.000000000: Emergency forged \x1b[2J %proc.name 100%',
		);
		const { alert } = await provoke(lanner, 'Hostile name', () => writeFileSync(name, ''));
		assert.equal(alert.output_fields['fd.name'], name);
		const bytes = Buffer.concat([Buffer.from(`${folder}/lanner-hostile`), Buffer.from([0xff, 0xfe])]);
		const second = await provoke(lanner, 'Hostile name', () => writeFileSync(bytes, ''));
		assert.equal(second.alert.output_fields['fd.name'], bytes.toString('utf8'));
	});

	test('a second run on the same folder is refused and names the process that has it', async () => {
		const second = new LannerProcess(['run', '--rules', rules, '--data', data]);
		assert.equal((await second.exited).code, 3);
		assert.match(second.stderr.join('\n'), new RegExp(`in use by process ${lanner.child.pid}\\b`));
	});

	test('a killed capture is started again; the gap is an alert and events are seen again', async () => {
		const [capture] = capturesOf(lanner.child.pid!);
		assert.ok(capture !== undefined, 'capture runs');
		const { alert } = await provoke(lanner, 'Lanner internal: events lost', () =>
			process.kill(capture, 'SIGKILL'),
		);
		assert.equal(alert.source, 'internal');
		assert.match(alert.output, /reason=capture-restarted stage=capture/);
		const until = Date.now() + 10_000;
		while (Date.now() < until && (capturesOf(lanner.child.pid!)[0] ?? capture) === capture)
			await new Promise((resolve) => setTimeout(resolve, 50));
		// The new run is attached when it has delivered what happens now.
		for (let attempt = 0; ; attempt++) {
			try {
				await provoke(lanner, 'Binary directory written', () => execFileSync('touch', [hack]));
				break;
			} catch (error) {
				if (attempt === 2) throw error;
			}
		}
	});

	test('SIGTERM ends it in order with exit code 0, and capture with it', async () => {
		const captures = capturesOf(lanner.child.pid!);
		assert.deepEqual(await lanner.stop(), { code: 0, signal: null });
		for (const pid of captures) assert.throws(() => process.kill(pid, 0), /ESRCH/);
	});
});

describe('lanner record and replay', { timeout: 120_000 }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-e2e-'));
	const recording = join(folder, 'host.avro');
	after(() => {
		rmSync(folder, { recursive: true, force: true });
		rmSync(hack, { force: true });
	});

	let first: string[] = [];

	async function replay(): Promise<string[]> {
		const lanner = new LannerProcess(['replay', recording, '--rules', rules, '--json']);
		assert.deepEqual(await lanner.exited, { code: 0, signal: null });
		return lanner.stdout;
	}

	test('what was recorded replays to the same bytes every time', async () => {
		const record = new LannerProcess(['record', '-o', recording]);
		await record.line('stderr', (line) => line.includes('"msg":"recording"'));
		execFileSync('touch', [hack]);
		execFileSync('sh', ['-c', 'cat /etc/shadow lanner-e2e >/dev/null 2>&1; true']);
		// The ring is emptied every few milliseconds.
		await new Promise((resolve) => setTimeout(resolve, 300));
		assert.deepEqual(await record.stop(), { code: 0, signal: null });
		first = await replay();
		const found = new Set(first.map((line) => (JSON.parse(line) as AlertLine).rule));
		assert.ok(found.has('Binary directory written') && found.has('Shadow read'), [...found].join());
		assert.deepEqual(await replay(), first);
	});

	test('another checkout, elsewhere and with another time zone and language, gives the same bytes', () => {
		const checkout = join(folder, 'elsewhere/checkout');
		mkdirSync(checkout, { recursive: true });
		// What git would bring there, as it is now, committed or not; packages are shared.
		const files = execFileSync('git', ['-C', root, 'ls-files', '-z', '-co', '--exclude-standard']);
		const packed = execFileSync('tar', ['-C', root, '--null', '-T', '-', '-cf', '-'], {
			input: files,
			maxBuffer: 256 << 20,
		});
		execFileSync('tar', ['-C', checkout, '-xf', '-'], { input: packed });
		symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
		const launch = join(checkout, 'test/support/launch.ts');
		const args = ['replay', recording, '--rules', join(checkout, 'test/e2e/run/rules.yaml'), '--json'];
		const there = spawnSync(process.execPath, ['--import', 'tsx', launch, ...args], {
			cwd: checkout,
			encoding: 'utf8',
			env: { PATH: process.env.PATH, TZ: 'Asia/Kathmandu', LC_ALL: 'C', HOME: folder },
			maxBuffer: 256 << 20,
		});
		assert.equal(there.status, 0, there.stderr);
		assert.deepEqual(there.stdout.split('\n').slice(0, -1), first);
	});

	test('what is asked for beside the usual is in it, and without compression, too', async () => {
		const path = join(folder, 'closes.avro');
		const closeRules = join(folder, 'closes.yaml');
		writeFileSync(
			closeRules,
			`- {rule: closed, desc: x, condition: evt.type = close and fd.filename = ${basename(hack)}, output: closed, priority: NOTICE}\n`,
		);
		const record = new LannerProcess(['record', '-o', path, '--also', 'close', '--codec', 'null']);
		await record.line('stderr', (line) => line.includes('"msg":"recording"'));
		execFileSync('touch', [hack]);
		await new Promise((resolve) => setTimeout(resolve, 300));
		assert.deepEqual(await record.stop(), { code: 0, signal: null });
		assert.match(readFileSync(path, 'latin1'), /avro\.codec.null/);
		const lanner = new LannerProcess(['replay', path, '--rules', closeRules]);
		assert.deepEqual(await lanner.exited, { code: 0, signal: null });
		assert.match(lanner.stdout.join('\n'), /closed/);
	});

	test('a recording that was cut off gives what is whole, says so and fails', async () => {
		const whole = await replay();
		truncateSync(recording, statSync(recording).size - 10);
		const lanner = new LannerProcess(['replay', recording, '--rules', rules, '--json']);
		assert.equal((await lanner.exited).code, 3);
		assert.match(lanner.stderr.join('\n'), /truncated/);
		assert.deepEqual(lanner.stdout, whole.slice(0, lanner.stdout.length));
	});
});
