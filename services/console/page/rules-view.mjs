/** The view of rules: which raised alerts, within what the console keeps. */
import { element, replace, table } from './dom.mjs';
import { getJson } from './feed.mjs';
import { counted, shortTime, visible } from './text.mjs';

const order = ['Emergency', 'Alert', 'Critical', 'Error', 'Warning', 'Notice', 'Informational', 'Debug'];

const columns = ['Rule', 'Priority', 'Alerts', 'Hosts', 'Last'];

/** `about`: the answer of /api/about. */
export async function showRules(section, about) {
	const { rules } = await getJson('/api/rules');
	const sums = order.flatMap((priority) => {
		const alerts = rules
			.filter((rule) => rule.priority === priority)
			.reduce((sum, rule) => sum + rule.alerts, 0);
		return alerts === 0 ? [] : [{ priority, alerts }];
	});
	const since = about.oldest === null ? '' : `, the oldest of ${shortTime(about.oldest)}`;
	replace(
		section,
		element('h1', {}, 'Rules'),
		element(
			'ul',
			{ class: 'sums' },
			sums.map(({ priority, alerts }) =>
				element(
					'li',
					{ 'data-priority': priority },
					element('strong', {}, alerts.toLocaleString()),
					` ${priority}`,
				),
			),
		),
		element(
			'p',
			{ class: 'hint' },
			`Of the ${counted(about.alerts, 'alert')} that the console keeps${since}. All of them are in the log.`,
		),
		rules.length === 0
			? element('p', { class: 'empty' }, 'No rule raised an alert yet.')
			: table('Rules', columns, rules.map(row)),
	);
}

function row({ rule, priority, alerts, hosts, lastTime }) {
	const query = new URLSearchParams({ rule });
	return element(
		'tr',
		{},
		element('th', { scope: 'row' }, element('a', { href: `#/alerts?${query}` }, visible(rule))),
		element('td', {}, element('span', { class: 'priority', 'data-priority': priority }, visible(priority))),
		element('td', { class: 'number' }, alerts.toLocaleString()),
		element('td', { class: 'number' }, hosts.toLocaleString()),
		element('td', { title: lastTime }, shortTime(lastTime)),
	);
}
