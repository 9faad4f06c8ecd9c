/** Descriptors that poll and ppoll wait for (fdlist.*), each list as one text joined by commas. At most 16 are reported. */
import { familyIndex } from '#schemas/generated/event-names.ts';
import type { FdView } from '#schemas/generated/event-reader.ts';
import { Text } from '#schemas/text.ts';
import { formatIp } from './address.ts';
import { bound, type Field, type FieldOptions, perType } from './define.ts';
import { socketEnds } from './event-fd.ts';
import { infoOf } from './event-type.ts';
import { clientAddress, clientPort, endsName, isIp, type Pick, serverAddress, serverPort } from './fd.ts';

const noName = '<NA>';

/** Null = the descriptor is left out. */
type Item = (fd: FdView) => string | null;

const nameOf: Item = (fd) => {
	const ends = socketEnds(fd, null, null);
	const name = ends === null ? (fd.path?.value ?? '') : endsName(ends).value;
	return name === '' ? noName : name;
};

function ofEnds(pick: Pick): Item {
	return (fd) => {
		const ends = socketEnds(fd, null, null);
		const value = ends === null || !isIp(ends) ? null : pick(ends);
		if (value === null) return null;
		return typeof value === 'number' ? String(value) : formatIp(value.value);
	};
}

function list(name: string, meaning: string, item: Item, options: FieldOptions = {}): Field {
	return bound(
		name,
		'CHARBUF',
		meaning,
		perType((eventType) => {
			if (!(infoOf(eventType)?.parameters.some(({ type }) => type === 'FDLIST') ?? false)) return null;
			return ({ reader }) => {
				if (reader.family !== familyIndex.OtherSyscall) return null;
				const { waited } = reader.otherSyscall;
				const items: string[] = [];
				for (let i = 0; i < waited.count; i++) {
					const text = item(waited.at(i).fd);
					if (text !== null) items.push(text);
				}
				return items.length === 0 ? null : new Text(items.join(','));
			};
		}),
		options,
	);
}

export const fdListFields: readonly Field[] = [
	list('fdlist.nums', 'Numbers of the descriptors that poll waits for.', (fd) => String(fd.number), {
		print: 'ID',
	}),
	list('fdlist.names', 'Their names.', nameOf),
	list('fdlist.cips', 'Addresses of clients among them.', ofEnds(clientAddress)),
	list('fdlist.sips', 'Addresses of servers.', ofEnds(serverAddress)),
	list('fdlist.cports', 'Ports of clients.', ofEnds(clientPort), { print: 'DEC' }),
	list('fdlist.sports', 'Ports of servers.', ofEnds(serverPort), { print: 'DEC' }),
];
