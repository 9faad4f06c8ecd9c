/** One alert, all of it. */
import { ancestry } from './ancestry.mjs';
import { element, replace } from './dom.mjs';
import { indent } from './json.mjs';
import { mitreLink } from './mitre.mjs';
import { visible } from './text.mjs';

const localTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

/** `onClose`, and `onFilter(name, value)`: only alerts with this from now on. */
export function showDetail(panel, alert, { onClose, onFilter }) {
	const { id, priority, rule, hostname, time, output, tags, lanner } = alert;
	const fields = alert.output_fields;
	const only = (name, value, text = value) =>
		element(
			'button',
			{ type: 'button', class: 'link', title: 'Show only these', on: { click: () => onFilter(name, value) } },
			visible(text),
		);
	replace(
		panel,
		element(
			'header',
			{},
			element('span', { class: 'priority', 'data-priority': priority }, visible(priority)),
			element('h2', {}, visible(rule)),
			element(
				'button',
				{ type: 'button', class: 'close', 'aria-label': 'Close', on: { click: onClose } },
				'✕',
			),
		),
		lanner.incomplete
			? element(
					'p',
					{ class: 'warning' },
					'Events of this host had been lost before this alert: what it says of the process may be incomplete.',
				)
			: null,
		lanner.amends === null
			? null
			: element(
					'p',
					{},
					'Completes an earlier alert with facts that came late: ',
					element(
						'a',
						{ href: `#/alerts?open=${encodeURIComponent(lanner.amends)}` },
						visible(lanner.amends),
					),
				),
		element('p', { class: 'whole' }, visible(output)),
		facts([
			[
				'Time',
				element('span', {}, element('time', { datetime: time }, visible(time)), element('br'), localOf(time)),
			],
			[
				'Host',
				element(
					'span',
					{},
					only('host', hostname),
					element('br'),
					element('code', {}, visible(lanner.host_id)),
				),
			],
			[
				'Container',
				lanner.container_id === ''
					? 'none: on the host itself'
					: element('code', {}, visible(lanner.container_id)),
			],
			['Event', visible(lanner.event_type)],
			['Rule', only('rule', rule)],
			['Tags', tagList(tags, only)],
			['Id', element('code', {}, visible(id))],
		]),
		processes(fields),
		element('h3', {}, 'Fields'),
		facts(
			Object.entries(fields).map(([name, value]) => [visible(name), fieldText(value)]),
			'fields',
		),
		element(
			'details',
			{},
			element('summary', {}, 'JSON'),
			copyButton(alert.text),
			element(
				'pre',
				{ tabindex: '0', 'aria-label': 'JSON of the alert' },
				indent(alert.text).split('\n').map(visible).join('\n'),
			),
		),
	);
}

function localOf(time) {
	const at = new Date(time);
	return Number.isNaN(at.getTime()) ? '' : localTime.format(at);
}

function facts(pairs, className = '') {
	return element(
		'dl',
		{ class: `facts ${className}` },
		pairs.map(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
	);
}

function fieldText(value) {
	if (value === null) return element('span', { class: 'absent' }, '<NA>');
	return visible(Array.isArray(value) ? value.map((one) => one ?? '<NA>').join(', ') : value);
}

function tagList(tags, only) {
	if (tags.length === 0) return 'none';
	return element(
		'ul',
		{ class: 'tags' },
		tags.map((tag) => {
			const link = mitreLink(tag);
			return element(
				'li',
				{},
				only('tag', tag),
				link === null
					? null
					: element(
							'a',
							{
								href: link,
								target: '_blank',
								rel: 'noopener noreferrer',
								'aria-label': `MITRE ATT&CK on ${visible(tag)}`,
							},
							'↗',
						),
			);
		}),
	);
}

function processes(fields) {
	const chain = ancestry(fields);
	if (chain.length === 0) return null;
	return [
		element('h3', {}, 'Process and its ancestors'),
		element(
			'ol',
			{ class: 'ancestry' },
			chain.map(({ generation, name, exe, command, pid }) =>
				element(
					'li',
					{ class: generation === 0 ? 'self' : '' },
					element('strong', {}, visible(name ?? exe ?? command ?? pid)),
					pid === undefined ? null : element('span', { class: 'pid' }, ` pid ${visible(pid)}`),
					command === undefined && exe === undefined ? null : element('code', {}, visible(command ?? exe)),
				),
			),
		),
	];
}

function copyButton(text) {
	const button = element('button', { type: 'button', class: 'copy' }, 'Copy');
	button.addEventListener('click', async () => {
		try {
			await navigator.clipboard.writeText(text);
			button.textContent = 'Copied';
		} catch {
			// Browsers give the clipboard to pages of localhost and of TLS only.
			button.textContent = 'Not allowed here: select the text';
		}
	});
	return button;
}
