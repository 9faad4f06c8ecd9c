/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether any rule in force can match a call, by struct filter (record.h): asked twice, before a record is opened, with the result and how a
 * file is opened, and when it is full, with all that was gathered. In doubt the call is reported. Operations of io_uring and calls behind
 * i386's socketcall are never left out.
 */
#ifndef LANNER_FILTER_H
#define LANNER_FILTER_H

#include "call.h"
#include "cgroup.h"

#define ACCESS_MODE 3 /* O_ACCMODE */

/* NULL = all calls are reported. */
static __always_inline const struct filter *filter_of(u32 set, u64 index)
{
	u32 number;

	OPAQUE(index);
	if (index >= 2 * SYSCALLS_MAX)
		return 0;
	number = filter_sets[set & 1].of[index];
	return number ? &filter_sets[set & 1].filters[number & (FILTERS_MAX - 1)] : 0;
}

static __always_inline bool result_wanted(const struct filter *f, s64 result)
{
	u64 error = -result;

	if (result >= 0)
		return f->results >> (result > 63 ? 63 : result) & 1;
	if (error > 127)
		error = 127;
	return f->errors[error >> 6 & 1] >> (error & 63) & 1;
}

static __always_inline u32 access_mode(const struct filter *f, struct pt_regs *regs, bool is_compat)
{
	if (f->access == 2)
		return second_argument(regs, is_compat) & ACCESS_MODE;
	if (f->access == 3)
		return third_argument(regs, is_compat) & ACCESS_MODE;
	return 0;
}

/* The bound is made where it is needed: verifiers up to 6.1 lose that of 32 bits that were on the stack. */
static __always_inline u8 need_of(const struct filter *f, u64 slot)
{
	OPAQUE(slot);
	return f->need[slot & (FILTER_SLOTS - 1)];
}

/* What calls need of which no more is known than this; 0 = no rule can match. */
static __always_inline u8 early_need(const struct filter *f, u32 access, s64 result)
{
	if (!result_wanted(f, result))
		return 0;
	if (result < 0)
		return need_of(f, access | FILTER_FAILED) | need_of(f, access | FILTER_FAILED | FILTER_CONTAINED);
	return need_of(f, access) | need_of(f, access | FILTER_CONTAINED) | need_of(f, access | FILTER_CREATED) |
	       need_of(f, access | FILTER_CREATED | FILTER_CONTAINED);
}

static __always_inline void count_filtered(void)
{
	processor_counters()->filtered++;
}

/* The record is full. */
static __always_inline bool record_wanted(struct scratch *s, const struct filter *f, u32 access)
{
	const struct record *r = (const struct record *)s->data;
	u32 slot = access & ACCESS_MODE;

	if (r->flags & (RECORD_CUT | RECORD_UNREADABLE | RECORD_CHANGED))
		return true;
	if (r->result < 0)
		slot |= FILTER_FAILED;
	else if (r->flags & RECORD_CREATED)
		slot |= FILTER_CREATED;
	/* What is perhaps in a container may be on the host: it needs at least what the host's does. */
	if (!(need_of(f, slot | FILTER_CONTAINED) & s->seen))
		return false;
	return need_of(f, slot) & s->seen || !on_host(s, r->pid);
}

#endif
