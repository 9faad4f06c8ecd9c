/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths by walking dentries and mounts (bpf_d_path is refused in tracepoints), and strings of user memory. All are global
 * functions: the verifier checks each once, whatever number of callers.
 */
#ifndef LANNER_PATH_H
#define LANNER_PATH_H

#include "hash.h"
#include "words.h"

static __always_inline u64 mount_of(u64 vfsmount)
{
	return vfsmount - bpf_core_field_offset(struct mount, mnt);
}

struct step {
	struct dentry *parent;
	struct qstr name;
};

/* The two follow each other in every kernel so far: portable, one helper instead of two. */
static __always_inline void read_step(struct step *to, struct dentry *dentry)
{
#ifndef TYPED
	u32 from = bpf_core_field_offset(struct dentry, d_parent);

	if (bpf_core_field_offset(struct dentry, d_name) == from + sizeof(to->parent)) {
		bpf_probe_read_kernel(to, sizeof(*to), (void *)dentry + from);
		return;
	}
#endif
	to->parent = READ(dentry, d_parent);
	to->name = READ(dentry, d_name);
}

#define SHORT_NAME 32 /* most are; a multiple of 8 */

/* Whole words, so up to seven bytes behind the name come along: there is room at both ends. Returns false when it cannot be read. */
static __always_inline bool copy_name(void *to, const void *from, u32 bytes)
{
#ifdef TYPED
	if (bytes <= SHORT_NAME) {
		((u64 *)to)[0] = WORD_AT(from);
		if (bytes > 8)
			((u64 *)to)[1] = WORD_AT(from + 8);
		if (bytes > 16)
			((u64 *)to)[2] = WORD_AT(from + 16);
		if (bytes > 24)
			((u64 *)to)[3] = WORD_AT(from + 24);
		return true;
	}
#endif
	return !bpf_probe_read_kernel(to, bytes, from);
}

/* Copies one name behind the last. Returns 1 when there is no room. */
static __always_inline int walk_name(struct scratch *s, const struct qstr *name)
{
	u32 at = s->next;
	u32 bytes = name->len;

	OPAQUE(at);
	OPAQUE(bytes);
	bytes &= 255; /* NAME_MAX; the mask pleases the verifier */
	if (at - s->part > STRING_BYTES_MAX || at > RECORD_BYTES_MAX + STRING_BYTES_MAX + 256) {
		s->walk.flags |= PATH_CUT;
		return 1;
	}
	if (!copy_name(&s->data[at], name->name, bytes)) {
		s->walk.flags |= PATH_CUT;
		return 1;
	}
	s->data[at + bytes] = 0;
	if (s->seek)
		see_word(s, at);
	s->next = at + bytes + 1;
	return 0;
}

static __always_inline bool walk_at_end(const struct scratch *s)
{
	return s->walk.dentry == s->walk.end_dentry && s->walk.mount == s->walk.end_mount;
}

/* From the root of a mount to where it is mounted. Returns 1 when it is mounted nowhere. */
static __always_inline int walk_mount(struct scratch *s)
{
	struct mount *mount = (struct mount *)s->walk.mount;
	struct mount *up = READ(mount, mnt_parent);

	if (up == mount || !up)
		return 1;
	s->walk.dentry = (u64)READ(mount, mnt_mountpoint);
	s->walk.mount = (u64)up;
	s->walk.mount_root = (u64)READ(up, mnt.mnt_root);
	return 0;
}

/* One step towards the root. Returns 1 at the end. */
static __always_inline int walk_step(struct scratch *s)
{
	struct dentry *dentry = (struct dentry *)s->walk.dentry;
	struct step step;

	if (walk_at_end(s))
		return 1;
	if (s->walk.dentry == s->walk.mount_root)
		return walk_mount(s);
	read_step(&step, dentry);
	if (walk_name(s, &step.name))
		return 1;
	if (step.parent == dentry || !step.parent) {
		s->walk.flags |= PATH_DETACHED;
		return 1;
	}
	s->walk.dentry = (u64)step.parent;
	return 0;
}

/* Paths end at the process's own root directory, as d_path does; only that root itself is told from the real root. */
static __always_inline void walk_end(struct scratch *s, u32 tag)
{
	struct fs_struct *fs = READ((struct task_struct *)s->task, fs);
	struct path root = {};

	s->walk.end_dentry = 0;
	if (tag == PART_ROOT || !fs)
		return;
	root = READ(fs, root);
	s->walk.end_dentry = (u64)root.dentry;
	s->walk.end_mount = mount_of((u64)root.mnt);
}

