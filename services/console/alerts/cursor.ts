/** A place in a window as clients hold it: `<instance>.<number of the next alert>`. It is the id of server-sent events. */
import type { AlertWindow } from './window.ts';

export function cursorAt({ instance }: Pick<AlertWindow, 'instance'>, number: number): string {
	return `${instance}.${number}`;
}

export type Place =
	/** Alerts from `next` on follow, none is missing. */
	| { readonly kind: 'here'; readonly next: number }
	/** The cursor is of another process (a restart, another console): what its client has cannot be told. */
	| { readonly kind: 'elsewhere' }
	/** So many alerts after the cursor are not kept any more. */
	| { readonly kind: 'too-old'; readonly lost: number };

/** Null = no cursor, such as a client might make up. */
export function placeOf(cursor: string, window: AlertWindow): Place | null {
	const [, instance, digits] = /^([0-9a-f]{12})\.(\d{1,15})$/.exec(cursor) ?? [];
	if (instance === undefined) return null;
	const next = Number(digits);
	if (instance !== window.instance || next > window.next) return { kind: 'elsewhere' };
	return next < window.first ? { kind: 'too-old', lost: window.first - next } : { kind: 'here', next };
}
