/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/utsname.h>
#include "own_events.h"

#define PROBE_VERSION "0.1.0"

const char *loss_name(enum loss_reason reason)
{
	static const char *const names[LOSS_REASONS] = {
		[LOSS_RING_FULL] = "ring-full",
		[LOSS_RESERVE_FULL] = "reserve-full",
		[LOSS_SCRATCH_BUSY] = "scratch-busy",
	};

	return names[reason];
}

static struct encoder *begin(struct frame *f, enum family family, enum EventType type)
{
	int64_t now = boot_ns();
	struct encoder *e = frame_begin(f, now);

	put_own_header(e, family, type, now + e->clock_ns);
	return e;
}

void put_started(struct frame *f, const struct options *options, const char *variant, const uint16_t *types, unsigned int count)
{
	struct encoder *e = begin(f, FAMILY_ProbeStarted, TYPE_probe);
	struct buffer *b = &e->out;
	struct utsname names;

	uname(&names);
	put_string(b, PROBE_VERSION);
	put_string(b, names.release);
	put_string(b, names.machine);
	put_string(b, variant);
	if (count) {
		put_long(b, count);
		for (unsigned int i = 0; i < count; i++)
			put_long(b, types[i]);
	}
	put_empty(b);
	put_long(b, options->restarts);
	frame_end(f);
}

void put_stopped(struct frame *f, const char *reason)
{
	put_string(&begin(f, FAMILY_ProbeStopped, TYPE_probe)->out, reason);
	frame_end(f);
}

static void put_loss(struct buffer *b, const char *reason, uint64_t count)
{
	if (count == 0)
		return;
	put_long(b, 1);
	put_string(b, reason);
	put_long(b, (int64_t)count);
}

void put_heartbeat(struct frame *f, const struct options *options, const struct losses *losses, uint64_t ring_used, unsigned int syscalls)
{
	struct encoder *e = begin(f, FAMILY_Heartbeat, TYPE_heartbeat);
	struct buffer *b = &e->out;

	put_long(b, (int64_t)f->written);
	for (unsigned int i = 0; i < LOSS_REASONS; i++)
		put_loss(b, loss_name(i), losses->by_reason[i]);
	put_loss(b, "undecodable", losses->undecodable);
	put_loss(b, "rate-limited", losses->held);
	put_loss(b, "filtered", losses->filtered);
	put_empty(b);
	put_long(b, (int64_t)options->ring_mb << 20);
	put_long(b, (int64_t)ring_used);
	put_long(b, (int64_t)cpu_us());
	put_long(b, options->heartbeat_ms);
	put_long(b, syscalls);
	frame_end(f);
}

void put_gap(struct frame *f, const struct gap *gap)
{
	struct encoder *e = begin(f, FAMILY_Gap, TYPE_gap);
	struct buffer *b = &e->out;

	put_long(b, gap->stage);
	put_string(b, gap->reason);
	put_long(b, (int64_t)gap->lost);
	put_bool(b, gap->processes);
	if (gap->cpus && gap->cpus_count) {
		put_long(b, gap->cpus_count);
		for (unsigned int i = 0; i < gap->cpus_count; i++)
			put_long(b, (int64_t)gap->cpus[i]);
	}
	put_empty(b);
	put_long(b, gap->since_ns);
	/* Lost in this very stream, before any event had a sequence or a batch. */
	put_long(b, Producer_UNKNOWN);
	put_long(b, 0);
	put_long(b, -1);
	put_long(b, -1);
	put_string(b, gap->container ? gap->container : "");
	frame_end(f);
}

void put_snapshot_mark(struct frame *f, enum SnapshotPhase phase, unsigned int processes, const char *reason)
{
	struct encoder *e = begin(f, FAMILY_SnapshotMarked, TYPE_snapshot);

	put_long(&e->out, phase);
	put_long(&e->out, processes);
	put_string(&e->out, reason);
	frame_end(f);
}
