/** The view of hosts: those that need a person first. */
import { element, replace, table } from './dom.mjs';
import { getJson } from './feed.mjs';
import { ago, counted, visible } from './text.mjs';

const meanings = {
	silent: 'its probe says nothing: killed, stopped, starved, or the host is away',
	unclear:
		'not heard lately, and nobody called it silent: evaluators are behind or away, or its clock is wrong',
	unknown: 'nothing was told of its probe',
	alive: 'heard within the last minute',
	stopped: 'its probe said that it stops',
};
const columns = ['Host', 'State', 'Last heard', 'Processes', 'Events lost', 'Alerts'];
const rowsMax = 1_000;

export async function showHosts(section) {
	const { hosts, source, problem } = await getJson('/api/hosts');
	const count = (state) => hosts.filter((host) => host.state === state).length;
	const states = Object.keys(meanings).filter((state) => count(state) > 0);
	const incomplete = hosts.filter((host) => host.incomplete).length;
	replace(
		section,
		element('h1', {}, 'Hosts'),
		element(
			'ul',
			{ class: 'sums' },
			states.map((state) =>
				element(
					'li',
					{ 'data-state': state, title: meanings[state] },
					element('strong', {}, count(state)),
					` ${state}`,
				),
			),
			incomplete === 0
				? null
				: element('li', { 'data-state': 'incomplete' }, element('strong', {}, incomplete), ' incomplete'),
		),
		problem === null
			? null
			: element(
					'p',
					{ class: 'warning' },
					`The state store did not answer (${visible(problem)}): states are told from alerts.`,
				),
		source === 'store'
			? element(
					'p',
					{ class: 'hint' },
					'States are those of the evaluators. Losses are what alerts told since the oldest alert that was read back.',
				)
			: element(
					'p',
					{ class: 'hint' },
					'Without a state store to ask (redis.addresses) only hosts that had alerts are known, and of their probes what alerts told.',
				),
		hosts.length === 0
			? element('p', { class: 'empty' }, 'No host is known yet.')
			: table(
					'Hosts',
					columns,
					hosts.slice(0, rowsMax).map((host) => row(host, source)),
				),
		hosts.length > rowsMax
			? element(
					'p',
					{ class: 'hint' },
					`${counted(hosts.length - rowsMax, 'more host')}: /api/hosts has all.`,
				)
			: null,
	);
}

function row(host, source) {
	const { id, name, state, heard, incomplete, incompleteReason, alerts } = host;
	const query = new URLSearchParams({ host: name });
	return element(
		'tr',
		{},
		element('th', { scope: 'row' }, visible(name), name === id ? null : element('code', {}, visible(id))),
		element(
			'td',
			{},
			element('span', { class: 'state', 'data-state': state, title: meanings[state] ?? '' }, state),
		),
		element('td', { title: heard ?? '' }, heard === null ? '' : ago(heard)),
		element(
			'td',
			{},
			incomplete
				? element('span', { class: 'state', 'data-state': 'incomplete' }, 'incomplete')
				: source === 'store'
					? 'complete'
					: '',
			incomplete && incompleteReason !== '' ? ` ${visible(incompleteReason)}` : null,
		),
		element('td', {}, losses(host), sharing(host)),
		element(
			'td',
			{ class: 'number' },
			alerts === 0 ? '0' : element('a', { href: `#/alerts?${query}` }, alerts.toLocaleString()),
		),
	);
}

function losses({ lost, tampered }) {
	const parts = Object.entries(lost).map(
		([reason, events]) => `${reason}: ${events === 0 ? 'an unknown number' : events.toLocaleString()}`,
	);
	if (tampered > 0) parts.push(`tampered with: ${counted(tampered, 'time')}`);
	return parts.length === 0 ? 'none told' : visible(parts.join(', '));
}

function sharing({ sharedWith }) {
	if (sharedWith === null) return null;
	return element(
		'p',
		{ class: 'warning' },
		`${visible(sharedWith)} speaks under the same host id: neither is watched rightly`,
	);
}
