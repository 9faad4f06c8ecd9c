/** The view of alerts: filters, list, detail. What is chosen stands in the address, so that it can be kept and sent to others. */
import { showDetail } from './detail.mjs';
import { byId, element, replace } from './dom.mjs';
import { Feed, getText } from './feed.mjs';
import { parse } from './json.mjs';
import { Rows } from './rows.mjs';
import { counted } from './text.mjs';

const names = ['text', 'priority', 'rule', 'host', 'tag'];
const named = ['rule', 'host', 'tag'];
/** Typing is waited for. */
const typingMs = 350;
/** Values that are offered for a filter. */
const offeredMax = 200;
/** Text that begins so is a condition. */
const condition = /^[\s(]*(?:not[\s(]+)*(?:alert|host|evt|container|proc)\.[a-z]/;

export class AlertsView {
	#form = byId('filters');
	#detail = byId('detail');
	#older = byId('older');
	#feed;
	#rows;
	#selection = null;
	#openId = null;
	#timer = null;

	/** `onRoute(params)`: the address is to say this; `onState`: of the connection. */
	constructor({ onRoute, onState }) {
		this.onRoute = onRoute;
		this.#rows = new Rows({
			onOpen: (alert) => this.#choose(alert.id),
			onChange: (count) => this.#counted(count),
		});
		this.#feed = new Feed({
			onList: (alerts, { more }) => {
				this.#rows.reset(alerts);
				this.#older.hidden = !more;
			},
			onAlert: (alert) => this.#rows.add(alert),
			onReset: (lost) => this.#wasReset(lost),
			onProblem: (text) => (text === '' ? this.#showFilters() : this.#hint(text, true)),
			onState,
		});
		this.#listen();
	}

	/** The address says so. */
	show(params) {
		for (const name of names) this.#form.elements[name].value = params.get(name) ?? '';
		const selection = String(this.#request());
		if (selection !== this.#selection) {
			this.#selection = selection;
			this.#feed.start(selection);
		}
		this.#showFilters();
		void this.#open(params.get('open'));
	}

	#listen() {
		this.#form.addEventListener('submit', (event) => {
			event.preventDefault();
			this.#route();
		});
		this.#form.addEventListener('input', () => {
			clearTimeout(this.#timer);
			this.#timer = setTimeout(() => this.#route(), typingMs);
		});
		this.#form.addEventListener('reset', (event) => {
			event.preventDefault();
			for (const name of names) this.#form.elements[name].value = '';
			this.#route();
		});
		this.#form.addEventListener('focusin', () => this.#offer());
		byId('more-filters').addEventListener('click', ({ currentTarget }) => {
			const isOpen = this.#form.classList.toggle('all');
			currentTarget.setAttribute('aria-expanded', String(isOpen));
		});
		byId('pause').addEventListener('click', ({ currentTarget }) => {
			this.#rows.pause(!this.#rows.isPaused);
			currentTarget.setAttribute('aria-pressed', String(this.#rows.isPaused));
			currentTarget.textContent = this.#rows.isPaused ? 'Go on' : 'Pause';
		});
		this.#older.addEventListener('click', async () => {
			try {
				const { alerts, more } = await this.#feed.older();
				this.#rows.appendOlder(alerts);
				this.#older.hidden = !more;
			} catch (error) {
				this.#hint(error.message, true);
			}
		});
		this.#detail.addEventListener('keydown', ({ key }) => {
			if (key === 'Escape') this.#close();
		});
	}

	/** What the form says, as the server understands it. */
	#request() {
		const params = this.#params();
		const text = params.get('text') ?? '';
		if (!condition.test(text)) return params;
		params.delete('text');
		params.set('filter', text);
		return params;
	}

	#params() {
		const params = new URLSearchParams();
		for (const name of names) {
			const value = this.#form.elements[name].value.trim();
			if (value !== '') params.set(name, value);
		}
		return params;
	}

	#route() {
		clearTimeout(this.#timer);
		const params = this.#params();
		if (this.#openId !== null) params.set('open', this.#openId);
		this.onRoute(params);
	}

	#filter(name, value) {
		this.#form.elements[name].value = value;
		this.#route();
	}

	#choose(id) {
		this.#openId = id;
		this.#route();
	}

	#close() {
		const id = this.#openId;
		this.#openId = null;
		this.#route();
		[...document.querySelectorAll('#rows button')].find((row) => row.dataset.id === id)?.focus();
	}

	async #open(id) {
		const wasOpen = this.#openId;
		this.#openId = id;
		this.#rows.select(id);
		byId('panes').classList.toggle('open', id !== null);
		this.#detail.hidden = id === null;
		if (id === null || (wasOpen === id && this.#detail.dataset.id === id)) return;
		this.#detail.dataset.id = id;
		try {
			const alert = this.#rows.get(id) ?? (await fetched(id));
			if (this.#openId !== id) return;
			showDetail(this.#detail, alert, {
				onClose: () => this.#close(),
				onFilter: (name, value) => this.#filter(name, value),
			});
		} catch (error) {
			if (this.#openId !== id) return;
			const close = element(
				'button',
				{ type: 'button', class: 'close', 'aria-label': 'Close', on: { click: () => this.#close() } },
				'✕',
			);
			replace(
				this.#detail,
				element('header', {}, element('h2', {}, 'Not here'), close),
				element('p', {}, error.message),
			);
		}
		this.#detail.scrollTop = 0;
		this.#detail.focus({ preventScroll: true });
	}

	#wasReset(lost) {
		this.#rows.reset([]);
		this.#older.hidden = true;
		const text =
			lost === null
				? 'The console was started again; this is what it has now.'
				: `${counted(lost, 'alert')} came faster than this page could take them; they are not kept here any more.`;
		this.#hint(text, lost !== null);
	}

	#counted(count) {
		const empty = byId('list-empty');
		empty.hidden = count > 0;
		empty.textContent =
			this.#selection === ''
				? 'No alert yet. New ones appear here by themselves.'
				: 'No alert that is kept matches these filters. New ones appear here by themselves.';
	}

	#showFilters() {
		const params = this.#params();
		byId('clear-filters').disabled = params.size === 0;
		const hidden = named.filter((name) => params.has(name)).length;
		byId('more-filters').textContent = hidden === 0 ? 'Filters' : `Filters (${hidden})`;
		if (condition.test(params.get('text') ?? '')) this.#hint('A condition in the rule language.', false);
		else this.#hint('', false);
	}

	#hint(text, isProblem) {
		const hint = byId('filter-hint');
		hint.textContent = text;
		hint.classList.toggle('problem', isProblem);
	}

	/** Values of the alerts that are there. */
	#offer() {
		const alerts = this.#rows.all();
		const values = {
			rules: alerts.map(({ rule }) => rule),
			hosts: alerts.map(({ hostname }) => hostname),
			tags: alerts.flatMap(({ tags }) => tags),
		};
		for (const [name, list] of Object.entries(values)) {
			const known = [...new Set(list)].sort().slice(0, offeredMax);
			replace(
				byId(`${name}-known`),
				known.map((value) => element('option', { value })),
			);
		}
	}
}

async function fetched(id) {
	const text = (await getText(`/api/alerts/${encodeURIComponent(id)}`)).trim();
	return { text, ...parse(text) };
}
