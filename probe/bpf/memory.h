/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the arguments of a call point to in user memory: addresses, vectors, structures, values. Read when the call returns.
 */
#ifndef LANNER_MEMORY_H
#define LANNER_MEMORY_H

#include "process.h"

#define EXEC_VECTOR_MAX 32 /* arguments read of a failed exec */
#define IOVEC_MAX 16
#define AREA_BYTES_MAX 127 /* of a structure or value of user memory */
#define WAITED_MAX 16

static __always_inline u64 argument(const struct record *r, u8 column)
{
	u32 i = column - 1;

	OPAQUE(i);
	return i < 6 ? r->args[i] : 0;
}

static __always_inline bool compat(const struct record *r)
{
	return r->flags & RECORD_COMPAT;
}

/* A pointer-sized word of user memory; returns false when it cannot be read. */
static __always_inline bool user_word(u64 *to, u64 base, u32 index, bool compat)
{
	u32 narrow = 0;

	*to = 0;
	if (!compat)
		return !bpf_probe_read_user(to, sizeof(*to), (void *)(base + index * 8));
	if (bpf_probe_read_user(&narrow, sizeof(narrow), (void *)(base + index * 4)))
		return false;
	*to = narrow;
	return true;
}

static __always_inline void put_address(struct scratch *s, u64 from, u32 bytes)
{
	void *to;

	if (!from || !bytes)
		return;
	to = part_open(s, PART_ADDRESS, 0);
	if (!to)
		return;
	if (bytes > 127)
		bytes = 127;
	OPAQUE(bytes);
	bytes &= 127;
	if (bpf_probe_read_user(to, bytes, (const void *)from)) {
		mark(s, RECORD_UNREADABLE);
		return;
	}
	part_close(s, bytes, 0);
}

static __always_inline void put_message_address(struct scratch *s, u64 message, bool compat)
{
	u64 name;
	u32 bytes = 0;

	if (!user_word(&name, message, 0, compat) ||
	    bpf_probe_read_user(&bytes, sizeof(bytes), (void *)(message + (compat ? 4 : 8)))) {
		mark(s, RECORD_UNREADABLE);
		return;
	}
	put_address(s, name, bytes);
}

/* The argument vector of a failed exec: the caller's memory is still in place. */
__noinline int put_vector(u64 vector)
{
	struct scratch *s = scratch_of(0);
	u64 pointer;

	if (!s)
		return 0;
	for (u32 i = 0; i < EXEC_VECTOR_MAX; i++) {
		if (!user_word(&pointer, vector, i, compat((struct record *)s->data)) || !pointer)
			return 0;
		put_user_string(PART_VECTOR, pointer);
	}
	mark(s, RECORD_CUT);
	return 0;
}

static __always_inline u64 *numbers_open(struct scratch *s)
{
	return part_open(s, PART_NUMBERS, 0);
}

__noinline int put_iovec_bytes(u64 vector, u32 count)
{
	struct scratch *s = scratch_of(0);
	u64 sum = 0, bytes;
	u64 *to;

	if (!s)
		return 0;
	for (u32 i = 0; i < IOVEC_MAX; i++) {
		if (i >= count || !user_word(&bytes, vector, 2 * i + 1, compat((struct record *)s->data)))
			break;
		sum += bytes;
	}
	to = numbers_open(s);
	if (!to)
		return 0;
	*to = sum;
	part_close(s, sizeof(*to), count > IOVEC_MAX);
	return 0;
}

/* capset: {version, pid}, then one or two {effective, permitted, inheritable} of 32 bits. */
static __always_inline void put_capabilities(struct scratch *s, u64 header, u64 data)
{
	u32 version = 0, sets[6] = {};
	u64 *to;

	if (bpf_probe_read_user(&version, sizeof(version), (void *)header) || !data)
		return;
	if (version == 0x19980330)
		bpf_probe_read_user(sets, 12, (void *)data);
	else
		bpf_probe_read_user(sets, 24, (void *)data);
	to = numbers_open(s);
	if (!to)
		return;
	to[0] = sets[2] | (u64)sets[5] << 32;
	to[1] = sets[1] | (u64)sets[4] << 32;
	to[2] = sets[0] | (u64)sets[3] << 32;
	part_close(s, 24, 0);
}

