/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The first bytes that a call read or wrote, where rules ask for them (report_data): of its buffer, or of the first buffer of its vector or message.
 * Read when the call returns. A function of its own for the verifier, and so that a call costs one load where nobody asks.
 */
#ifndef LANNER_PAYLOAD_H
#define LANNER_PAYLOAD_H

#include "memory.h"

#define MESSAGE_VECTOR 2       /* word of struct msghdr that holds msg_iov */
#define MESSAGE_BYTES 56       /* of struct msghdr, after which struct mmsghdr has its own length */
#define MESSAGE_BYTES_COMPAT 28

static __always_inline bool is_message(u32 gather)
{
	return gather == GATHER_MESSAGE || gather == GATHER_RECEIVED;
}

/* Bytes of the first of several messages (sendmmsg, recvmmsg); of all other calls that is the result. */
static __always_inline u32 bytes_moved(const struct record *r, u64 message, u32 several)
{
	u32 bytes = 0;

	if (!several)
		return r->result > DATA_BYTES_MAX ? DATA_BYTES_MAX : r->result;
	bpf_probe_read_user(&bytes, sizeof(bytes), (void *)(message + (compat(r) ? MESSAGE_BYTES_COMPAT : MESSAGE_BYTES)));
	return bytes > DATA_BYTES_MAX ? DATA_BYTES_MAX : bytes;
}

__noinline int put_payload(u32 gather, u32 several)
{
	struct scratch *s = scratch_of(0);
	const struct record *r;
	u64 from, room = DATA_BYTES_MAX, vector;
	u32 bytes;

	if (!s)
		return 0;
	r = (const struct record *)s->data;
	from = r->args[1];
	if (r->result <= 0)
		return 0;
	bytes = bytes_moved(r, from, several);
	if (is_message(gather) && !user_word(&from, from, MESSAGE_VECTOR, compat(r)))
		return 0;
	if (is_message(gather) || gather == GATHER_IOVEC) {
		vector = from;
		if (!user_word(&from, vector, 0, compat(r)) || !user_word(&room, vector, 1, compat(r)))
			return 0;
	}
	put_area(s, PART_DATA, from, bytes < room ? bytes : room);
	return 0;
}

#endif
