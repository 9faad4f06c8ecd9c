/**
 * The only way that this page makes elements. Text goes in as text and never as markup; a link leads into this page, or to one of the sites
 * that we name ourselves.
 */

const linkTargets = /^(?:#\/|\/(?!\/)|https:\/\/attack\.mitre\.org\/)/;

/** `properties`: attributes; `on`: listeners by event; null and false leave an attribute out. */
export function element(name, { on = {}, ...properties } = {}, ...children) {
	const made = document.createElement(name);
	for (const [key, value] of Object.entries(properties)) {
		if (value === null || value === undefined || value === false) continue;
		if (/^on/i.test(key) || key === 'style') throw new Error(`${key} is no attribute of ours`);
		if ((key === 'href' || key === 'src') && !linkTargets.test(value))
			throw new Error('a link that leads elsewhere');
		made.setAttribute(key, value === true ? '' : String(value));
	}
	for (const [event, listener] of Object.entries(on)) made.addEventListener(event, listener);
	append(made, children);
	return made;
}

/** In a region of its own, which scrolls where the page is narrow. */
export function table(label, columns, rows) {
	const heads = columns.map((name) => element('th', { scope: 'col' }, name));
	return element(
		'div',
		{ class: 'table', tabindex: '0', role: 'region', 'aria-label': label },
		element('table', {}, element('thead', {}, element('tr', {}, heads)), element('tbody', {}, rows)),
	);
}

export function replace(parent, ...children) {
	parent.replaceChildren();
	append(parent, children);
}

function append(parent, children) {
	for (const child of children.flat(Number.POSITIVE_INFINITY)) {
		if (child === null || child === undefined) continue;
		parent.append(typeof child === 'object' ? child : document.createTextNode(String(child)));
	}
}

export const byId = (id) => document.getElementById(id);
