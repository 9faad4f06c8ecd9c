/* SPDX-License-Identifier: Apache-2.0 */
/* Events that capture makes about itself and about what was lost. */
#pragma once
#include "frame.h"
#include "options.h"

struct losses {
	uint64_t by_reason[LOSS_REASONS];
	uint64_t undecodable; /* records the loader could not read */
	uint64_t processes;
	uint64_t captured;
	uint64_t held;	   /* too many of their container, as far as gaps have told */
	uint64_t filtered; /* no loss: no rule in force could match */
};

#define LOST_UNKNOWN UINT64_MAX /* -1 in the event */

struct gap {
	const char *reason;
	enum GapStage stage;
	uint64_t lost;
	bool processes;
	int64_t since_ns;
	const uint64_t *cpus; /* lost by processor; NULL = not known */
	unsigned int cpus_count;
	const char *container; /* whose events they are; NULL = the host's */
};

const char *loss_name(enum loss_reason reason);

void put_started(struct frame *f, const struct options *options, const char *variant, const uint16_t *types, unsigned int count);
void put_stopped(struct frame *f, const char *reason);
void put_heartbeat(struct frame *f, const struct options *options, const struct losses *losses, uint64_t ring_used, unsigned int syscalls);
void put_gap(struct frame *f, const struct gap *gap);
void put_snapshot_mark(struct frame *f, enum SnapshotPhase phase, unsigned int processes, const char *reason);
