/**
 * Alerts of the server for one selection: first the newest that it keeps, then the stream from exactly there on.
 *
 *   loading ──▶ live ◀──▶ away (the browser connects again and goes on without a gap)
 *                └─ reset: the server cannot go on where we were: what follows is all it keeps
 */
import { parse, split } from './json.mjs';

const pageSize = 100;
const againMs = 5_000;

/** An alert with its text, which is exact. */
const read = (text) => ({ text, ...parse(text) });

export class Feed {
	#source = null;
	#timer = null;
	#listeners;
	#selection = '';
	#before = null;
	/** Answers for an earlier selection are thrown away. */
	#round = 0;

	/** `onList(alerts, {more})`, `onAlert(alert)`, `onReset(lost)`, `onState(state)`, `onProblem(text)`. */
	constructor(listeners) {
		this.#listeners = listeners;
	}

	/** `selection`: parameters of the request. */
	async start(selection) {
		this.stop();
		const round = ++this.#round;
		this.#selection = String(selection);
		this.#listeners.onState('connecting');
		try {
			const page = await this.#page(selection);
			if (round !== this.#round) return;
			this.#listeners.onProblem('');
			this.#before = page.before;
			this.#listeners.onList(page.alerts, { more: page.before !== null });
			this.#follow(page.cursor, round);
		} catch (error) {
			if (round !== this.#round) return;
			this.#listeners.onProblem(error.message);
			this.#listeners.onState(error.isOurs ? 'stopped' : 'away');
			if (!error.isOurs) this.#timer = setTimeout(() => this.start(this.#selection), againMs);
		}
	}

	stop() {
		clearTimeout(this.#timer);
		this.#source?.close();
		this.#source = null;
	}

	/** The next older ones. */
	async older() {
		const round = this.#round;
		const selection = new URLSearchParams(this.#selection);
		selection.set('before', this.#before);
		const page = await this.#page(selection);
		if (round !== this.#round) return { alerts: [], more: false };
		this.#before = page.before;
		return { alerts: page.alerts, more: page.before !== null };
	}

	async #page(selection) {
		const params = new URLSearchParams(selection);
		params.set('limit', String(pageSize));
		const text = await getText(`/api/alerts?${params}`);
		const { cursor, before } = JSON.parse(text);
		return { cursor, before, alerts: split(text.slice(text.indexOf('"alerts":'))).map(read) };
	}

	#follow(cursor, round) {
		const params = new URLSearchParams(this.#selection);
		params.set('after', cursor);
		const source = new EventSource(`/api/stream?${params}`);
		this.#source = source;
		const { onAlert, onReset, onState } = this.#listeners;
		source.onopen = () => onState('live');
		source.onmessage = ({ data }) => onAlert(read(data));
		source.addEventListener('reset', ({ data }) => onReset(JSON.parse(data).lost));
		source.onerror = () => {
			onState('away');
			// It gave up: refused, or signed out. Beginning anew tells which.
			if (source.readyState === EventSource.CLOSED && round === this.#round)
				this.#timer = setTimeout(() => this.start(this.#selection), againMs);
		};
	}
}

/** Throws with the server's own words; `isOurs`: asking the same again would not help. */
export async function getText(path) {
	const response = await fetch(path, { headers: { accept: 'application/json' } });
	if (response.status === 401) location.assign('/login');
	const text = await response.text();
	if (response.ok) return text;
	let said = `the server answers ${response.status}`;
	try {
		said = JSON.parse(text).error ?? said;
	} catch {
		// No answer of ours: a proxy's, which says what it is by its status.
	}
	throw Object.assign(new Error(said), { isOurs: response.status === 400 });
}

export async function getJson(path) {
	return JSON.parse(await getText(path));
}
