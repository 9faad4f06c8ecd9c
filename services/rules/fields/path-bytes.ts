/** Where the bytes of paths stand in an event, for questions that need no text of them (see `ReadBytes`). */
import type { Cursor } from '#schemas/cursor.ts';
import { familyIndex } from '#schemas/generated/event-names.ts';
import type { EventReader } from '#schemas/generated/event-reader.ts';
import type { ByteRange, ReadBytes } from '../field.ts';
import type { EventSubject } from '../subject.ts';
import { familyOf } from './event-type.ts';

/** A length of -1 is a null. */
function place(range: ByteRange, { buffer }: Cursor, offset: number, length: number): boolean {
	range.bytes = buffer;
	range.start = offset;
	range.end = offset + length;
	return length >= 0;
}

export type PlaceOf = (reader: EventReader, range: ByteRange) => boolean;

export const openedPath: PlaceOf = ({ fileOpened: view }, range) =>
	place(range, view.cursor, view.pathOffset, view.pathLength);

/** As the caller named it. */
export const askedPath: PlaceOf = (reader, range) => {
	const view = reader.fileOpened;
	if (view.askedPathLength < 0) return openedPath(reader, range);
	return place(range, view.cursor, view.askedPathOffset, view.askedPathLength);
};

export const changedPath: PlaceOf = ({ pathChanged: view }, range) =>
	place(range, view.cursor, view.pathOffset, view.pathLength);

export const changedNewPath: PlaceOf = ({ pathChanged: view }, range) =>
	place(range, view.cursor, view.newPathOffset, view.newPathLength);

/** For descriptors of opens, whether they succeeded or not. */
export function bytesOfOpened(placeOf: PlaceOf): (eventType: number) => ReadBytes<EventSubject> | null {
	const read: ReadBytes<EventSubject> = ({ reader }, range) =>
		reader.family === familyIndex.FileOpened && placeOf(reader, range);
	return (eventType) => (familyOf(eventType) === familyIndex.FileOpened ? read : null);
}
