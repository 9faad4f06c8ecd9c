/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Opens that worked: most of them no rule can match. That is found out before a record is begun, by the first bytes of each name of the file's
 * path and by the name that was asked for, with nothing copied but that name. In doubt (below no root, too long, a name cannot be read) the record
 * is made and decides (filter.h), so that the same is reported.
 */
#ifndef LANNER_OPENED_H
#define LANNER_OPENED_H

#include "filter.h"
#include "registers.h"

enum look { LOOK_ON, LOOK_DONE, LOOK_MET, LOOK_DOUBT };

/* One step towards the root, as walk_step. A word that is waited for ends it. */
static __always_inline enum look look_step(struct scratch *s)
{
	struct dentry *dentry = (struct dentry *)s->walk.dentry;
	struct step step;

	if (walk_at_end(s))
		return LOOK_DONE;
	if (s->walk.dentry == s->walk.mount_root)
		return walk_mount(s) ? LOOK_DONE : LOOK_ON;
	read_step(&step, dentry);
	s->next += step.name.len + 1;
	if (step.parent == dentry || !step.parent || s->next > STRING_BYTES_MAX)
		return LOOK_DOUBT;
	s->seen |= word_sets(s, WORD_AT(step.name.name));
	s->walk.dentry = (u64)step.parent;
	return s->seen & s->seek ? LOOK_MET : LOOK_ON;
}

static __always_inline enum look look_at_path(struct scratch *s, const struct path *path)
{
	s->walk.dentry = (u64)path->dentry;
	s->walk.vfsmount = (u64)path->mnt;
	if (!s->walk.dentry || !s->walk.vfsmount)
		return LOOK_DOUBT;
	walk_begin(s, PART_DESCRIPTOR + DESCRIPTOR_PATH);
	s->next = 0;
	for (int i = 0; i < PATH_NAMES_MAX; i++) {
		enum look look = look_step(s);

		if (look != LOOK_ON)
			return look;
	}
	return LOOK_DOUBT;
}

/* A name of user memory, read to where the record will begin. */
static __always_inline enum look look_at_name(struct scratch *s, u64 from)
{
	long bytes;

	if (!from)
		return LOOK_DONE;
	s->part = 0;
	bytes = bpf_probe_read_user_str(&s->data[sizeof(struct part)], SEEK_BYTES_MAX + 1, (const void *)from);
	if (bytes < 0 || bytes > SEEK_BYTES_MAX)
		return LOOK_DOUBT;
	see_name(bytes ? bytes : 1); /* none for an empty name, before 5.19 */
	return s->seen & s->seek ? LOOK_MET : LOOK_DONE;
}

static __always_inline enum look look_at_file(struct scratch *s, struct file *file, const struct filter *f, u32 slot, u64 name, u32 pid)
{
	struct path path = READ(file, f_path);
	enum look look;

	if (READ(file, f_mode) & FMODE_CREATED)
		slot |= FILTER_CREATED;
	s->seek = on_host(s, pid) ? need_of(f, slot) : need_of(f, slot | FILTER_CONTAINED);
	s->seen = FILTER_ALWAYS;
	if (!s->seek)
		return LOOK_DONE;
	look = s->seek & FILTER_ALWAYS ? LOOK_MET : look_at_path(s, &path);
	if (look == LOOK_DONE)
		look = look_at_name(s, name);
	if (look == LOOK_MET && !(s->seen & need_of(f, slot | FILTER_CONTAINED))) /* record_wanted wants this, too */
		return LOOK_DOUBT;
	return look;
}

/* `index` is that of the call's filter, `access` how the file was opened. LOOK_DONE = no rule can match, LOOK_MET = it is to be reported. */
__noinline int look_at_opened(u64 index, s32 number, u32 access, u64 name, u32 pid)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct scratch *s = scratch_of(0);
	struct file *file = task_file(task, number);
	u32 set = filter_set;
	const struct filter *f = filter_of(set, index);
	enum look look;

	if (!s || s->busy || !f || !file)
		return LOOK_DOUBT;
	s->busy = 1;
	s->task = (u64)task;
	s->set = set;
	look = look_at_file(s, file, f, access & ACCESS_MODE, name, pid);
	s->busy = 0;
	return look;
}

/* Whether path and name are all that a rule could go by. */
static __always_inline bool can_look(const struct call *call, s64 result)
{
	return call->kind == KIND_OPEN && call->fd == ARGUMENT_RESULT && !call->gather && call->name <= 2 && result >= 0;
}

/* The first argument, or the second. */
static __always_inline u64 name_argument(const struct call *call, struct pt_regs *regs, bool is_compat)
{
	if (call->name == 0)
		return 0;
	return call->name == 1 ? first_argument(regs, is_compat) : second_argument(regs, is_compat);
}

#endif
