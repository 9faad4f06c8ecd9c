/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which cgroups are containers, told to the kernel side as records of processes name them; and the events that each container has had held back
 * (--rate-events), as Gap events: one when it begins, one when for RATE_QUIET nothing more was held back.
 *
 * Bounded: CGROUPS_MAX cgroups, BUCKETS_MAX containers. When they are full, all is forgotten and learned again from a snapshot; what is not
 * known is neither filtered as the host's nor limited.
 */
#pragma once
#include "probe.h"

#define CONTAINER_ID_MAX 64
#define RATE_QUIET 10000000000LL

struct limited {
	char id[CONTAINER_ID_MAX + 1]; /* of the container; empty = the place is free */
	bool began;
	uint64_t seen, told; /* events held back: at the last look, and in gaps */
	int64_t began_ns, grown_ns;
};

struct cgroup_watch {
	struct limited limited[BUCKETS_MAX];
	unsigned int count;
	bool crowded;
	int64_t checked_ns, cleared_ns;
};

/* Of a record with process facts. `container` = NULL outside of containers. */
void cgroups_learn(struct cgroup_watch *w, struct probe *p, uint64_t cgroup, const char *container, size_t bytes);

/* Tells of limits that began or ended; with `force` of all that are not over. True when a snapshot is needed to learn all anew. */
bool cgroups_check(struct cgroup_watch *w, struct probe *p, struct frame *f, struct losses *total, int64_t now, bool force);
