/** What lies behind the page, for programs as well: JSON answers. Parameters that are not known are refused with those that are. */
import { parseMoment } from '#platform/interval.ts';
import { alertTime } from '#schemas/alert/render.ts';
import { cursorAt, type Place, placeOf } from '../alerts/cursor.ts';
import { countRules } from '../alerts/rules.ts';
import { scan } from '../alerts/scan.ts';
import {
	BadRequestError,
	type CompileFilter,
	type Predicate,
	selectionNames,
	selectionOf,
} from '../alerts/selection.ts';
import type { AlertWindow } from '../alerts/window.ts';
import type { Hosts } from '../hosts/hosts.ts';
import { type Answer, jsonAnswer, jsonType, problemAnswer } from './answer.ts';

const limitDefault = 200;
const limitMax = 1_000;

export type ApiOptions = {
	readonly window: AlertWindow;
	readonly hosts: Hosts;
	readonly compileFilter: CompileFilter;
	readonly version: string;
	readonly needsToken: boolean;
	/** What the console still waits for; empty = it follows the alerts. */
	readonly missing: () => readonly string[];
	readonly now: () => number;
};

export class Api {
	readonly #options: ApiOptions;

	constructor(options: ApiOptions) {
		this.#options = options;
	}

	/** Null = there is no such path. Throws `BadRequestError`. */
	async answer(path: string, params: URLSearchParams): Promise<Answer | null> {
		switch (path) {
			case '/api/alerts':
				return this.#alerts(params);
			case '/api/hosts':
				expectOnly(params, []);
				return jsonAnswer(await this.#options.hosts.list());
			case '/api/rules':
				expectOnly(params, []);
				return this.#rules();
			case '/api/about':
				expectOnly(params, []);
				return this.#about();
			default:
				return path.startsWith('/api/alerts/') ? this.#alert(path.slice('/api/alerts/'.length)) : null;
		}
	}

	/** Of a stream. Throws `BadRequestError`. */
	streamOf(
		params: URLSearchParams,
		lastEventId: string | undefined,
	): { readonly satisfies: Predicate; readonly place: Place | null } {
		expectOnly(params, [...selectionNames, 'after']);
		const { window, compileFilter } = this.#options;
		const cursor = lastEventId || params.get('after') || null;
		const place = cursor === null ? null : placeOf(cursor, window);
		if (cursor !== null && place === null)
			throw new BadRequestError('the cursor (Last-Event-ID, after) is none of ours');
		return { satisfies: selectionOf(params, compileFilter), place };
	}

	/** Newest first. `cursor`: a stream that begins there goes on without a gap. */
	async #alerts(params: URLSearchParams): Promise<Answer> {
		expectOnly(params, [...selectionNames, 'limit', 'before', 'since']);
		const { window, compileFilter, now } = this.#options;
		const satisfies = selectionOf(params, compileFilter);
		const cursor = cursorAt(window, window.next);
		const { entries, more } = await scan(window, {
			satisfies,
			limit: limitOf(params.get('limit')),
			before: beforeOf(params.get('before'), window),
			sinceMs: sinceOf(params.get('since'), now()),
		});
		const last = entries.at(-1);
		const before = more && last !== undefined ? JSON.stringify(cursorAt(window, last.number)) : 'null';
		// Put together by hand: numbers of alerts beyond 2^53 stay exact.
		const list = entries.map(({ json }) => json).join(',\n');
		const body = `{"cursor":${JSON.stringify(cursor)},"before":${before},"alerts":[${list}]}\n`;
		return { status: 200, type: jsonType, body };
	}

	#alert(id: string): Answer {
		const found = this.#options.window.find(id);
		if (found === undefined)
			return problemAnswer(404, 'no alert with this id is kept: it is older, or there is none');
		return { status: 200, type: jsonType, body: `${found.json}\n` };
	}

	#rules(): Answer {
		const rules = countRules(this.#options.window).map(({ hosts, ...rule }) => ({
			...rule,
			hosts: hosts.size,
		}));
		return jsonAnswer({ rules });
	}

	#about(): Answer {
		const { window, version, needsToken, missing } = this.#options;
		const oldest = window.at(window.first);
		return jsonAnswer({
			version,
			alerts: window.size,
			oldest: oldest === undefined ? null : alertTime(oldest.alert),
			canSignOut: needsToken,
			missing: missing(),
		});
	}
}

function expectOnly(params: URLSearchParams, names: readonly string[]): void {
	const unknown = [...params.keys()].find((name) => !names.includes(name));
	if (unknown === undefined) return;
	const accepted = names.length === 0 ? 'there are none here' : `accepted: ${names.join(', ')}`;
	throw new BadRequestError(`unknown parameter ${JSON.stringify(unknown.slice(0, 40))}; ${accepted}`);
}

function limitOf(text: string | null): number {
	if (text === null || text === '') return limitDefault;
	const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
	if (limit < 1 || limit > limitMax) throw new BadRequestError(`limit is not 1 to ${limitMax}`);
	return limit;
}

function beforeOf(text: string | null, window: AlertWindow): number {
	if (text === null || text === '') return window.next;
	const place = placeOf(text, window);
	if (place === null) throw new BadRequestError('before is no cursor of ours');
	// Of another process, or no longer kept: nothing comes before it.
	return place.kind === 'here' ? place.next : window.first;
}

/** So long ago (15m, 2h, 7d, 1h30m), or a time. */
function sinceOf(text: string | null, nowMs: number): number {
	if (text === null || text === '') return Number.NEGATIVE_INFINITY;
	const atMs = parseMoment(text, nowMs);
	if (atMs === null)
		throw new BadRequestError('since is neither 15m, 2h, 7d nor a time such as 2026-01-31T12:00:00Z');
	return atMs;
}
