/** Text of alerts for people. What a watched process chose may hide or reorder what is shown: such characters become visible escapes. */

const dangerous = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;
const named = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function visible(text) {
	return String(text).replace(
		dangerous,
		(character) => named[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

const clock = new Intl.DateTimeFormat(undefined, {
	hour: '2-digit',
	minute: '2-digit',
	second: '2-digit',
	hour12: false,
});
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** Local time of the reader; with the day unless that is today. */
export function shortTime(iso, now = new Date()) {
	const at = new Date(iso);
	if (Number.isNaN(at.getTime())) return visible(iso);
	const isToday = at.toDateString() === now.toDateString();
	return isToday ? clock.format(at) : `${day.format(at)} ${clock.format(at)}`;
}

/** `12 s ago`; empty when there is no time. */
export function ago(iso, nowMs = Date.now()) {
	if (iso === null) return '';
	const seconds = Math.round((nowMs - Date.parse(iso)) / 1000);
	if (Number.isNaN(seconds)) return '';
	if (seconds < 0) return 'in the future';
	if (seconds < 90) return `${seconds} s ago`;
	if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
	return seconds < 129_600
		? `${Math.round(seconds / 3600)} h ago`
		: `${Math.round(seconds / 86_400)} days ago`;
}

export function counted(count, one, many = `${one}s`) {
	return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}