/* Copies at most 127 bytes of user memory. */
static __always_inline void put_area(struct scratch *s, u16 tag, u64 from, u32 bytes)
{
	void *to;

	if (!from || !bytes)
		return;
	to = part_open(s, tag, 0);
	if (!to)
		return;
	if (bytes > AREA_BYTES_MAX) {
		bytes = AREA_BYTES_MAX;
		mark(s, RECORD_CUT);
	}
	OPAQUE(bytes);
	bytes &= 127;
	if (bpf_probe_read_user(to, bytes, (void *)from)) {
		mark(s, RECORD_UNREADABLE);
		return;
	}
	part_close(s, bytes, 0);
}

static __always_inline void put_numbers(struct scratch *s, u64 from, u32 count)
{
	put_area(s, PART_NUMBERS, from, count * 8);
}

/* Three ids, each behind a pointer of its own. */
static __always_inline void put_ids(struct scratch *s, const u64 *pointers)
{
	u32 *to = part_open(s, PART_NUMBERS, 0);

	if (!to)
		return;
	for (int i = 0; i < 3; i++)
		if (bpf_probe_read_user(&to[i], sizeof(to[i]), (void *)pointers[i]))
			mark(s, RECORD_UNREADABLE);
	part_close(s, 12, 0);
}

/* msg_control and msg_controllen; the kernel has set the length to what there is. */
static __always_inline void put_control(struct scratch *s, u64 message, bool compat)
{
	u64 control, bytes;

	if (user_word(&control, message, 4, compat) && user_word(&bytes, message, 5, compat))
		put_area(s, PART_CONTROL, control, bytes > AREA_BYTES_MAX + 1 ? AREA_BYTES_MAX + 1 : bytes);
}

/* Each struct pollfd, and what its descriptor is. */
__noinline int put_waited(u64 from, u32 count)
{
	struct scratch *s = scratch_of(0);
	struct {
		s32 fd;
		u32 events;
	} item;

	if (!s || !from)
		return 0;
	for (u32 i = 0; i < WAITED_MAX; i++) {
		void *to;

		if (i >= count)
			return 0;
		if (bpf_probe_read_user(&item, sizeof(item), (void *)(from + i * sizeof(item)))) {
			mark(s, RECORD_UNREADABLE);
			return 0;
		}
		to = part_open(s, PART_WAITED, 0);
		if (!to)
			return 0;
		__builtin_memcpy(to, &item, sizeof(item));
		part_close(s, sizeof(item), 0);
		put_descriptor(0, DESCRIPTOR_WAITED, item.fd);
	}
	if (count > WAITED_MAX)
		mark(s, RECORD_CUT);
	return 0;
}

static __always_inline void put_pipe(struct scratch *s, const struct record *r, u64 from)
{
	s32 first;

	if (r->result < 0 || bpf_probe_read_user(&first, sizeof(first), (void *)from))
		return;
	put_numbers(s, from, 1);
	put_descriptor(0, 0, first);
}

static __always_inline void put_memory(struct scratch *s)
{
	struct mm_struct *mm = READ((struct task_struct *)s->task, mm);
	struct memory_facts *to = part_open(s, PART_MEMORY, 0);

	if (!to || !mm)
		return;
	to->vm_pages = READ(mm, total_vm);
	to->rss_pages = resident_pages(mm);
	to->swap_pages = swapped_pages(mm);
	part_close(s, sizeof(*to), 0);
}

static __always_inline void put_current_credentials(struct scratch *s)
{
	struct credentials *to = part_open(s, PART_CREDENTIALS, 0);

	if (!to)
		return;
	fill_credentials(to, (struct task_struct *)s->task);
	part_close(s, sizeof(*to), 0);
}

#endif
