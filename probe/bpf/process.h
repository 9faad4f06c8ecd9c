/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Everything about a process at one moment: identity, namespaces, credentials, executable, memory, arguments.
 */
#ifndef LANNER_PROCESS_H
#define LANNER_PROCESS_H

#include "cgroup.h"
#include "descriptor.h"

static __always_inline struct upid *pid_level(struct pid *pid, u32 level)
{
	OPAQUE(level);
	return (void *)pid + bpf_core_field_offset(struct pid, numbers) + (level & 31) * sizeof(struct upid); /* MAX_PID_NS_LEVEL is 32 */
}

static __always_inline u32 pid_number(struct pid *pid, u32 level)
{
	return pid ? READ(pid_level(pid, level), nr) : 0;
}

static __always_inline struct pid_namespace *pid_namespace(struct pid *pid, u32 level)
{
	return READ(pid_level(pid, level), ns);
}

static __always_inline void fill_credentials(struct credentials *to, struct task_struct *task)
{
	struct cred *cred = READ(task, cred);

	to->uid = READ(cred, uid.val);
	to->euid = READ(cred, euid.val);
	to->suid = READ(cred, suid.val);
	to->fsuid = READ(cred, fsuid.val);
	to->gid = READ(cred, gid.val);
	to->egid = READ(cred, egid.val);
	to->sgid = READ(cred, sgid.val);
	to->fsgid = READ(cred, fsgid.val);
	/* Eight bytes on every kernel, two halves or one: read without naming what is inside. */
	to->inheritable = WORD_AT((void *)cred + bpf_core_field_offset(struct cred, cap_inheritable));
	to->permitted = WORD_AT((void *)cred + bpf_core_field_offset(struct cred, cap_permitted));
	to->effective = WORD_AT((void *)cred + bpf_core_field_offset(struct cred, cap_effective));
}

static __always_inline void fill_identity(struct process_facts *to, struct task_struct *task)
{
	struct task_struct *parent = READ(READ(task, real_parent), group_leader);
	struct signal_struct *signal = READ(task, signal);
	struct pid *pid = READ(READ(task, group_leader), thread_pid);
	struct pid *group = READ(signal, pids[PIDTYPE_PGID]);
	struct pid *session = READ(signal, pids[PIDTYPE_SID]);
	u32 level = READ(pid, level);
	struct pid_namespace *ns = pid_namespace(pid, level);
	struct task_struct *reaper = READ(ns, child_reaper);

	to->pid = READ(task, tgid);
	to->start = READ(READ(task, group_leader), start_boottime);
	to->parent_pid = READ(parent, tgid);
	to->parent_start = READ(parent, start_boottime);
	to->vpid = pid_number(pid, level);
	to->pgid = pid_number(group, 0);
	to->sid = pid_number(session, 0);
	to->vpgid = pid_number(group, level);
	to->vsid = pid_number(session, level);
	to->pid_namespace = READ(ns, ns.inum);
	to->namespace_init_start = reaper ? READ(reaper, start_boottime) : 0;
}

static __always_inline void copy_comm(void *to, struct task_struct *task)
{
	const void *from = (void *)task + bpf_core_field_offset(struct task_struct, comm);

	((u64 *)to)[0] = WORD_AT(from);
	((u64 *)to)[1] = WORD_AT(from + 8);
}

