/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes that run already, by an iterator over tasks. Facts come from the same code as an exec's. Arguments are in
 * another process's memory: that needs a sleepable iterator (5.18); before, the loader reads /proc/PID/cmdline instead.
 */
#ifndef LANNER_SNAPSHOT_H
#define LANNER_SNAPSHOT_H

#include "process.h"

static __always_inline void snapshot_open(struct scratch *s, struct task_struct *task)
{
	struct record *r = (struct record *)s->data;

	s->used = sizeof(*r);
	s->limit = SNAPSHOT_RECORD_MAX - SNAPSHOT_ARGS_MAX - STRING_BYTES_MAX;
	s->task = (u64)task;
	r->row = 0;
	r->kind = KIND_SNAPSHOT;
	r->flags = READ(task, flags) & PF_KTHREAD ? RECORD_KERNEL_THREAD : 0;
	r->cpu = bpf_get_smp_processor_id();
	r->tid = r->pid = READ(task, tgid);
	r->number = 0;
	r->time = bpf_ktime_get_boot_ns();
	r->start = READ(task, start_boottime);
	r->result = 0;
}

static __always_inline void put_task_area(struct scratch *s, u16 tag, u16 flags, struct task_struct *task, u64 from, u64 bytes)
{
	void *to = part_open(s, tag, flags);

	if (!to || !bytes || bytes > 1 << 30)
		return;
	if (bytes > SNAPSHOT_ARGS_MAX - 1) {
		bytes = SNAPSHOT_ARGS_MAX - 1;
		mark(s, RECORD_CUT);
	}
	OPAQUE(bytes);
	bytes &= SNAPSHOT_ARGS_MAX - 1;
	if (bpf_copy_from_user_task(to, bytes, (void *)from, task, 0)) {
		mark(s, RECORD_UNREADABLE);
		return;
	}
	part_close(s, bytes, 0);
}

/*
 * A program that shows what it does (setproctitle) writes over its arguments and on over its environment, which follows them. Then there
 * is no NUL where they ended, and what /proc/PID/cmdline shows is one text up to the next.
 */
static __always_inline void put_task_arguments(struct scratch *s, struct task_struct *task, struct mm_struct *mm)
{
	u64 from = mm->arg_start, end = mm->arg_end;
	u16 flags = 0;
	char last = 0;

	if (end > from && mm->env_start == end && mm->env_end > end &&
	    !bpf_copy_from_user_task(&last, sizeof(last), (void *)(end - 1), task, 0) && last) {
		end = mm->env_end;
		flags = ARGUMENTS_TITLE;
	}
	put_task_area(s, PART_ARGS, flags, task, from, end - from);
}

static __always_inline void snapshot_close(struct bpf_iter__task *context, struct scratch *s)
{
	u64 bytes = s->used;

	OPAQUE(bytes);
	if (bytes > SNAPSHOT_RECORD_MAX)
		return;
	((struct record *)s->data)->bytes = bytes;
	bpf_seq_write(context->meta->seq, s->data, bytes);
}

/*
 * The first process of the pid namespace, found from the first task of the walk: a kernel was met (6.18 of a cloud's small
 * virtual machines) whose iterator begins at pid 2, and every lineage ends at pid 1. Its arguments are read by the loader.
 */
static __always_inline void snapshot_init(struct bpf_iter__task *context, struct scratch *s, struct task_struct *task)
{
	struct pid *pid = READ(task, thread_pid);
	struct task_struct *init = READ(pid_namespace(pid, READ(pid, level)), child_reaper);

	if (!init || context->meta->seq_num != 0 || init == task)
		return;
	snapshot_open(s, init);
	put_process(s, 1, 0, -1);
	snapshot_close(context, s);
}

static __always_inline int snapshot_one(struct bpf_iter__task *context, bool with_args)
{
	struct task_struct *task = context->task;
	struct scratch *s = scratch_at(iterator_scratch);
	struct mm_struct *mm;

	if (!task || !s)
		return 0;
	snapshot_init(context, s, task);
	/* Leaders stand for their process; one whose threads are all gone has had its exit event. */
	if (task->pid != task->tgid || task->signal->live.counter == 0)
		return 0;
	snapshot_open(s, task);
	put_process(s, 1, 0, -1);
	mm = task->mm;
	if (with_args && mm) {
		s->limit = SNAPSHOT_RECORD_MAX - SNAPSHOT_ARGS_MAX;
		put_task_arguments(s, task, mm);
		if (report_environment)
			put_task_area(s, PART_ENVIRONMENT, 0, task, mm->env_start, mm->env_end - mm->env_start);
	}
	snapshot_close(context, s);
	return 0;
}

SEC("iter.s/task")
int snapshot_with_args(struct bpf_iter__task *context)
{
	return snapshot_one(context, true);
}

SEC("iter/task")
int snapshot_without_args(struct bpf_iter__task *context)
{
	return snapshot_one(context, false);
}

#endif
