/** The page: which view is shown, what the connection does. Addresses are `#/alerts?…`, `#/hosts`, `#/rules`. */
import { AlertsView } from './alerts-view.mjs';
import { byId } from './dom.mjs';
import { getJson } from './feed.mjs';
import { showHosts } from './hosts-view.mjs';
import { showRules } from './rules-view.mjs';

const views = ['alerts', 'hosts', 'rules'];
/** How often a view that is looked at is asked for anew. */
const refreshMs = 5_000;
const states = {
	connecting: 'connecting…',
	live: 'live',
	away: 'connection lost, trying again…',
	stopped: 'not following',
};

const alerts = new AlertsView({
	onRoute: (params) => {
		const hash = `#/alerts${params.size === 0 ? '' : `?${params}`}`;
		if (location.hash === hash) return;
		history.replaceState(null, '', hash);
		route();
	},
	onState: (state) => {
		const connection = byId('connection');
		connection.dataset.state = state;
		connection.textContent = states[state];
	},
});

let shown = null;
let timer = null;

function route() {
	const [path = '', query = ''] = location.hash.slice(2).split('?', 2);
	const view = views.includes(path) ? path : 'alerts';
	for (const section of document.querySelectorAll('section[data-view]'))
		section.hidden = section.dataset.view !== view;
	for (const link of document.querySelectorAll('nav a')) {
		if (link.dataset.view === view) link.setAttribute('aria-current', 'page');
		else link.removeAttribute('aria-current');
	}
	if (view === 'alerts') alerts.show(new URLSearchParams(query));
	// Alerts go on being followed behind the other views.
	else if (shown === null) alerts.show(new URLSearchParams());
	shown = view;
	void refresh();
}

async function refresh() {
	clearTimeout(timer);
	const view = shown;
	const section = document.querySelector(`section[data-view="${view}"]`);
	try {
		if (!document.hidden) await ask(view, section);
	} catch (error) {
		notice(error.message);
	}
	if (view === shown) timer = setTimeout(refresh, refreshMs);
}

async function ask(view, section) {
	const about = await getJson('/api/about');
	if (view === 'hosts') await showHosts(section);
	if (view === 'rules') await showRules(section, about);
	const { canSignOut, missing } = about;
	byId('sign-out').hidden = !canSignOut;
	notice(missing.length === 0 ? '' : `The console does not follow the alerts yet: ${missing.join(', ')}`);
}

function notice(text) {
	byId('notice').hidden = text === '';
	byId('notice').textContent = text;
}

addEventListener('hashchange', route);
document.addEventListener('visibilitychange', () => void refresh());
route();
