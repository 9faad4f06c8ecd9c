/** The files of the page, read once at the start. They hold no alerts, so the form to sign in may use them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Answer } from './answer.ts';

const types: Readonly<Record<string, string>> = {
	'.html': 'text/html; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.mjs': 'text/javascript; charset=utf-8',
	'.svg': 'image/svg+xml',
};

export type PageFiles = { answer(name: string, ifNoneMatch: string | undefined): Answer | null };

/** Throws as `readdirSync` does. */
export function readPageFiles(folder: string): PageFiles {
	const files = new Map<string, { readonly body: Buffer; readonly type: string; readonly etag: string }>();
	for (const name of readdirSync(folder)) {
		const type = types[extname(name)];
		if (type === undefined) continue;
		const body = readFileSync(join(folder, name));
		const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 32)}"`;
		files.set(name, { body, type, etag });
	}
	return {
		answer(name, ifNoneMatch) {
			const file = files.get(name);
			if (file === undefined) return null;
			const { body, type, etag } = file;
			// Asked for each time, so that a new version is not mixed with an old one.
			const headers = { etag, 'cache-control': 'no-cache' };
			if (ifNoneMatch === etag) return { status: 304, type, headers };
			return { status: 200, type, body, headers };
		},
	};
}
