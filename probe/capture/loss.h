/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns the kernel's loss counters into Gap events, at most one a second and reason, and says when the process tree needs a new
 * snapshot: when process events were lost and for a second none more.
 */
#pragma once
#include "probe.h"

struct loss_watch {
	struct losses total;
	uint64_t seen[LOSS_REASONS][CPUS_MAX];
	uint64_t seen_processes, seen_undecodable;
	int64_t checked_ns;
	int64_t process_loss_ns; /* when process events were last found lost; 0 = the tree is whole */
};

void loss_start(struct loss_watch *w, int64_t now);

/* True when a snapshot should be taken now. */
bool loss_check(struct loss_watch *w, const struct probe *p, struct frame *f, int64_t now, bool force);
