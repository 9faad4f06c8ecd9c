/** Lists a suite's test files: *.test.ts and *.test.mjs below its folder, sorted; symbolic links are not followed. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export function testFiles(root, folder, only = []) {
	const found = [];
	const walk = (path) => {
		for (const entry of readdirSync(join(root, path), { withFileTypes: true })) {
			const child = `${path}/${entry.name}`;
			if (entry.isDirectory()) walk(child);
			else if (/\.test\.(ts|mjs)$/.test(entry.name)) found.push(child);
		}
	};
	if (existsSync(join(root, folder))) walk(folder);
	return found.filter((path) => only.length === 0 || only.some((part) => path.includes(part))).sort();
}
