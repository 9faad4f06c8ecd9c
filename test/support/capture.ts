/**
 * For tests of capture: builds the actor, runs capture around an action, and decodes what it wrote with the schema itself
 * (avsc), independently of the project's own reader. A byte string comes back with one character per byte.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import avro from 'avsc';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const captureProgram = join(root, 'probe/build/capture');
const headerBytes = 64;
const readyTimeoutMs = 20_000;

export type Value = string | number | boolean | null | Value[] | { [name: string]: Value };
export type Fields = { [name: string]: Value };
export type CapturedEvent = {
	readonly family: string;
	readonly header: { [name: string]: number } & { readonly type: string };
	readonly fields: Fields;
};
export type CapturedFrame = {
	readonly sequence: number;
	readonly baseS: number;
	readonly lost: number;
	readonly events: CapturedEvent[];
};

/** Why the live tests cannot run here; null when they can. */
export function captureProblem(): string | null {
	if (process.getuid?.() !== 0) return 'needs root';
	if (!existsSync('/sys/kernel/btf/vmlinux')) return 'needs a kernel with BTF';
	if (!existsSync(captureProgram)) return 'needs probe/build/capture (make -C probe)';
	return null;
}

const actors = new Map<string, string>();

/** An actor, compiled once per test run; `name` is its source below test/support, without its ending. */
export function buildActor(name: 'capture-actor' | 'ring-actor' | 'race-actor' = 'capture-actor'): string {
	const built = actors.get(name);
	if (built !== undefined) return built;
	const folder = mkdtempSync(join(tmpdir(), 'lanner-actor-'));
	const program = join(folder, 'actor');
	const source = join(root, `test/support/${name}.c`);
	execFileSync('gcc', ['-O1', '-w', '-pthread', '-o', program, source], { stdio: 'inherit' });
	accessSync(program, constants.X_OK);
	actors.set(name, program);
	return program;
}

// Raw arguments fill 64 bits; the tests never look at the low bits of such.
const long = avro.types.LongType.__with({
	fromBuffer: (bytes: Buffer) => Number(bytes.readBigInt64LE()),
	toBuffer: (value: number) => {
		const bytes = Buffer.alloc(8);
		bytes.writeBigInt64LE(BigInt(value));
		return bytes;
	},
	fromJSON: Number,
	toJSON: Number,
	isValid: (value: unknown) => typeof value === 'number',
	compare: (a: number, b: number) => a - b,
});

type Decoder = { decode(bytes: Buffer, at: number): { value: unknown; offset: number } };

function loadDecoder(): Decoder {
	const schema = JSON.parse(readFileSync(join(root, 'schemas/event-batch/v4.avsc'), 'utf8'));
	// Without it branches have short names, as the tests write them.
	delete schema.namespace;
	const batch = avro.Type.forSchema(schema, { wrapUnions: true, registry: { long } });
	return (batch as unknown as { field(name: string): { type: { itemsType: Decoder } } }).field('events').type
		.itemsType;
}

let decoder: Decoder | null = null;

/** Bytes to strings, wrapped unions to their value. */
function plain(value: unknown): Value {
	if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
	if (Array.isArray(value)) return value.map(plain);
	if (typeof value !== 'object' || value === null) return value as Value;
	const entries = Object.entries(value);
	const [only] = entries;
	if (entries.length === 1 && only !== undefined && /^(bytes|boolean|[A-Z]\w*)$/.test(only[0]))
		return plain(only[1]);
	return Object.fromEntries(entries.map(([name, item]) => [name, plain(item)]));
}

/** Every frame of capture's output. Throws where a frame or an event is not exactly as long as it says. */
export function decodeFrames(bytes: Buffer): CapturedFrame[] {
	decoder ??= loadDecoder();
	const frames: CapturedFrame[] = [];
	let at = 0;
	while (at < bytes.length) {
		if (bytes.readUInt32LE(at) !== 0x31524e4c) throw new Error(`no frame at byte ${at}`);
		const count = bytes.readUInt32LE(at + 8);
		const end = at + headerBytes + bytes.readUInt32LE(at + 12);
		const sequence = Number(bytes.readBigUInt64LE(at + 16));
		const frame = {
			sequence,
			baseS: Number(bytes.readBigInt64LE(at + 24)),
			lost: Number(bytes.readBigUInt64LE(at + 40)),
		};
		const events: CapturedEvent[] = [];
		at += headerBytes;
		for (let i = 0; i < count; i++) {
			const item = decoder.decode(bytes, at);
			if (item.offset < 0) throw new Error(`event ${i} of frame ${frames.length} is cut`);
			at = item.offset;
			const [family, record] = Object.entries(item.value as object)[0] as [string, object];
			const { header, ...fields } = plain(record) as Fields;
			events.push({ family, header: header as unknown as CapturedEvent['header'], fields });
		}
		if (at !== end) throw new Error(`frame ${frames.length} ends at ${at}, not at ${end}`);
		frames.push({ ...frame, events });
	}
	return frames;
}

export type Capture = {
	readonly child: ChildProcess;
	readonly errors: () => string;
	/** Asks it to stop; what it wrote and how it ended. */
	stop(signal?: NodeJS.Signals): Promise<{ frames: CapturedFrame[]; code: number | null; bytes: Buffer }>;
};

/** Starts capture (or another build of it) and waits until it has attached (its first frame). */
export async function startCapture(
	args: readonly string[],
	{ program = captureProgram, env = {} }: { program?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Capture> {
	const child = spawn(program, args, {
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, ...env },
	});
	const chunks: Buffer[] = [];
	let errors = '';
	child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
	child.stderr.on('data', (chunk: Buffer) => {
		errors += chunk.toString();
	});
	const closed = once(child, 'close');
	const timer = setTimeout(() => child.kill('SIGKILL'), readyTimeoutMs);
	await Promise.race([once(child.stdout, 'data'), closed]);
	clearTimeout(timer);
	return {
		child,
		errors: () => errors,
		stop: async (signal = 'SIGTERM') => {
			if (child.exitCode === null) child.kill(signal);
			await closed;
			const bytes = Buffer.concat(chunks);
			return { frames: decodeFrames(bytes), code: child.exitCode, bytes };
		},
	};
}

/** Captures while `act` runs; the events in order. */
export async function capturing(
	args: readonly string[],
	act: () => Promise<unknown>,
): Promise<CapturedEvent[]> {
	const capture = await startCapture(args);
	await act();
	const { frames, code } = await capture.stop();
	if (code !== 0) throw new Error(`capture ended with ${code}: ${capture.errors()}`);
	return frames.flatMap((frame) => frame.events);
}

export type Ran = { readonly pid: number; readonly code: number | null; readonly stdout: string };

export async function run(
	program: string,
	args: readonly string[],
	options: { cwd?: string } = {},
): Promise<Ran> {
	const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
	let stdout = '';
	child.stdout.on('data', (chunk: Buffer) => {
		stdout += chunk.toString();
	});
	await once(child, 'close');
	return { pid: child.pid ?? 0, code: child.exitCode, stdout };
}
