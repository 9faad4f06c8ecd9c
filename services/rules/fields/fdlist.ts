/** Descriptors that a call waits for (fdlist.*): known by name; waiting calls are not captured with their lists. */
import { type Field, missing } from './define.ts';

const reason = 'poll and ppoll are captured without the descriptors they wait for';

export const fdListFields: readonly Field[] = [
	missing('fdlist.nums', 'CHARBUF', 'Numbers of the descriptors.', reason, { print: 'ID' }),
	missing('fdlist.names', 'CHARBUF', 'Names of the descriptors.', reason),
	missing('fdlist.cips', 'CHARBUF', 'Addresses of clients.', reason),
	missing('fdlist.sips', 'CHARBUF', 'Addresses of servers.', reason),
	missing('fdlist.cports', 'CHARBUF', 'Ports of clients.', reason, { print: 'DEC' }),
	missing('fdlist.sports', 'CHARBUF', 'Ports of servers.', reason, { print: 'DEC' }),
];
