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

test('the page of fields without a value lists them all', async () => {
	const page = readFileSync(join(root, 'deploy/docs/fields.md'), 'utf8');
	const { out } = await lanner('rules', 'fields', '--unavailable', '--markdown');
	assert.ok(out.split('\n').length > 30);
	assert.equal(page.slice(page.indexOf('| field')), out);
});

const allPages = repositoryFiles().filter((path) => /^deploy\/.*\.md$/.test(path));

/** What stands in `…` and in fenced or indented blocks, a line each. */
function codeOf(page: string): string[] {
	const text = readFileSync(join(root, page), 'utf8');
	const blocks = [...text.matchAll(/^```.*\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
		block.split('\n'),
	);
	const indented = [...text.matchAll(/^(?: {4}|\t)(.*)$/gm)].map(([, line = '']) => line);
	const inline = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g)].map(
		([, code = '']) => code,
	);
	return [...blocks, ...indented, ...inline].map((line) => line.trim().replace(/^\$ /, ''));
}

test('each command that a page of deploy names exists and takes the options named with it', async () => {
	const wrong: string[] = [];
	let seen = 0;
	for (const page of allPages)
		for (const line of codeOf(page)) {
			const [, rest] = /^(?:\.\/|bin\/)?lanner ([a-z].*)$/.exec(line.split(/ [|>#]/)[0]?.trim() ?? '') ?? [];
			if (rest === undefined) continue;
			seen++;
			const words = rest.split(' ');
			const options = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? '');
			const verbs = words.slice(0, 2).filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith('-'));
			let help = await lanner('help', ...verbs);
			if (help.code !== 0) help = await lanner('help', ...verbs.slice(0, 1));
			const absent = options.filter((option) => !help.out.includes(option));
			if (help.code !== 0 || absent.length > 0) wrong.push(`${page}: ${line} ${absent.join(' ')}`);
		}
	assert.ok(seen > 20, `only ${seen} commands were found`);
	assert.deepEqual(wrong, []);
});

test('each option of lanner.yaml that a page of deploy names exists', async () => {
	const reference = [...(await lanner('config', '--reference')).out.matchAll(/^\| `([^`]+)`/gm)].map(
		([, name = '']) => name,
	);
	const sections = new Set(reference.map((name) => name.split('.')[0]));
	const isKnown = (name: string): boolean =>
		reference.some((known) => known === name || known.startsWith(`${name}.`));
	const wrong: string[] = [];
	let seen = 0;
	// Values of the chart have names of their own.
	for (const page of allPages.filter((page) => !page.startsWith('deploy/helm/')))
		for (const code of codeOf(page)) {
			const [, name = ''] = /^([a-z]+(?:\.[a-zA-Z]+)+)(?:[:= ].*)?$/.exec(code) ?? [];
			if (!sections.has(name.split('.')[0]) || existsSync(join(root, dirname(page), name))) continue;
			seen++;
			const isOfChart = readFileSync(join(root, page), 'utf8').includes(`chart: \`${name}`);
			if (!isOfChart && !isKnown(name)) wrong.push(`${page}: ${name}`);
		}
	assert.ok(seen > 30, `only ${seen} options were found`);
	assert.deepEqual(wrong, []);
});
