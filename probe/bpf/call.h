/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System calls by table: which arguments are names, descriptors, structures, is data (struct call), so that there is one
 * handler and not sixty. Runs at sys_exit, when the result is known and what the kernel resolved can be looked at.
 */
#ifndef LANNER_CALL_H
#define LANNER_CALL_H

#include "names.h"
#include "payload.h"

/* What does not fit into the columns. */
static __always_inline void gather_more(struct scratch *s, const struct record *r, const struct call *call)
{
	u64 from = argument(r, call->extra);
	u64 next = argument(r, call->extra + 1);
	u64 more = argument(r, call->more);
	u32 area = call->flags & CALL_WORDS && compat(r) ? call->count / 2 : call->count;
	u32 bytes = next;

	if (report_data && (call->kind == KIND_FILE || call->kind == KIND_TRANSFER))
		put_payload(call->gather, call->count);
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
	case GATHER_AREA:
		put_area(s, PART_NUMBERS, from, area);
		put_area(s, PART_MORE, more, area);
		break;
	case GATHER_BYTES_POINTER:
		if (bpf_probe_read_user(&bytes, sizeof(bytes), (void *)next))
			break;
		put_area(s, PART_DATA, from, bytes);
		break;
	case GATHER_BYTES:
		put_area(s, PART_DATA, from, bytes);
		break;
	case GATHER_IDS:
		put_ids(s, r->args);
		break;
	case GATHER_PIPE:
		put_pipe(s, r, from);
		break;
	case GATHER_RECEIVED:
		put_message_address(s, from, compat(r));
		if (r->result >= 0)
			put_control(s, from, compat(r));
		break;
	case GATHER_WAITED:
		put_area(s, PART_NUMBERS, more, area);
		if (call->more)
			put_area(s, PART_MORE, argument(r, call->more + 1), 8);
		put_waited(from, bytes);
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
	if (call->flags & CALL_COMPARED) {
		s->hashes = 1;
		hash_begin(s);
	}
	if (call->second_fd)
		put_descriptor(0, DESCRIPTOR_SECOND, argument(r, call->second_fd));
	if (call->flags & CALL_MEMORY)
		put_memory(s);
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
	if (s->hashes)
		compare_names(s, r);
}

static __always_inline bool excluded_process(u32 pid)
{
	for (int i = 0; i < EXCLUDED_MAX; i++)
		if (excluded[i] == pid)
			return true;
	return false;
}

#endif
