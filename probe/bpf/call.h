/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls by table: which arguments are names, descriptors, structures, is data (struct call), so that there is one
 * handler and not sixty. Runs at sys_exit, when the result is known and what the kernel resolved can be looked at.
 */
#ifndef LANNER_CALL_H
#define LANNER_CALL_H

#include "process.h"

#define EXEC_VECTOR_MAX 32 /* arguments read of a failed exec */
#define IOVEC_MAX 16

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

static __always_inline void put_numbers(struct scratch *s, u64 from, u32 count)
{
	u32 bytes = count * 8;
	u64 *to;

	if (!from)
		return;
	to = numbers_open(s);
	if (!to)
		return;
	OPAQUE(bytes);
	bytes &= 127;
	if (bpf_probe_read_user(to, bytes, (void *)from)) {
		mark(s, RECORD_UNREADABLE);
		return;
	}
	part_close(s, bytes, 0);
}

static __always_inline void put_current_credentials(struct scratch *s)
{
	struct credentials *to = part_open(s, PART_CREDENTIALS, 0);

	if (!to)
		return;
	fill_credentials(to, (struct task_struct *)s->task);
	part_close(s, sizeof(*to), 0);
}

/* What does not fit into the columns. */
static __always_inline void gather_more(struct scratch *s, const struct record *r, const struct call *call)
{
	u64 from = argument(r, call->extra);
	u64 next = argument(r, call->extra + 1);
	u32 bytes = next;

	switch (call->gather) {
	case GATHER_ADDRESS_POINTER:
		if (!from || bpf_probe_read_user(&bytes, sizeof(bytes), (void *)next))
			break;
		put_address(s, from, bytes);
		break;
	case GATHER_ADDRESS:
		put_address(s, from, bytes);
		break;
	case GATHER_MESSAGE:
		put_message_address(s, from, compat(r));
		break;
	case GATHER_NUMBERS:
		put_numbers(s, from, call->count);
		break;
	case GATHER_PAIR:
		put_numbers(s, from, 1);
		break;
	case GATHER_VECTOR:
		put_vector(from);
		break;
	case GATHER_IOVEC:
		put_iovec_bytes(from, next);
		break;
	case GATHER_CREDENTIALS:
		put_current_credentials(s);
		break;
	case GATHER_CAPSET:
		put_capabilities(s, from, next);
		put_current_credentials(s);
		break;
	case GATHER_CWD:
		if (r->result >= 0)
			put_task_directory(0, PART_CWD, 0);
		break;
	case GATHER_NEW_ROOT:
		if (r->result >= 0)
			put_task_directory(0, PART_ROOT, 1);
		break;
	case GATHER_QUEUE:
		put_descriptor(0, 1, from);
		break;
	case GATHER_COMM:
		if ((u32)r->args[0] == 15)
			put_user_string(PART_TEXT, from);
		break;
	}
}

static __always_inline s32 start_number(const struct record *r, u8 column)
{
	return column == ARGUMENT_CURRENT ? AT_FDCWD : (s32)argument(r, column);
}

/* Names, what they start from, descriptors. A call whose result is a descriptor with a path needs no start. */
static __always_inline void gather_columns(struct scratch *s, struct record *r, const struct call *call)
{
	bool resolved = false;
	u32 first;

	if (call->fd == ARGUMENT_RESULT && r->result >= 0)
		resolved = put_descriptor(0, 0, r->result);
	else if (call->fd && call->fd != ARGUMENT_RESULT)
		resolved = put_descriptor(0, 0, argument(r, call->fd));
	if (call->flags & CALL_AT_ENTRY && !resolved)
		r->result = -9; /* EBADF; else close(2) drops the descriptor whatever it returns */
	if (call->name) {
		first = put_user_string(PART_NAME, argument(r, call->name));
		if (call->directory && !(resolved && call->fd == ARGUMENT_RESULT))
			put_start(PART_DIRECTORY, start_number(r, call->directory), first);
	}
	if (call->new_name) {
		first = put_user_string(PART_NEW_NAME, argument(r, call->new_name));
		if (call->new_directory)
			put_start(PART_NEW_DIRECTORY, start_number(r, call->new_directory), first);
	}
	if (call->text)
		put_user_string(PART_TEXT, argument(r, call->text));
}

static __always_inline bool excluded_process(u32 pid)
{
	for (int i = 0; i < EXCLUDED_MAX; i++)
		if (excluded[i] == pid)
			return true;
	return false;
}

static __always_inline void native_arguments(struct record *r, struct pt_regs *regs)
{
	r->args[0] = regs->di;
	r->args[1] = regs->si;
	r->args[2] = regs->dx;
	r->args[3] = regs->r10;
	r->args[4] = regs->r8;
	r->args[5] = regs->r9;
}

static __always_inline void compat_arguments(struct record *r, struct pt_regs *regs)
{
	r->args[0] = (u32)regs->bx;
	r->args[1] = (u32)regs->cx;
	r->args[2] = (u32)regs->dx;
	r->args[3] = (u32)regs->si;
	r->args[4] = (u32)regs->di;
	r->args[5] = (u32)regs->bp;
}

#endif
