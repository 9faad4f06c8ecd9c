/* SPDX-License-Identifier: GPL-2.0 */
/* SipHash-1-3 of texts in a record: the watched process chooses them, so the hash has a key (hash_key). */
#ifndef LANNER_HASH_H
#define LANNER_HASH_H

#include "state.h"

#define ROTATED(x, n) ((x) << (n) | (x) >> (64 - (n)))
#define SIP_ROUND(a, b, c, d)                                                            \
	({                                                                               \
		a += b, b = ROTATED(b, 13) ^ a, a = ROTATED(a, 32);                      \
		c += d, d = ROTATED(d, 16) ^ c;                                          \
		a += d, d = ROTATED(d, 21) ^ a;                                          \
		c += b, b = ROTATED(b, 17) ^ c, c = ROTATED(c, 32);                      \
	})

/* Adds a text to the hash. Its last word has less than eight bytes, and the length. */
__noinline int hash_text(u32 at, u32 bytes)
{
	struct scratch *s = scratch_of(0);
	u64 a, b, c, d, word;
	u32 left = bytes & 7;

	OPAQUE(at);
	if (!s || at > RECORD_BYTES_MAX + sizeof(struct part))
		return 0;
	a = s->hash[0], b = s->hash[1], c = s->hash[2], d = s->hash[3];
	for (u32 i = 8; i <= STRING_BYTES_MAX; i += 8) {
		if (i > bytes)
			break;
		word = *(u64 *)&s->data[at];
		d ^= word;
		SIP_ROUND(a, b, c, d);
		a ^= word;
		at += 8;
	}
	word = (*(u64 *)&s->data[at] & ((1ULL << left * 8) - 1)) | (u64)bytes << 56;
	d ^= word;
	SIP_ROUND(a, b, c, d);
	s->hash[0] = a ^ word, s->hash[1] = b, s->hash[2] = c, s->hash[3] = d;
	return 0;
}

#endif
