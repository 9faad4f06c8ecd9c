/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The programs. Tracepoints only: they exist on every kernel from 5.10 on. sys_exit alone, without sys_enter: half the cost for
 * calls that nobody asked for, and at exit the result is known and descriptors are resolved.
 */
#include "ended.h"
#include "ring.h"
#include "snapshot.h"

char LICENSE[] SEC("license") = "GPL";

SEC("tp_btf/sys_exit")
int BPF_PROG(on_sys_exit, struct pt_regs *regs, long result)
{
	return on_edge(regs, result, 0);
}

/* Loaded only when close is asked for. */
SEC("tp_btf/sys_enter")
int BPF_PROG(on_sys_enter, struct pt_regs *regs, long id)
{
	return on_edge(regs, 0, 4);
}

/* A call with names begins. capture/hooks.c attaches one of these: most kernels have kprobes, which cost no other call anything. */
static __always_inline bool names_wanted(u32 number, bool is_compat)
{
	OPAQUE(number);
	return number < SYSCALLS_MAX && interest[number & (SYSCALLS_MAX - 1)] & (is_compat ? 1 << TABLE_COMPAT : 1 << TABLE_NATIVE);
}

static __always_inline int on_names_entered(struct pt_regs *context)
{
	struct pt_regs *regs = first_parameter(context);
	bool is_compat = is_compat_task((struct task_struct *)bpf_get_current_task());
	u32 number = read_call_number(regs);
	u64 args[ENTRY_ARGUMENTS];

	if (!names_wanted(number, is_compat))
		return 0;
	read_arguments(args, regs, is_compat);
	keep_names(number, is_compat, args);
	return 0;
}

SEC("kprobe")
int on_names(struct pt_regs *context)
{
	return on_names_entered(context);
}

SEC("kprobe.multi")
int on_names_multi(struct pt_regs *context)
{
	return on_names_entered(context);
}

struct traced_entry {
	u64 head;
	u32 number, pad;
	u64 args[ENTRY_ARGUMENTS];
};

/* 32-bit calls do not come here. Copied, as only the arguments that a call has may be read directly. */
SEC("tracepoint")
int on_names_traced(void *context)
{
	struct traced_entry entry;

	if (bpf_probe_read_kernel(&entry, sizeof(entry), context) || !names_wanted(entry.number, false))
		return 0;
	keep_names(entry.number, false, entry.args);
	return 0;
}

/* Copies user memory of the current process into a part of its own, at most max bytes (a power of two). */
static __always_inline void put_user_area(struct scratch *s, u16 tag, u64 from, u64 bytes, u32 max)
{
	void *to = part_open(s, tag, 0);

	if (!to || !bytes)
		return;
	if (bytes > max - 1) {
		bytes = max - 1;
		mark(s, RECORD_CUT);
	}
	OPAQUE(bytes);
	bytes &= max - 1;
	if (bpf_probe_read_user(to, bytes, (void *)from)) {
		mark(s, RECORD_UNREADABLE);
		return;
	}
	part_close(s, bytes, 0);
}

static __always_inline void put_kernel_string(struct scratch *s, u16 tag, const char *from)
{
	void *to = part_open(s, tag, 0);
	long bytes;

	if (!to)
		return;
	bytes = bpf_probe_read_kernel_str(to, STRING_BYTES_MAX, from);
	if (bytes > 0)
		part_close(s, bytes - 1, 0);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct scratch *s = scratch_of(0);
	struct record *r;
	struct mm_struct *mm = task->mm;
	u32 exe_flags = 0;

	if (!s)
		return 0;
	r = record_open(s, KIND_EXEC, true);
	if (!r)
		return 0;
	if (bprm->fdpath)
		r->flags |= RECORD_EXECVEAT;
	if (bprm->interp != bprm->filename)
		exe_flags = EXE_SCRIPT;
	put_process(s, 0, exe_flags, bprm->argc);
	put_kernel_string(s, PART_NAME, bprm->filename);
	if (mm) {
		put_user_area(s, PART_ARGS, mm->arg_start, mm->arg_end - mm->arg_start, PART_BYTES_MAX);
		if (report_environment)
			put_user_area(s, PART_ENVIRONMENT, mm->env_start, mm->env_end - mm->env_start, ENVIRONMENT_BYTES_MAX);
	}
	record_submit(s, true);
	return 0;
}

