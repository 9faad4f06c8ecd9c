/**
 * For tests of the console's page: its modules, and as much of a document as they use. The document knows text and elements apart, so a
 * test can say what became of a hostile name; it has no way to parse markup, so code that tries fails.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pageFolder } from './console.ts';

/** The modules are plain JavaScript for browsers, so without types. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export function pageModule(name: string): Promise<any> {
	return import(pathToFileURL(join(pageFolder, name)).href);
}

export class TextDouble {
	readonly text: string;
	constructor(text: string) {
		this.text = text;
	}
}

export class ElementDouble {
	readonly name: string;
	readonly attributes = new Map<string, string>();
	children: (ElementDouble | TextDouble)[] = [];
	constructor(name: string) {
		this.name = name;
	}
	setAttribute(key: string, value: string): void {
		this.attributes.set(key, value);
	}
	addEventListener(): void {}
	append(child: ElementDouble | TextDouble): void {
		this.children.push(child);
	}
	replaceChildren(): void {
		this.children = [];
	}
	get textContent(): string {
		return this.children
			.map((child) => (child instanceof TextDouble ? child.text : child.textContent))
			.join('');
	}
	set textContent(text: string) {
		this.children = [new TextDouble(text)];
	}
	/** Itself and all below. */
	all(): ElementDouble[] {
		return [this, ...this.children.flatMap((child) => (child instanceof TextDouble ? [] : child.all()))];
	}
}

export function installDocument(): void {
	Object.assign(globalThis, {
		document: {
			createElement: (name: string) => new ElementDouble(name),
			createTextNode: (text: string) => new TextDouble(text),
		},
	});
}
