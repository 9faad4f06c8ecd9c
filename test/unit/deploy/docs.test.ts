/** Links of deploy/docs and the READMEs beside it lead somewhere; what they quote of the command line is what it prints. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { lanner } from '#test/support/cli.ts';
import { anchorsOf } from '#test/support/markdown.ts';
import { repositoryFiles, root } from '../../tidy/tree.ts';

const pages = repositoryFiles().filter((path) =>
	/^deploy\/(?:docs|acl|grafana|prometheus)\/.*\.md$/.test(path),
);

test('links between the pages lead to files and headings that exist', () => {
	assert.ok(pages.length >= 10);
	const broken: string[] = [];
	for (const page of pages)
		for (const [, target = ''] of readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)]+)\)/g)) {
			const [file = '', anchor] = target.split('#');
			const path = file === '' ? page : relative(root, join(root, dirname(page), file));
			if (!existsSync(join(root, path))) broken.push(`${page}: ${target}`);
			else if (anchor !== undefined && !anchorsOf(join(root, path)).includes(anchor))
				broken.push(`${page}: ${target}`);
		}
	assert.deepEqual(broken, []);
});

test('the example of the sizing guide is what the command prints', async () => {
	const page = readFileSync(join(root, 'deploy/docs/sizing.md'), 'utf8');
	const [, command = '', printed = ''] = /\$ lanner (size .*)\n([\s\S]*?)```/.exec(page) ?? [];
	assert.equal(printed, (await lanner(...command.split(' '))).out);
});