/* The level of the caller's active namespace decides the number that fork returns. */
static __always_inline void fill_child(struct child_facts *to, struct task_struct *child)
{
	struct pid *pid = child->thread_pid;
	struct pid *leader = child->group_leader->thread_pid;
	struct task_struct *parent = child->real_parent->group_leader;
	u32 level = pid->level;
	struct pid_namespace *ns = pid_namespace(pid, level);
	struct task_struct *reaper = READ(ns, child_reaper);

	to->tid = child->pid;
	to->pid = child->tgid;
	to->start = child->group_leader->start_boottime;
	to->vtid = pid_number(pid, level);
	to->vpid = pid_number(leader, level);
	to->parent_pid = parent->tgid;
	to->parent_start = parent->start_boottime;
	to->pid_namespace = READ(ns, ns.inum);
	to->namespace_init_start = reaper ? READ(reaper, start_boottime) : 0;
	to->uid = READ(child->cred, uid.val);
	to->gid = READ(child->cred, gid.val);
	copy_comm(to->comm, child);
}

/*
 * Which call made the child, from the caller's registers. Where there is no helper for them (before 5.15) it is "clone"
 * without flags: the top of the kernel stack differs between kernels, and a guess would be a wrong fact.
 */
static __always_inline void fill_clone_call(struct record *r, struct child_facts *to, struct task_struct *parent)
{
	struct pt_regs *regs;
	u64 words[5] = {};
	bool is_compat;

	if (r->flags & RECORD_KERNEL_THREAD || !bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return;
	regs = (struct pt_regs *)bpf_task_pt_regs(parent);
	is_compat = is_compat_task(parent);
	r->number = read_call_number(regs);
	r->flags |= is_compat ? RECORD_COMPAT : 0;
	r->args[0] = read_first_argument(regs, is_compat);
	if (r->number == CLONE3 && !bpf_probe_read_user(words, sizeof(words), (void *)r->args[0]))
		to->clone_flags = words[0] | words[4];
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct scratch *s = scratch_of(0);
	struct child_facts *facts;
	struct record *r;

	if (!s)
		return 0;
	r = record_open(s, KIND_CLONE, true);
	if (!r)
		return 0;
	if (parent->flags & PF_KTHREAD)
		r->flags |= RECORD_KERNEL_THREAD;
	r->args[0] = 0;
	r->result = pid_number(child->thread_pid, parent->thread_pid->level);
	facts = part_open(s, PART_CHILD, 0);
	if (facts) {
		__builtin_memset(facts, 0, sizeof(*facts));
		fill_child(facts, child);
		fill_clone_call(r, facts, parent);
		part_close(s, sizeof(*facts), 0);
	}
	if (child->pid == child->tgid)
		inherit_cgroup(child->tgid, parent->tgid, READ(child->real_parent, tgid));
	if (child->cgroups != parent->cgroups)
		put_cgroup_path(s, 0, cgroup_node(child));
	record_submit(s, true);
	return 0;
}

#define ANCESTORS_MAX 16

/* Who adopts the children, as the kernel's find_new_reaper: the nearest subreaper above, else the namespace's init. */
static __always_inline u32 reaper_of(struct task_struct *task)
{
	struct pid *pid = READ(task, thread_pid);
	struct task_struct *init = READ(pid_namespace(pid, READ(pid, level)), child_reaper);
	struct signal_struct *signal = READ(task, signal);
	struct task_struct *above = task;

	if (READ(task, children.next) == (void *)task + bpf_core_field_offset(struct task_struct, children))
		return 0;
	if (init == task)
		return 0;
	if (BPF_CORE_READ_BITFIELD_PROBED(signal, has_child_subreaper)) {
		for (int i = 0; i < ANCESTORS_MAX; i++) {
			above = READ(above, real_parent);
			if (!above || above == init)
				break;
			signal = READ(above, signal);
			if (BPF_CORE_READ_BITFIELD_PROBED(signal, is_child_subreaper))
				return READ(above, tgid);
		}
	}
	return READ(init, tgid);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct scratch *s = scratch_of(0);
	struct record *r;

	if (!s)
		return 0;
	r = record_open(s, KIND_EXIT, true);
	if (!r)
		return 0;
	if (task->flags & PF_KTHREAD)
		r->flags |= RECORD_KERNEL_THREAD;
	r->args[0] = (u32)task->exit_code;
	r->args[1] = task->signal->live.counter == 0;
	r->args[2] = r->args[1] ? reaper_of(task) : 0;
	if (r->args[1])
		forget_cgroup(task->tgid);
	record_submit(s, true);
	return 0;
}