/* From dentry and vfsmount on. */
static __always_inline void walk_begin(struct scratch *s, u32 tag)
{
	s->walk.mount = mount_of(s->walk.vfsmount);
	s->walk.mount_root = (u64)READ((struct vfsmount *)s->walk.vfsmount, mnt_root);
	s->walk.flags = 0;
	s->walk.done = 0;
	walk_end(s, tag);
}

__noinline int walk_path(u32 iterator, u32 tag)
{
	struct scratch *s = scratch_of(iterator);

	if (!s || !s->walk.dentry || !s->walk.vfsmount || !part_open(s, tag, 0))
		return 0;
	walk_begin(s, tag);
	s->next = s->part + sizeof(struct part);
	for (int i = 0; i < PATH_NAMES_MAX; i++) {
		if (walk_step(s)) {
			s->walk.done = 1;
			break;
		}
	}
	if (!s->walk.done)
		s->walk.flags |= PATH_CUT;
	if (s->walk.flags & PATH_CUT)
		mark(s, RECORD_CUT);
	/* Below no root a name may hold slashes (memfd), or is made up by the loader. */
	if (s->walk.flags & PATH_DETACHED)
		s->seen = SEEN_EVERY;
	part_close(s, s->next - s->part - sizeof(struct part), s->walk.flags);
	return 0;
}

/* Adds a path part: the names from the path's dentry up to the process's root. */
static __always_inline int put_path(struct scratch *s, u32 iterator, u32 tag, const struct path *path)
{
	s->walk.dentry = (u64)path->dentry;
	s->walk.vfsmount = (u64)path->mnt;
	return walk_path(iterator, tag);
}

__noinline int walk_cgroup(u32 iterator)
{
	struct scratch *s = scratch_of(iterator);

	if (!s || !part_open(s, PART_CGROUP, 0))
		return 0;
	s->walk.dentry = s->subject;
	s->next = s->part + sizeof(struct part);
	for (int i = 0; i < 64; i++) {
		struct kernfs_node *kn = (struct kernfs_node *)s->walk.dentry;
		u32 at = s->next;
		long bytes;
		u64 up;

		if (bpf_core_field_exists(kn->__parent))
			up = (u64)READ(kn, __parent);
		else
			up = (u64)READ((struct kernfs_node___old *)kn, parent);
		if (!up)
			break;
		OPAQUE(at);
		if (at > RECORD_BYTES_MAX + STRING_BYTES_MAX)
			break;
		bytes = bpf_probe_read_kernel_str(&s->data[at], 256, READ(kn, name));
		if (bytes <= 0)
			break;
		s->next = at + bytes;
		s->walk.dentry = up;
	}
	part_close(s, s->next - s->part - sizeof(struct part), 0);
	return 0;
}

/* Adds the path of the cgroup's kernfs node, last name first. */
static __always_inline void put_cgroup_path(struct scratch *s, u32 iterator, u64 node)
{
	s->subject = node;
	walk_cgroup(iterator);
}

/*
 * Adds a string of user memory. Returns its first byte (0 for an empty or unreadable one), so that callers know whether a
 * name is relative.
 */
__noinline int put_user_string(u32 tag, u64 from)
{
	struct scratch *s = scratch_of(0);
	char *to;
	long bytes;

	if (!s || !from)
		return 0;
	to = part_open(s, tag, 0);
	if (!to)
		return 0;
	bytes = bpf_probe_read_user_str(to, STRING_BYTES_MAX, (const void *)from);
	if (bytes < 0) {
		mark(s, RECORD_UNREADABLE);
		return 0;
	}
	if (bytes == 0) /* an empty string, before 5.19 */
		bytes = 1;
	if (bytes == STRING_BYTES_MAX)
		mark(s, RECORD_CUT);
	if (s->seek)
		see_name(bytes);
	if (s->hashes)
		hash_text(s->part + sizeof(struct part), bytes - 1);
	part_close(s, bytes - 1, 0);
	return (u8)*to;
}

/* The working directory, or the root directory, of the task. */
__noinline int put_task_directory(u32 iterator, u32 tag, u32 root)
{
	struct scratch *s = scratch_of(iterator);
	struct fs_struct *fs;
	struct path path;

	if (!s)
		return 0;
	fs = READ((struct task_struct *)s->task, fs);
	if (!fs)
		return 0;
	if (root)
		path = READ(fs, root);
	else
		path = READ(fs, pwd);
	return put_path(s, iterator, tag, &path);
}

#endif
