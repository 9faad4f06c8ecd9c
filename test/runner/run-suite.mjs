/**
 * Runs one suite and counts. File suites run under Node's test runner with our reporter, which has the
 * runner's standard output to itself: what tests print arrives inside its lines and cannot be taken for a result. Output of a failing file is shown,
 * that of others is not. A suite that outlives its limit is killed and counts as failed.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { testFiles } from './files.mjs';

const outputKeptMax = 40_000;
const outputShownMax = 8_000;

const live = process.stdout.isTTY === true;

function progress(text) {
	if (live) process.stdout.write(`\r\x1b[K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
}

function clearProgress() {
	if (live) process.stdout.write('\r\x1b[K');
}

/** Starts a program as leader of its own process group, so that a suite out of time leaves no children behind. */
function start(program, args, { root, env, limitMs, stdio }) {
	const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio, detached: true });
	const killGroup = () => {
		try {
			process.kill(-child.pid, 'SIGKILL');
		} catch (error) {
			if (error.code !== 'ESRCH') throw error;
		}
	};
	let timedOut = false;
	const timer = setTimeout(() => {
		timedOut = true;
		killGroup();
	}, limitMs);
	const stop = (signal) => {
		killGroup();
		process.exit(signal === 'SIGINT' ? 130 : 143);
	};
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
	const ended = new Promise((resolve) => {
		child.on('error', (error) => resolve({ code: 127, problem: error.message }));
		child.on('close', (code, signal) =>
			resolve({ code: code ?? 1, problem: timedOut ? `stopped after ${limitMs / 1000} s` : (signal ?? '') }),
		);
	}).finally(() => {
		clearTimeout(timer);
		process.off('SIGINT', stop);
		process.off('SIGTERM', stop);
	});
	return { child, ended };
}

function keepTail(tail, chunk) {
	return (tail + chunk).slice(-outputKeptMax);
}

/** One command: exit code 0 is a pass. With `counts`, its last line `N passed, N failed` is what is counted. */
export async function runCommandSuite({ root, name, suite }) {
	const started = performance.now();
	progress(`${name} …`);
	const [program, ...args] = suite.command;
	const { child, ended } = start(program, args, {
		root,
		env: suite.env,
		limitMs: suite.limitMs,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding('utf8');
		stream.on('data', (chunk) => {
			output = keepTail(output, chunk);
		});
	}
	const { code, problem } = await ended;
	clearProgress();
	const seconds = (performance.now() - started) / 1000;
	const counted = suite.counts ? /(\d+) passed, (\d+) failed[^\n]*\s*$/.exec(output) : null;
	const passed = counted === null ? Number(code === 0) : Number(counted[1]);
	const failed = counted === null ? Number(code !== 0) : Math.max(Number(counted[2]), Number(code !== 0));
	if (failed > 0) console.log(`✗ ${name} ${problem}\n${output.trimEnd().slice(-outputShownMax)}`);
	console.log(`── ${name}: ${failed === 0 ? 'ok' : 'FAILED'} (${seconds.toFixed(1)} s)`);
	return { name, passed, failed, skipped: 0, seconds, why: problem };
}

function takeLine(line, tally) {
	const event = JSON.parse(line);
	if (event.type === 'output') {
		if (tally.showsOutput) process.stdout.write(event.text);
		tally.outputs.set(event.file, keepTail(tally.outputs.get(event.file) ?? '', event.text));
		return;
	}
	if (event.type === 'pass') tally.passed++;
	else if (event.type === 'skip') {
		tally.skipped++;
		tally.skips.push(`${event.name}${event.reason === '' ? '' : `: ${event.reason}`}`);
	} else {
		tally.failed++;
		tally.failures.push(event);
	}
	progress(`${tally.name}: ${tally.passed} passed, ${tally.failed} failed  ${event.name}`);
}

function showFailures(root, tally) {
	const shown = new Set();
	for (const { name, file, error } of tally.failures) {
		console.log(`✗ ${name}\n  ${file.replace(`${root}/`, '')}\n${error.replace(/^/gm, '    ')}`);
		const output = tally.outputs.get(file)?.trimEnd() ?? '';
		if (output !== '' && !shown.has(file))
			console.log(`  what the file printed:\n${output.slice(-outputShownMax).replace(/^/gm, '    | ')}`);
		shown.add(file);
	}
	for (const skip of tally.skips) console.log(`  skipped: ${skip}`);
}

/** A folder of test files. With `inherit` what the files print is shown (benches). */
export async function runFileSuite({ root, name, suite, only }) {
	const files = testFiles(root, suite.folder, only);
	if (files.length === 0 && only.length > 0)
		return { name, passed: 0, failed: 0, skipped: 0, seconds: 0, why: 'no file chosen' };
	const tally = {
		name,
		showsOutput: suite.inherit === true,
		passed: 0,
		failed: 0,
		skipped: 0,
		failures: [],
		skips: [],
		outputs: new Map(),
	};
	const started = performance.now();
	if (files.length === 0) {
		console.log(`✗ ${name}: no test files below ${suite.folder}`);
		return { name, passed: 0, failed: 1, skipped: 0, seconds: 0, why: 'no test files' };
	}
	const args = [
		'--import',
		'tsx',
		'--test',
		`--test-concurrency=${suite.concurrency}`,
		'--test-reporter=./test/runner/reporter.mjs',
		'--test-reporter-destination=stdout',
		...files,
	];
	const { child, ended } = start(process.execPath, args, {
		root,
		env: suite.env,
		limitMs: suite.limitMs,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let complaints = '';
	child.stderr.setEncoding('utf8');
	child.stderr.on('data', (chunk) => {
		complaints = keepTail(complaints, chunk);
	});
	const lines = createInterface({ input: child.stdout });
	const read = (async () => {
		for await (const line of lines) takeLine(line, tally);
	})();
	const { code, problem } = await ended;
	await read;
	clearProgress();
	const seconds = (performance.now() - started) / 1000;
	showFailures(root, tally);
	// The runner itself failed, was killed, or said nothing: never a pass.
	if ((code !== 0 && tally.failed === 0) || tally.passed + tally.failed + tally.skipped === 0) {
		tally.failed++;
		console.log(
			`✗ ${name}: the runner ended with ${problem || `exit code ${code}`}\n${complaints.slice(-outputShownMax)}`,
		);
	}
	console.log(
		`── ${name}: ${tally.failed === 0 ? 'ok' : 'FAILED'}, ${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped (${seconds.toFixed(1)} s)`,
	);
	return { name, passed: tally.passed, failed: tally.failed, skipped: tally.skipped, seconds, why: problem };
}
