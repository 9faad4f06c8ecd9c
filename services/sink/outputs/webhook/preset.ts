/** What a preset is: how alerts become a request, and how its answer is read. Pure; one small file each in `presets/`. */
import { escapeControls } from '#platform/escape.ts';
import type { Alert } from '#schemas/generated/alert.ts';
import type { DeliveryResult } from '../../output.ts';
import type { Answer } from './answer.ts';

export type PresetSettings = {
	readonly key: string;
	readonly index: string;
	readonly body: string | null;
	readonly form: 'array' | 'ndjson';
};

export type Preset = {
	/** Alerts that the API takes in one request; the configuration may ask for fewer. */
	readonly alertsMax: number;
	readonly contentType: (settings: PresetSettings, isBatch: boolean) => string;
	readonly headers?: (settings: PresetSettings) => Readonly<Record<string, string>>;
	/** One alert's part of the body, within the limits of the API. */
	readonly entry: (alert: Alert, settings: PresetSettings) => string;
	/** Parts → body; `isBatch` is false when the output sends alerts one by one. */
	readonly join: (entries: readonly string[], settings: PresetSettings, isBatch: boolean) => string;
	/**
	 * One result an alert, where the API's answer says more than its status; null = judge by the status. A refusal of the whole request with
	 * several alerts is halved by the caller until the culprit stands alone.
	 */
	readonly read?: (answer: Answer, count: number) => readonly DeliveryResult[] | null;
};

export const jsonType = (): string => 'application/json';

/** At most `charsMax` characters (UTF-16 units, as the services count at most), marked with `…`, no pair cut in two. */
export function cut(text: string, charsMax: number): string {
	if (text.length <= charsMax) return text;
	const end = charsMax - 1;
	const last = text.charCodeAt(end - 1);
	return `${text.slice(0, last >= 0xd800 && last <= 0xdbff ? end - 1 : end)}…`;
}

/** Text for a person's screen: one line, visible escapes, bounded. */
export function line(text: string, charsMax: number): string {
	return cut(escapeControls(text), charsMax);
}

/** `escaped` may lengthen the text: cut so that what comes out fits. */
export function escapedLine(text: string, charsMax: number, escaped: (text: string) => string): string {
	let room = charsMax;
	for (;;) {
		const out = escaped(line(text, room));
		if (out.length <= charsMax || room <= 1) return out.slice(0, charsMax);
		room = Math.max(1, room - Math.max((out.length - charsMax) >> 2, 1));
	}
}

/** For services in whose text `&`, `<` and `>` make markup. */
export function entities(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Facts that the services show beside the text, in this order. */
export function facts(alert: Alert): readonly (readonly [string, string])[] {
	return [
		['Priority', alert.priority],
		['Host', alert.hostName],
		['Rule', alert.rule],
		...(alert.tags.length > 0 ? [['Tags', alert.tags.join(', ')] as const] : []),
		...(alert.containerId === '' ? [] : [['Container', alert.containerId] as const]),
		['Id', alert.id],
	];
}