static __always_inline void fill_session(struct process_facts *to, struct task_struct *task)
{
	struct signal_struct *signal = READ(task, signal);
	struct nsproxy *nsproxy = READ(task, nsproxy);
	struct tty_struct *tty = READ(signal, tty);

	if (nsproxy) {
		to->mount_namespace = READ(READ(nsproxy, mnt_ns), ns.inum);
		to->network_namespace = READ(READ(nsproxy, net_ns), ns.inum);
	}
	to->user_namespace = READ(READ(READ(task, cred), user_ns), ns.inum);
	to->login_uid = bpf_core_field_exists(task->loginuid) ? READ(task, loginuid).val : (u32)-1;
	to->session_id = bpf_core_field_exists(task->sessionid) ? READ(task, sessionid) : (u32)-1;
	if (tty) {
		struct tty_driver *driver = READ(tty, driver);

		to->tty_major = READ(driver, major);
		to->tty_minor = READ(driver, minor_start) + READ(tty, index);
	}
	to->seccomp = READ(task, seccomp.mode);
	to->no_new_privileges = READ(task, atomic_flags) >> PFA_NO_NEW_PRIVS & 1;
	to->threads = READ(signal, nr_threads);
	to->kernel_thread = !!(READ(task, flags) & PF_KTHREAD);
	to->fd_limit = READ(signal, rlim[RLIMIT_NOFILE].rlim_cur);
	to->major_faults = READ(signal, maj_flt) + READ(task, maj_flt);
	to->minor_faults = READ(signal, min_flt) + READ(task, min_flt);
	copy_comm(to->comm, task);
}

/* A macro, because an index must be a constant to be relocated. The counters are approximate (per-CPU parts are not summed). */
#define RESIDENT(mm, type)                                                                        \
	({                                                                                        \
		struct mm_struct___old *old_ = (void *)(mm);                                      \
		s64 pages_ = 0;                                                                   \
		if (bpf_core_field_exists(old_->rss_stat.count))                                  \
			pages_ = READ(old_, rss_stat.count[type].counter);                        \
		else                                                                              \
			pages_ = READ(mm, rss_stat[type].count);                                  \
		pages_ > 0 ? (u64)pages_ : 0;                                                     \
	})

/* MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES */
static __always_inline u64 resident_pages(struct mm_struct *mm)
{
	return RESIDENT(mm, 0) + RESIDENT(mm, 1) + RESIDENT(mm, 3);
}

static __always_inline u64 swapped_pages(struct mm_struct *mm)
{
	return RESIDENT(mm, 2);
}

static __always_inline void fill_memory(struct process_facts *to, struct mm_struct *mm)
{
	if (!mm)
		return;
	to->vm_pages = READ(mm, total_vm);
	to->rss_pages = resident_pages(mm);
	to->swap_pages = swapped_pages(mm);
	to->args_bytes = READ(mm, arg_end) - READ(mm, arg_start);
}

static __always_inline void fill_times(struct process_facts *to, struct inode *inode)
{
	struct inode___old *old = (void *)inode;
	struct inode___mid *mid = (void *)inode;
	struct timespec64 changed = {}, modified = {};

	if (bpf_core_field_exists(inode->i_ctime_sec)) {
		changed.tv_sec = READ(inode, i_ctime_sec);
		changed.tv_nsec = READ(inode, i_ctime_nsec);
		modified.tv_sec = READ(inode, i_mtime_sec);
		modified.tv_nsec = READ(inode, i_mtime_nsec);
	} else {
		if (bpf_core_field_exists(mid->__i_ctime))
			changed = READ(mid, __i_ctime);
		else
			changed = READ(old, i_ctime);
		if (bpf_core_field_exists(mid->__i_mtime))
			modified = READ(mid, __i_mtime);
		else
			modified = READ(old, i_mtime);
	}
	to->changed_s = changed.tv_sec;
	to->changed_ns = changed.tv_nsec & 0x3fffffff;
	to->modified_s = modified.tv_sec;
	to->modified_ns = modified.tv_nsec & 0x3fffffff;
}

/* Whether the process's user may write its executable: mode bits by owner, group and others, or the capability to ignore them. */
static __always_inline u32 exe_writable(const struct credentials *c, struct inode *inode)
{
	u16 mode = READ(inode, i_mode);

	if (c->effective & (1ULL << CAP_DAC_OVERRIDE) || mode & 0002)
		return EXE_WRITABLE;
	if (c->fsuid == READ(inode, i_uid).val && mode & 0200)
		return EXE_WRITABLE;
	if (c->fsgid == READ(inode, i_gid).val && mode & 0020)
		return EXE_WRITABLE;
	return 0;
}

