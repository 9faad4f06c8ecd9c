/**
 * Stands for the agent below probe/launch: a line of JSON on standard input, `{ "args": […], "stopAfterBytes": N }`, has capture started by
 * the starter; answers are lines of JSON. Plain JavaScript, because an ordinary user runs it from a folder of the test.
 */
const { spawn } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { createInterface } = require('node:readline');

const launch = process.argv[2];
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

say({
	pid: process.pid,
	status: readFileSync('/proc/self/status', 'utf8'),
	starter: process.env.LANNER_CAPTURE_STARTER,
});
createInterface({ input: process.stdin }).on('line', (line) => {
	const { args, signal } = JSON.parse(line);
	const child = spawn(launch, ['--ask', ...args], { stdio: ['pipe', 'pipe', 'pipe', 3] });
	let bytes = 0;
	let errors = '';
	child.stdout.on('data', (chunk) => {
		bytes += chunk.length;
		if (signal !== undefined) child.kill(signal);
	});
	child.stderr.setEncoding('utf8').on('data', (text) => {
		errors += text;
	});
	child.on('close', (code, signalled) => say({ code, signal: signalled, bytes, errors }));
	say({ asked: child.pid });
});
