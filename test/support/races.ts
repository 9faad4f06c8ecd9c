/** What race-actor did, beside what capture reported of it: names that the kernel did not use must be marked. */
import type { CapturedEvent } from './capture.ts';

/** Bit of `header.flags`: the text was not the same when the call began and when it ended. */
const changed = 128;
const racedName = /^(\/.*\/)?race-([AB])$/;

export type Round = {
	readonly call: string;
	/** What the kernel did it to, by the file system; null when that cannot be told. */
	readonly used: string | null;
	readonly reported: string;
	readonly marked: boolean;
};

/** The letter of the name that changes; null for the calls that prepare and clean up. */
export function racedLetter({ family, header, fields }: CapturedEvent): string | null {
	const isOwnMount = fields.source === 'other' || (header.type === 'umount2' && fields.flags === 0);
	if (family === 'MountChanged')
		return isOwnMount ? (racedName.exec(String(fields.target))?.[2] ?? null) : null;
	if (family !== 'PathChanged') return null;
	const names = [fields.name, fields.newName].map((name) => racedName.exec(String(name)));
	return names.find((found) => found !== null && found[1] === undefined)?.[2] ?? null;
}

export function marked({ header }: CapturedEvent): boolean {
	return ((header.flags ?? 0) & changed) !== 0;
}

/** Event by event: both are in the order of the calls. Throws when one side has more than the other. */
export function roundsOf(events: readonly CapturedEvent[], pid: number, witness: string): Round[] {
	const own = events.filter(({ header }) => header.pid === pid);
	const raced = own.flatMap((event) => {
		const reported = racedLetter(event);
		return reported === null ? [] : [{ call: event.header.type, reported, marked: marked(event) }];
	});
	const lines = witness.trim().split('\n');
	if (lines.length !== raced.length) throw new Error(`${lines.length} rounds, but ${raced.length} events`);
	return raced.map((event, i) => {
		const [call, , used] = (lines[i] ?? '').split(' ');
		if (call !== event.call) throw new Error(`round ${i}: ${call} was reported as ${event.call}`);
		return { ...event, used: used === '-' || used === undefined ? null : used };
	});
}

/** Rounds whose event has a name that the kernel did not use. */
export function wrong(rounds: readonly Round[]): Round[] {
	return rounds.filter(({ used, reported }) => used !== null && used !== reported);
}
