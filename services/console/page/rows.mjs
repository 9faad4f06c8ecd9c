/** The list of alerts: newest first, at most `rowsMax` of them, and what came while somebody reads is held until they look. */
import { byId, element } from './dom.mjs';
import { counted, shortTime, visible } from './text.mjs';

const rowsMax = 500;
/** Alerts that come together are shown together. */
const gatherMs = 150;
/** Scrolled further than this: somebody reads. */
const topPx = 24;

export class Rows {
	#list = byId('list');
	#rows = byId('rows');
	#fresh = byId('fresh');
	/** Alert of each row, by id. */
	#alerts = new Map();
	/** Newest first; not shown yet. */
	#held = [];
	#heldCount = 0;
	#timer = null;
	#isHovered = false;
	#selectedId = null;
	isPaused = false;

	/** `onOpen(alert)`: somebody chose it; `onChange(count)`: rows that are there. */
	constructor({ onOpen, onChange }) {
		this.onOpen = onOpen;
		this.onChange = onChange;
		this.#list.addEventListener('pointerenter', ({ pointerType }) => {
			this.#isHovered = pointerType === 'mouse';
		});
		this.#list.addEventListener('pointerleave', () => {
			this.#isHovered = false;
			this.#gather();
		});
		this.#list.addEventListener('scroll', () => this.#gather(), { passive: true });
		this.#list.addEventListener('focusout', () => this.#gather());
		this.#fresh.addEventListener('click', () => this.showHeld());
		this.#rows.addEventListener('keydown', (event) => this.#move(event));
	}

	get(id) {
		return this.#alerts.get(id) ?? this.#held.find((alert) => alert.id === id);
	}

	all() {
		return [...this.#alerts.values()];
	}

	/** In place of what is there. */
	reset(alerts) {
		this.#rows.replaceChildren();
		this.#alerts.clear();
		this.#held = [];
		this.#heldCount = 0;
		this.appendOlder(alerts);
		this.#showHeldCount();
		this.#list.scrollTop = 0;
	}

	appendOlder(alerts) {
		for (const alert of alerts) if (this.#note(alert)) this.#rows.append(this.#row(alert));
		this.onChange(this.#alerts.size);
	}

	add(alert) {
		this.#held.unshift(alert);
		this.#heldCount++;
		if (this.#held.length > rowsMax) this.#held.length = rowsMax;
		this.#gather();
	}

	select(id) {
		this.#selectedId = id;
		for (const button of this.#rows.querySelectorAll('button'))
			button.setAttribute('aria-current', String(button.dataset.id === id));
	}

	pause(isPaused) {
		this.isPaused = isPaused;
		this.#gather();
	}

	/** Also when somebody reads: they asked for it. */
	showHeld() {
		this.#show(0);
		this.#list.scrollTop = 0;
	}

	#isRead() {
		return (
			this.isPaused ||
			this.#isHovered ||
			this.#list.scrollTop > topPx ||
			this.#list.querySelector(':focus-visible') !== null
		);
	}

	#gather() {
		this.#timer ??= setTimeout(() => {
			this.#timer = null;
			if (this.#isRead()) this.#showHeldCount();
			else this.#show();
		}, gatherMs);
	}

	#show() {
		const made = [];
		for (const alert of this.#held) if (this.#note(alert)) made.push(this.#row(alert));
		this.#held = [];
		this.#heldCount = 0;
		this.#rows.prepend(...made);
		while (this.#rows.childElementCount > rowsMax) this.#forget(this.#rows.lastElementChild);
		this.#showHeldCount();
		if (made.length > 0) this.onChange(this.#alerts.size);
	}

	#showHeldCount() {
		this.#fresh.hidden = this.#heldCount === 0;
		this.#fresh.textContent = `${counted(this.#heldCount, 'new alert')}: show`;
	}

	#note(alert) {
		if (this.#alerts.has(alert.id)) return false;
		this.#alerts.set(alert.id, alert);
		return true;
	}

	#forget(item) {
		this.#alerts.delete(item.firstElementChild.dataset.id);
		item.remove();
	}

	#row(alert) {
		const { id, priority, rule, hostname, time, output } = alert;
		// The text of the rule; time and priority before it stand in columns of their own.
		const text = output.replace(/^\d\d:\d\d:\d\d\.\d{9}: [A-Z][a-z]+ /, '');
		return element(
			'li',
			{},
			element(
				'button',
				{
					...{ type: 'button', class: 'row', 'data-id': id, 'data-priority': priority },
					'aria-current': String(id === this.#selectedId),
					on: { click: () => this.onOpen(alert) },
				},
				element('time', { datetime: time, title: time }, shortTime(time)),
				element('span', { class: 'priority' }, visible(priority)),
				element('span', { class: 'rule' }, visible(rule)),
				element('span', { class: 'host' }, visible(hostname)),
				element('span', { class: 'output' }, visible(text)),
			),
		);
	}

	/** Arrows go from row to row. */
	#move(event) {
		const step = { ArrowDown: 'nextElementSibling', ArrowUp: 'previousElementSibling' }[event.key];
		const next = step === undefined ? null : event.target.closest('li')?.[step];
		if (next === null || next === undefined) return;
		event.preventDefault();
		next.firstElementChild.focus();
	}
}
