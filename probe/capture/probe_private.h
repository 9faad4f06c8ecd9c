/* SPDX-License-Identifier: Apache-2.0 */
/* What probe.c (load, attach) and tables.c (what the kernel side reads at every call) share, and nobody else. */
#pragma once
#include "probe.h"
#include "skeleton.h"

#define LINKS_MAX 64

/* Our own copy of what we wrote to the kernel side: others with the right to can write there, too. */
struct intended {
	struct call calls[TABLES * SYSCALLS_MAX];
	uint8_t interest[SYSCALLS_MAX];
	uint32_t excluded[EXCLUDED_MAX];
	uint8_t report_environment, report_data;
	uint32_t filter_set;
	struct filter_set filter_sets[2];
	struct cgroup_entry cgroups[CGROUPS_MAX];
	uint64_t rate_gap_ns, rate_burst_ns;
};

struct probe {
	struct capture_bpf *skel;
	const struct options *options;
	unsigned int processors;
	bool typed, entry, rings; /* which object; calls are seen when they begin; io_uring operations are seen */
	struct call selected[TABLES * SYSCALLS_MAX]; /* of interest now; the kernel side's table keeps rows of earlier ones */
	struct intended intended;
	uint32_t program_ids[LINKS_MAX]; /* by link */
	volatile unsigned long *consumer, *producer; /* positions in the ring, mapped read-only */
};

/* A call of these is reported when it begins. */
bool at_entry(const uint8_t *interest);
/* The first contents of the tables; exits with 2 when the options name what is unknown. */
void set_tables(struct probe *p);
/* Puts right what others wrote there. True when anything was not as meant. */
bool repair_tables(struct probe *p);
