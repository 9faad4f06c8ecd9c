/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A call ends (or, for close, begins): whether it is reported, asked step by step so that a call left out costs little, and its record. Each function
 * of the kernel that is called costs the traced program as much as thirty instructions: the first steps call none.
 */
#ifndef LANNER_ENDED_H
#define LANNER_ENDED_H

#include "opened.h"

/* i386 socketcall(2): the call's number is the first argument, its arguments are in user memory. */
static __always_inline const struct call *multiplexed(struct scratch *s, struct record *r)
{
	u32 number = r->args[0];
	u32 words[6] = {};

	if (number >= SYSCALLS_MAX)
		return 0;
	if (bpf_probe_read_user(words, sizeof(words), (void *)r->args[1]))
		mark(s, RECORD_UNREADABLE);
	for (int i = 0; i < 6; i++)
		r->args[i] = words[i];
	OPAQUE(number);
	if (number >= SYSCALLS_MAX)
		return 0;
	return &calls[TABLE_SOCKETCALL * SYSCALLS_MAX + (u64)number];
}

/* Most sends go to a connected socket and carry no address: those are left out. */
static __always_inline bool addressed(const struct call *call, u64 pointer, bool is_compat)
{
	u64 name;

	if (call->gather != GATHER_MESSAGE && call->gather != GATHER_RECEIVED)
		return pointer;
	return user_word(&name, pointer, 0, is_compat) && name;
}

/* Asked before a record is opened, so that a call left out costs little. */
static __always_inline bool wanted(const struct call *call, s64 result, u64 pointer, bool is_compat, u32 pid)
{
	if (call->flags & CALL_FAILURES && result >= 0)
		return false;
	if (call->flags & CALL_INPUT_OUTPUT && excluded_process(pid))
		return false;
	return !(call->flags & CALL_ADDRESSED) || addressed(call, pointer, is_compat);
}

/* The argument that holds the address: the second of sendmsg, the fifth of sendto. */
static __always_inline u64 address_argument(const struct call *call, struct pt_regs *regs, bool is_compat)
{
	return call->gather == GATHER_MESSAGE ? second_argument(regs, is_compat) : fifth_argument(regs, is_compat);
}

/* What is left to ask when the record is full; no filter = it is reported. */
struct question {
	const struct filter *filter;
	u32 set, access;
	u8 seek; /* words to look for */
};

/* Whether any rule in force can match, by the registers and, for opens, a look at the file. */
static __always_inline bool may_match(struct question *q, const struct call *call, u64 index, struct pt_regs *regs, s64 result, bool is_compat, u32 pid)
{
	enum look look = LOOK_DOUBT;
	u8 need;

	q->set = filter_set;
	q->seek = 0;
	q->filter = filter_of(q->set, index);
	if (!q->filter)
		return true;
	q->access = access_mode(q->filter, regs, is_compat);
	need = early_need(q->filter, q->access, result);
	if (!need)
		return false;
	if (can_look(call, result))
		look = look_at_opened(index, result, q->access, name_argument(call, regs, is_compat), pid);
	if (look == LOOK_MET)
		q->filter = 0;
	else
		q->seek = need & ~FILTER_ALWAYS;
	return look != LOOK_DONE;
}

static __always_inline void on_call(struct task_struct *task, struct pt_regs *regs, s64 result, u32 number, bool is_compat)
{
	u64 index = (is_compat ? SYSCALLS_MAX : 0) + number;
	u32 pid = task_ids(task) >> 32;
	const struct call *call;
	struct question q = {};
	struct scratch *s;
	struct record *r;

	OPAQUE(index);
	if (index >= 2 * SYSCALLS_MAX) /* 6.1's verifier has lost the bound */
		return;
	call = &calls[index];
	if (!call->row)
		return;
	if (is_compat)
		result = (s32)result;
	if (!wanted(call, result, address_argument(call, regs, is_compat), is_compat, pid))
		return;
	if (!may_match(&q, call, index, regs, result, is_compat, pid)) {
		count_filtered();
		return;
	}
	s = scratch_of(0);
	if (!s)
		return;
	r = record_open(s, call->kind, false);
	if (!r)
		return;
	s->set = q.set;
	s->seen = FILTER_ALWAYS;
	s->seek = q.seek;
	r->result = result;
	r->number = number;
	if (is_compat) {
		r->flags |= RECORD_COMPAT;
		compat_arguments(r, regs);
	} else {
		native_arguments(r, regs);
	}
	if (call->flags & CALL_MULTIPLEXED) {
		call = multiplexed(s, r);
		if (!call || !call->row || !wanted(call, result, argument(r, call->extra), true, pid)) {
			s->busy = 0;
			return;
		}
		r->kind = call->kind;
	}
	r->row = call->row;
	gather_columns(s, r, call);
	gather_more(s, r, call);
	if (q.filter && !record_wanted(s, q.filter, q.access)) {
		s->busy = 0;
		count_filtered();
		return;
	}
	if (call->flags & CALL_INPUT_OUTPUT && over_rate(r->pid, r->time)) {
		s->busy = 0;
		return;
	}
	record_submit(s, false);
}

/* The cheap test first: one load from a table decides for almost every call. */
static __always_inline int on_edge(struct pt_regs *regs, s64 result, u32 shift)
{
	u32 number = call_number(regs);
	struct task_struct *task;
	bool is_compat;
	u32 wanted_by;

	if (number >= SYSCALLS_MAX)
		return 0;
	OPAQUE(number);
	number &= SYSCALLS_MAX - 1;
	wanted_by = interest[number] >> shift & 3;
	if (!wanted_by)
		return 0;
	task = (struct task_struct *)bpf_get_current_task();
	is_compat = is_compat_task(task);
	if (wanted_by & (is_compat ? 1 << TABLE_COMPAT : 1 << TABLE_NATIVE))
		on_call(task, regs, result, number, is_compat);
	return 0;
}

#endif
