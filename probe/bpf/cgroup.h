/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which cgroup a process was in when its record said so (exec, snapshot, or that of its parent): the one by which evaluators tell its container.
 * Where it has moved since without an exec does not count, as evaluators do not hear of it. What is not known is "perhaps in a container".
 */
#ifndef LANNER_CGROUP_H
#define LANNER_CGROUP_H

#include "state.h"

#define PROCESSES_MAX 32768 /* processes beyond are not known */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, PROCESSES_MAX);
	__type(key, u32);
	__type(value, u64);
} process_cgroups SEC(".maps");

/* What is known already is left alone: most processes are where their parent was, and writing costs five times as much as looking. */
static __always_inline void remember_cgroup(u32 pid, u64 cgroup)
{
	u64 *known = bpf_map_lookup_elem(&process_cgroups, &pid);

	if (known && *known == cgroup)
		return;
	if (bpf_map_update_elem(&process_cgroups, &pid, &cgroup, BPF_ANY))
		bpf_map_delete_elem(&process_cgroups, &pid);
	__sync_fetch_and_add(&cgroup_changes, 1);
}

static __always_inline void forget_cgroup(u32 pid)
{
	bpf_map_delete_elem(&process_cgroups, &pid);
	__sync_fetch_and_add(&cgroup_changes, 1);
}

/* A child is where its parent is said to be; with CLONE_PARENT evaluators look at another process, so nothing is known. */
static __always_inline void inherit_cgroup(u32 child, u32 caller, u32 parent)
{
	u64 *known = caller == parent ? bpf_map_lookup_elem(&process_cgroups, &caller) : 0;

	if (known)
		remember_cgroup(child, *known);
	else
		forget_cgroup(child);
}

/* NULL = the loader has not told of it. */
static __always_inline struct cgroup_entry *cgroup_of(u32 pid)
{
	u64 *id = bpf_map_lookup_elem(&process_cgroups, &pid);
	u32 at;

	if (!id)
		return 0;
	at = *id * CGROUP_FACTOR >> CGROUP_SHIFT;
	for (u32 i = 0; i < CGROUP_PROBES; i++) {
		struct cgroup_entry *entry = &cgroups[(at + i) & (CGROUPS_MAX - 1)];

		if (entry->id == *id)
			return entry;
	}
	return 0;
}

/* Outside of every container, and evaluators know. Calls of one process follow each other: the last answer is kept while nothing changes. */
static __always_inline bool on_host(struct scratch *s, u32 pid)
{
	u64 changes = cgroup_changes;
	struct cgroup_entry *entry;

	if (s->host_pid == pid && s->host_changes == changes)
		return s->host;
	entry = cgroup_of(pid);
	s->host_pid = pid;
	s->host_changes = changes;
	s->host = entry && entry->kind == CGROUP_HOST;
	return s->host;
}

/* Whether its container has had more events than it may. Two processors may both let the last one in: that is close enough. */
static __always_inline bool over_rate(u32 pid, u64 now)
{
	struct cgroup_entry *entry;
	struct bucket *bucket;
	u64 due;

	if (!rate_gap_ns)
		return false;
	entry = cgroup_of(pid);
	if (!entry || entry->kind != CGROUP_CONTAINER)
		return false;
	bucket = &buckets[entry->bucket & (BUCKETS_MAX - 1)];
	due = bucket->due > now ? bucket->due : now;
	if (due - now > rate_burst_ns) {
		__sync_fetch_and_add(&bucket->held, 1);
		processor_counters()->held++;
		return true;
	}
	bucket->due = due + rate_gap_ns;
	return false;
}

#endif
