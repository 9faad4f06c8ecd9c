/**
 * The receivers' own load tools, for the figure beside ours: loggen of syslog-ng (Debian's package conflicts with rsyslog's, so it is unpacked into
 * a folder and laid over /usr in a mount namespace of its own, never installed) and wrk. Null = cannot be had here, and why.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuSecondsOf } from './cpu.ts';

const packages = [
	...['syslog-ng-core', 'libivykis0', 'libnet1', 'libpcre3'],
	...['wrk', 'libluajit-5.1-2', 'libluajit-5.1-common'],
];
const folder = join(tmpdir(), 'lanner-load-tools');

export type Load = { readonly messages: number; readonly wallS: number; readonly receiverCpuS: number };

/** Unpacks once; null, or what is in the way. */
export function prepareTools(): string | null {
	if (process.getuid?.() !== 0) return 'load tools need root (a mount namespace)';
	const unpacked = join(folder, 'x');
	if (existsSync(join(unpacked, 'usr/bin/wrk'))) return null;
	try {
		mkdirSync(unpacked, { recursive: true });
		execFileSync('apt-get', ['download', '-q', ...packages], { cwd: folder, stdio: 'pipe' });
		for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb')))
			execFileSync('dpkg-deb', ['-x', join(folder, file), unpacked]);
		return null;
	} catch (error) {
		return `load tools cannot be fetched: ${(error as Error).message.split('\n')[0]}`;
	}
}

function run(command: string): Promise<{ output: string; wallS: number }> {
	const startMs = performance.now();
	const overlay = `mount -t overlay overlay -o lowerdir=${folder}/x/usr:/usr /usr`;
	const child = spawn('unshare', ['-m', 'sh', '-c', `${overlay} && exec ${command}`], {
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let output = '';
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (text: string) => {
			output += text;
		});
	return new Promise((resolve, reject) =>
		child.once('close', (code) => {
			if (code === 0) resolve({ output, wallS: (performance.now() - startMs) / 1000 });
			else reject(new Error(`${command}: exit code ${code}: ${output.slice(-500)}`));
		}),
	);
}

/** `messages` of `bytes` to a syslog receiver; `arrived` says how many it has. */
export async function loggen(given: {
	readonly transport: 'udp' | 'tcp' | 'tls';
	readonly port: number;
	readonly messages: number;
	readonly bytes: number;
	readonly receiver: number;
	readonly settled: () => Promise<number>;
}): Promise<Load> {
	const kind = { udp: '--inet --dgram', tcp: '--inet --stream', tls: '--inet --stream --use-ssl' }[
		given.transport
	];
	const before = cpuSecondsOf(given.receiver);
	const { wallS } = await run(
		`loggen ${kind} --rate 10000000 --number ${given.messages} --size ${given.bytes} --active-connections 1 --quiet 127.0.0.1 ${given.port}`,
	);
	const messages = await given.settled();
	return { messages, wallS, receiverCpuS: cpuSecondsOf(given.receiver) - before };
}

/** POSTs of `body` over one connection, as the output has one, for `seconds`. */
export async function wrk(given: {
	readonly url: string;
	readonly body: string;
	readonly seconds: number;
	readonly receiver: number;
}): Promise<Load> {
	const script = join(folder, 'post.lua');
	writeFileSync(
		script,
		`wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = [==[${given.body}]==]\n`,
	);
	const before = cpuSecondsOf(given.receiver);
	const { output } = await run(`wrk -t1 -c1 -d${given.seconds}s -s ${script} ${given.url}`);
	const [, requests = '0', wall = '1'] = /(\d+) requests in ([\d.]+)s/.exec(output) ?? [];
	return {
		messages: Number(requests),
		wallS: Number(wall),
		receiverCpuS: cpuSecondsOf(given.receiver) - before,
	};
}
