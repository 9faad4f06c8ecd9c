/** `lanner` called as a function: what it wrote and its exit code, without a process. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { ExitCode } from '#cli/command.ts';
import { execute } from '#cli/execute.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** With an empty environment; a command that asks for the probe fails the test. */
export async function lanner(...argv: string[]): Promise<{ code: ExitCode; out: string; err: string }> {
	let out = '';
	let err = '';
	const code = await execute(argv, {
		stdout: {
			write(text, callback) {
				out += text.toString();
				callback?.();
			},
		},
		stderr: { write: (text) => (err += text.toString()) },
		env: {},
		root,
		defaultConfigFile: null,
		ensureProbe: async () => assert.fail('no command called by this test needs the probe'),
		stopSignal: () => new AbortController().signal,
	});
	return { code, out, err };
}
