/** What tests ask of pages in Markdown. */
import { readFileSync } from 'node:fs';

/** GitHub's anchor of each heading of the page. */
export function anchorsOf(path: string): string[] {
	return readFileSync(path, 'utf8')
		.split('\n')
		.filter((line) => /^#+ /.test(line))
		.map((line) =>
			line
				.replace(/^#+ /, '')
				.trim()
				.toLowerCase()
				.replace(/[^a-z0-9 -]/g, '')
				.replaceAll(' ', '-'),
		);
}