static __always_inline u32 exe_origin(struct dentry *dentry, struct inode *inode, u64 magic)
{
	u32 layer = overlay_layer(inode, magic);
	u32 flags = layer == 1 ? EXE_UPPER : layer == 2 ? EXE_LOWER : 0;
	struct dentry *parent = READ(dentry, d_parent);
	struct qstr name = READ(dentry, d_name);
	char head[8] = {};

	if (parent == dentry) {
		bpf_probe_read_kernel(head, 6, name.name);
		if (head[0] == 'm' && head[1] == 'e' && head[2] == 'm' && head[3] == 'f' && head[4] == 'd' && head[5] == ':')
			return flags | EXE_MEMFD | EXE_DELETED;
	} else if (!READ(dentry, d_hash.pprev)) {
		flags |= EXE_DELETED;
	}
	return flags;
}

static __always_inline void fill_executable(struct process_facts *to, struct file *exe)
{
	struct inode *inode = READ(exe, f_inode);
	struct super_block *sb = READ(inode, i_sb);
	struct path path = READ(exe, f_path);

	to->exe_inode = READ(inode, i_ino);
	to->exe_device = READ(sb, s_dev);
	to->exe_flags |= exe_origin(path.dentry, inode, READ(sb, s_magic)) | exe_writable(&to->credentials, inode);
	fill_times(to, inode);
}

/* The cgroup by which processes are told apart: v2 unless all sit in its root, then v1's memory or pids controller. */
static __always_inline u64 cgroup_node(struct task_struct *task)
{
	struct css_set *set = READ(task, cgroups);
	struct kernfs_node *node = READ(READ(set, dfl_cgrp), kn);
	struct cgroup_subsys_state *css;
	u32 controller;
	u64 up;

	if (bpf_core_field_exists(node->__parent))
		up = (u64)READ(node, __parent);
	else
		up = (u64)READ((struct kernfs_node___old *)node, parent);
	if (up)
		return (u64)node;
	if (bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id))
		controller = bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
	else if (bpf_core_enum_value_exists(enum cgroup_subsys_id, pids_cgrp_id))
		controller = bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
	else
		return (u64)node;
	css = (void *)WORD_AT((void *)set + bpf_core_field_offset(struct css_set, subsys) + controller * sizeof(css));
	return css ? (u64)READ(READ(css, cgroup), kn) : (u64)node;
}

/* Ids are unique within a hierarchy, and two are in use: those of v1 have another bit. */
static __always_inline u64 cgroup_key(struct task_struct *task)
{
	struct kernfs_node *node = (struct kernfs_node *)cgroup_node(task);
	bool is_v2 = node == READ(READ(READ(task, cgroups), dfl_cgrp), kn);

	return READ(node, id) ^ (is_v2 ? 0 : 1ULL << 63);
}

/* Adds all facts and paths of the task; arguments are the caller's business (their memory is read differently). */
static __always_inline struct process_facts *put_process(struct scratch *s, u32 iterator, u32 exe_flags, s32 args_count)
{
	struct task_struct *task = (struct task_struct *)s->task;
	struct process_facts *facts = part_open(s, PART_PROCESS, 0);
	struct mm_struct *mm = READ(task, mm);
	struct file *exe = mm ? READ(mm, exe_file) : 0;

	if (!facts)
		return 0;
	__builtin_memset(facts, 0, sizeof(*facts));
	facts->exe_flags = exe_flags;
	facts->args_count = args_count;
	fill_credentials(&facts->credentials, task);
	fill_identity(facts, task);
	fill_session(facts, task);
	facts->cgroup = cgroup_key(task);
	remember_cgroup(facts->pid, facts->cgroup);
	fill_memory(facts, mm);
	if (exe)
		fill_executable(facts, exe);
	part_close(s, sizeof(*facts), 0);
	if (exe) {
		struct path path = READ(exe, f_path);

		put_path(s, iterator, PART_EXE, &path);
	}
	put_task_directory(iterator, PART_CWD, 0);
	put_task_directory(iterator, PART_ROOT, 1);
	put_cgroup_path(s, iterator, cgroup_node(task));
	put_descriptor(iterator, 1, 0);
	put_descriptor(iterator, 2, 1);
	put_descriptor(iterator, 3, 2);
	return facts;
}

#endif
