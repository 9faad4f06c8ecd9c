/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words: the beginnings of the components of a path, looked up in the filter set in force. A path is known to be of no rule's interest when
 * it has no word that a rule waits for (services/rules/push-down). Too much may be seen, never too little: what is cut, or longer than is
 * looked at, has every word.
 */
#ifndef LANNER_WORDS_H
#define LANNER_WORDS_H

#include "state.h"

#define SEEK_BYTES_MAX 512 /* of a name of user memory */
#define SEEN_EVERY 0xff
#define SLASHES 0x2f2f2f2f2f2f2f2fULL
#define LOW_BITS 0x0101010101010101ULL
#define HIGH_BITS 0x8080808080808080ULL

/* The high bit of every byte that is zero, and perhaps of bytes above the first such. */
static __always_inline u64 zero_bytes(u64 x)
{
	return (x - LOW_BITS) & ~x & HIGH_BITS;
}

/* Four bytes of a component; what is behind its end is cleared. */
static __always_inline u32 component_word(u32 bytes)
{
	u32 ends = (u32)zero_bytes(bytes) | (u32)zero_bytes(bytes ^ (u32)SLASHES);

	ends &= -ends;
	return ends ? bytes & ((ends >> 7) - 1) : bytes;
}

/* The sets in force that have the word of a component. */
static __always_inline u8 word_sets(const struct scratch *s, u32 bytes)
{
	u32 hash = component_word(bytes) * WORD_FACTOR >> (32 - WORD_BITS);

	return filter_sets[s->set & 1].words[hash & ((1 << WORD_BITS) - 1)];
}

/* Looks at the component that begins at this place of the record. */
static __always_inline void see_word(struct scratch *s, u32 at)
{
	OPAQUE(at);
	if (at > RECORD_BYTES_MAX + STRING_BYTES_MAX + 512)
		return;
	s->seen |= word_sets(s, *(u32 *)&s->data[at]);
}

/* Which byte the lowest of these high bits belongs to: below it are as many whole bytes. */
static __always_inline u32 first_byte(u64 bits)
{
	return (((bits & -bits) >> 7) - 1 & LOW_BITS) * LOW_BITS >> 56;
}

/* The components behind slashes among eight bytes; a function of its own, as the verifier would follow every mix of slashes. */
__noinline int see_words(u32 at, u64 slashes)
{
	struct scratch *s = scratch_of(0);

	if (!s)
		return 0;
	for (u32 i = 0; i < 8 && slashes; i++) {
		see_word(s, at + first_byte(slashes) + 1);
		slashes &= slashes - 1;
	}
	return 0;
}

/* All components of the name in the open part. */
__noinline int see_name(u32 bytes)
{
	struct scratch *s = scratch_of(0);
	u32 begin;

	if (!s)
		return 0;
	if (bytes > SEEK_BYTES_MAX) {
		s->seen = SEEN_EVERY;
		return 0;
	}
	begin = s->part + sizeof(struct part);
	OPAQUE(begin);
	if (begin > RECORD_BYTES_MAX + STRING_BYTES_MAX)
		return 0;
	*(u64 *)&s->data[begin + bytes] = 0; /* what an earlier, longer name left has no words */
	see_word(s, begin);
	for (u32 i = 0; i < SEEK_BYTES_MAX; i += 8) {
		u32 at = begin + i;
		u64 slashes;

		if (i >= bytes)
			break;
		OPAQUE(at);
		if (at > RECORD_BYTES_MAX + STRING_BYTES_MAX)
			break;
		slashes = zero_bytes(*(u64 *)&s->data[at] ^ SLASHES);
		if (slashes)
			see_words(at, slashes);
	}
	return 0;
}

#endif
