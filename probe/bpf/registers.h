/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between machines: where a call's number and arguments are, and how a 32-bit caller is known. x86-64 (32-bit: i386) and
 * arm64 (32-bit: arm EABI). `regs` is a trusted pointer of a tracepoint; functions of another origin of it take READ.
 */
#ifndef LANNER_REGISTERS_H
#define LANNER_REGISTERS_H

#include "state.h"

#define ENTRY_ARGUMENTS 4 /* as far as names go */

#if defined(__TARGET_ARCH_arm64)

#define TIF_32BIT (1 << 22)
#define CLONE3 435

static __always_inline u32 call_number(struct pt_regs *regs)
{
	return regs->syscallno;
}

static __always_inline bool is_compat_task(struct task_struct *task)
{
	return READ(task, thread_info.flags) & TIF_32BIT;
}

/* x0 holds the result by now; what the caller passed in it is kept beside. */
static __always_inline void native_arguments(struct record *r, struct pt_regs *regs)
{
	r->args[0] = regs->orig_x0;
	r->args[1] = regs->regs[1];
	r->args[2] = regs->regs[2];
	r->args[3] = regs->regs[3];
	r->args[4] = regs->regs[4];
	r->args[5] = regs->regs[5];
}

static __always_inline void compat_arguments(struct record *r, struct pt_regs *regs)
{
	r->args[0] = (u32)regs->orig_x0;
	r->args[1] = (u32)regs->regs[1];
	r->args[2] = (u32)regs->regs[2];
	r->args[3] = (u32)regs->regs[3];
	r->args[4] = (u32)regs->regs[4];
	r->args[5] = (u32)regs->regs[5];
}

static __always_inline u64 first_argument(struct pt_regs *regs, bool is_compat)
{
	return is_compat ? (u32)regs->orig_x0 : regs->orig_x0;
}

static __always_inline u64 second_argument(struct pt_regs *regs, bool is_compat)
{
	return is_compat ? (u32)regs->regs[1] : regs->regs[1];
}

static __always_inline u64 third_argument(struct pt_regs *regs, bool is_compat)
{
	return is_compat ? (u32)regs->regs[2] : regs->regs[2];
}

static __always_inline u64 fifth_argument(struct pt_regs *regs, bool is_compat)
{
	return is_compat ? (u32)regs->regs[4] : regs->regs[4];
}

/* Of registers that were looked up, not given. */
static __always_inline u32 read_call_number(struct pt_regs *regs)
{
	return READ(regs, syscallno);
}

static __always_inline u64 read_first_argument(struct pt_regs *regs, bool is_compat)
{
	u64 value = READ(regs, orig_x0);

	return is_compat ? (u32)value : value;
}

/* Of a kernel function, from the registers when it begins. */
static __always_inline void *first_parameter(struct pt_regs *regs)
{
	return (void *)regs->regs[0];
}

/* When the call begins. */
static __always_inline void read_arguments(u64 *to, struct pt_regs *regs, bool is_compat)
{
	bpf_core_read(to, ENTRY_ARGUMENTS * sizeof(*to), &regs->regs);
	for (int i = 0; i < ENTRY_ARGUMENTS && is_compat; i++)
		to[i] = (u32)to[i];
}

#else

#define TS_COMPAT 2
#define CLONE3 435

static __always_inline u32 call_number(struct pt_regs *regs)
{
	return regs->orig_ax;
}

static __always_inline bool is_compat_task(struct task_struct *task)
{
	return READ(task, thread_info.status) & TS_COMPAT;
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

static __always_inline u64 first_argument(struct pt_regs *regs, bool is_compat)
{
	return is_compat ? (u32)regs->bx : regs->di;
}

static __always_inline u64 second_argument(struct pt_regs *regs, bool is_compat)
{
	return is_compat ? (u32)regs->cx : regs->si;
}

static __always_inline u64 third_argument(struct pt_regs *regs, bool is_compat)
{
	return is_compat ? (u32)regs->dx : regs->dx;
}

static __always_inline u64 fifth_argument(struct pt_regs *regs, bool is_compat)
{
	return is_compat ? (u32)regs->di : regs->r8;
}

/* Of registers that were looked up, not given. */
static __always_inline u32 read_call_number(struct pt_regs *regs)
{
	return READ(regs, orig_ax);
}

static __always_inline u64 read_first_argument(struct pt_regs *regs, bool is_compat)
{
	return is_compat ? (u32)READ(regs, bx) : READ(regs, di);
}

/* Of a kernel function, from the registers when it begins. */
static __always_inline void *first_parameter(struct pt_regs *regs)
{
	return (void *)regs->di;
}

/* When the call begins. */
static __always_inline void read_arguments(u64 *to, struct pt_regs *regs, bool is_compat)
{
	to[0] = is_compat ? (u32)READ(regs, bx) : READ(regs, di);
	to[1] = is_compat ? (u32)READ(regs, cx) : READ(regs, si);
	to[2] = is_compat ? (u32)READ(regs, dx) : READ(regs, dx);
	to[3] = is_compat ? (u32)READ(regs, si) : READ(regs, r10);
}

#endif
#endif
