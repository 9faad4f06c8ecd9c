/** Rules change under `lanner run` on this host's kernel: capture follows without a restart, and nothing is lost. Needs root. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { capturesOf, LannerProcess } from '#test/support/lanner-process.ts';

type AlertLine = { rule: string; lanner: { rule_digest: string; sequence: number }; output: string };

describe('rules that change under lanner run', { timeout: 120_000 }, () => {
	const folder = mkdtempSync(join(tmpdir(), 'lanner-e2e-reload-'));
	const rules = join(folder, 'rules.yaml');
	const mark = join(folder, 'mark');
	let lanner: LannerProcess;
	let worker: ChildProcess | null = null;

	function write(...versions: string[]): void {
		writeFileSync(`${rules}.new`, versions.join(''));
		renameSync(`${rules}.new`, rules);
	}
	function rule(name: string, condition: string): string {
		return `- rule: ${name}\n  desc: d\n  condition: ${condition} and evt.args contains ${folder}\n  output: ${name} %evt.args\n  priority: INFO\n`;
	}
	const opened = (version: number): string =>
		rule(`Opened ${version}`, `evt.type in (open, openat) and fd.name startswith ${mark}`);
	const alerts = (name: string): AlertLine[] =>
		lanner.stdout.map((line) => JSON.parse(line) as AlertLine).filter((alert) => alert.rule.startsWith(name));
	const lineOf = (text: string, from = 0): Promise<string> =>
		lanner.line('stderr', (line) => line.includes(text), { from });

	before(async () => {
		write(opened(0));
		lanner = new LannerProcess(['run', '--rules', rules, '--json', '--data', join(folder, 'data')]);
		await lanner.ready();
	});
	after(async () => {
		worker?.kill('SIGKILL');
		await lanner.stop('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	});

	test('a rule about another system call works at once; capture goes on without a restart or a gap', async () => {
		const captures = capturesOf(lanner.child.pid!);
		chmodSync(folder, 0o700);
		write(opened(1), rule('Mode changed', 'evt.type in (chmod, fchmodat)'));
		await lineOf('changed rules are in force');
		await lineOf('calls-changed');
		chmodSync(folder, 0o711);
		await lanner.line('stdout', (line) => line.includes('"rule":"Mode changed"'));
		assert.equal(alerts('Mode changed').length, 1, 'what was before the change is not seen');
		assert.deepEqual(capturesOf(lanner.child.pid!), captures);
		assert.equal(alerts('Lanner internal').length, 0);
	});

	test('under load every event alerts exactly once, by the old rules or by the new', async () => {
		const script = `import os,time,sys
count = 0
while not os.path.exists('${folder}/enough'):
    os.close(os.open('${mark}%d' % count, os.O_CREAT | os.O_WRONLY))
    count += 1
    if count % 10 == 0: time.sleep(0.002)
print(count)
`;
		worker = spawn('python3', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
		let counted = '';
		worker.stdout!.on('data', (chunk) => {
			counted += String(chunk);
		});
		const done = new Promise((resolve) => worker!.once('close', resolve));
		await lanner.line('stdout', (line) => line.includes(`${mark}0`));
		for (let version = 2; version < 5; version++) {
			const from = lanner.stderr.length;
			write(opened(version));
			await lineOf('changed rules are in force', from);
		}
		writeFileSync(join(folder, 'enough'), '');
		await done;
		const opens = Number(counted);
		closeSync(openSync(`${mark}-last`, 'w'));
		await lanner.line('stdout', (line) => line.includes(`${mark}-last`));
		const seen = alerts('Opened').filter(({ output }) => /mark\d+/.test(output));
		const files = seen.map(({ output }) => /mark(\d+)/.exec(output)![1]);
		assert.equal(files.length, opens);
		assert.equal(new Set(files).size, opens);
		const sequences = seen.map((alert) => alert.lanner.sequence);
		assert.deepEqual(
			sequences,
			[...sequences].sort((a, b) => a - b),
		);
		assert.ok(
			new Set(seen.map((alert) => alert.lanner.rule_digest)).size >= 3,
			'the switch is in the digests',
		);
		assert.equal(alerts('Lanner internal').length, 0);
	});

	test('a broken file keeps the old rules, loudly; SIGHUP reads again', async () => {
		let from = lanner.stderr.length;
		write(rule('Broken', 'evt.type = opeant'));
		const line = JSON.parse(await lineOf('the changed rules cannot be used', from)) as {
			level: string;
			problems: string[];
		};
		assert.equal(line.level, 'error');
		assert.match(line.problems[0]!, /rules\.yaml:3:\d+: .*opeant/);
		from = lanner.stdout.length;
		closeSync(openSync(`${mark}-kept`, 'w'));
		await lanner.line('stdout', (text) => text.includes(`${mark}-kept`), { from });
		from = lanner.stderr.length;
		lanner.child.kill('SIGHUP');
		await lineOf('the changed rules cannot be used', from);
	});

	test('a rule about a call that is reported when it begins restarts capture, and says so', async () => {
		const [capture] = capturesOf(lanner.child.pid!);
		write(
			rule('Closed', `evt.type = close and fd.name startswith ${mark}`).replace(
				` and evt.args contains ${folder}`,
				'',
			),
		);
		await lineOf('restart-needed');
		await lanner.line('stdout', (line) => line.includes('capture-restarted'));
		const until = Date.now() + 10_000;
		const from = lanner.stdout.length;
		while (
			Date.now() < until &&
			!lanner.stdout.slice(from).some((line) => line.includes('"rule":"Closed"'))
		) {
			closeSync(openSync(`${mark}-closed`, 'w'));
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		await lanner.line('stdout', (line) => line.includes('"rule":"Closed"'), { from });
		assert.notDeepEqual(capturesOf(lanner.child.pid!), [capture]);
	});
});
