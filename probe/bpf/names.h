/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names in user memory that another thread changes while a call runs. The kernel reads a name when the call begins, we when it ends: for the
 * rare calls that have hooks at their entry (capture/hooks.c), a hash of the texts is kept a thread, and a record whose texts are not those of
 * the beginning is marked. Not seen: a text that is changed and changed back in between; one that is not in memory when the call begins (it
 * cannot be read there; the call is not compared). Bounds: NAMES_MAX calls under way; beyond, the longest unused is forgotten.
 */
#ifndef LANNER_NAMES_H
#define LANNER_NAMES_H

#include "hash.h"
#include "registers.h"

#define NAMES_MAX 4096
#define NAMES_COMPAT (1u << 31)

struct kept_names {
	u32 call; /* number and NAMES_COMPAT; 0 = compared already (no call with names has number 0) */
	u32 pad;
	u64 hash;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, NAMES_MAX);
	__type(key, u64); /* of the thread */
	__type(value, struct kept_names);
} names_at_entry SEC(".maps");

static __always_inline void hash_begin(struct scratch *s)
{
	s->hash[0] = hash_key[0] ^ 0x736f6d6570736575ULL;
	s->hash[1] = hash_key[1] ^ 0x646f72616e646f6dULL;
	s->hash[2] = hash_key[0] ^ 0x6c7967656e657261ULL;
	s->hash[3] = hash_key[1] ^ 0x7465646279746573ULL;
}

static __always_inline u64 hash_end(struct scratch *s)
{
	u64 a = s->hash[0], b = s->hash[1], c = s->hash[2] ^ 0xff, d = s->hash[3];

	for (int i = 0; i < 3; i++)
		SIP_ROUND(a, b, c, d);
	return a ^ b ^ c ^ d;
}

/* Returns false when the text cannot be read now. */
static __always_inline bool keep_text(struct scratch *s, u64 from)
{
	long bytes;

	if (!from)
		return true;
	bytes = bpf_probe_read_user_str(s->data, STRING_BYTES_MAX, (const void *)from);
	if (bytes < 0)
		return false;
	hash_text(0, bytes ? bytes - 1 : 0);
	return true;
}

static __always_inline u64 entry_argument(const u64 *args, u8 column)
{
	u32 i = column - 1;

	OPAQUE(i);
	return i < ENTRY_ARGUMENTS ? args[i] : 0;
}

/* A call begins. */
static __always_inline void keep_names(u32 number, bool is_compat, const u64 *args)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct kept_names kept = {.call = number | (is_compat ? NAMES_COMPAT : 0)};
	u64 index = (is_compat ? SYSCALLS_MAX : 0) + number;
	struct scratch *s = scratch_of(0);
	const struct call *call;

	OPAQUE(index);
	if (!s || index >= 2 * SYSCALLS_MAX)
		return;
	call = &calls[index];
	hash_begin(s);
	if (!(call->flags & CALL_COMPARED) || !keep_text(s, entry_argument(args, call->name)) ||
	    !keep_text(s, entry_argument(args, call->new_name)) || !keep_text(s, entry_argument(args, call->text)))
		kept.call = 0;
	kept.hash = hash_end(s);
	bpf_map_update_elem(&names_at_entry, &thread, &kept, BPF_ANY);
}

/* The same call ends; put_user_string has hashed what it reports. */
static __always_inline void compare_names(struct scratch *s, const struct record *r)
{
	u64 thread = bpf_get_current_pid_tgid();
	struct kept_names *kept = bpf_map_lookup_elem(&names_at_entry, &thread);

	s->hashes = 0;
	if (!kept)
		return;
	if (kept->call == (r->number | (r->flags & RECORD_COMPAT ? NAMES_COMPAT : 0)) && kept->hash != hash_end(s))
		mark(s, RECORD_CHANGED);
	kept->call = 0;
}

#endif
