/* SPDX-License-Identifier: Apache-2.0 */
#include "loss.h"

#define CHECK_EVERY 1000000000LL

void loss_start(struct loss_watch *w, int64_t now)
{
	memset(w, 0, sizeof(*w));
	w->checked_ns = now;
}

/* A counter that went back was set by somebody else (integrity.h): it counts from 0 again. */
static uint64_t grown(uint64_t before, uint64_t now)
{
	return now >= before ? now - before : now;
}

/* Losses of one reason since the last look, by processor. Returns their sum. */
static uint64_t take(struct loss_watch *w, const struct probe *p, enum loss_reason reason, uint64_t *cpus)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < probe_processors(p); i++) {
		uint64_t now = probe_counters(p, i)->lost[reason];

		cpus[i] = grown(w->seen[reason][i], now);
		w->seen[reason][i] = now;
		sum += cpus[i];
	}
	return sum;
}

static uint64_t take_processes(struct loss_watch *w, const struct probe *p)
{
	uint64_t sum = 0, lost;

	for (unsigned int i = 0; i < probe_processors(p); i++)
		sum += probe_counters(p, i)->lost_processes;
	lost = grown(w->seen_processes, sum);
	w->seen_processes = sum;
	w->total.processes = sum;
	return lost;
}

/* No loss, and no event: only counted. */
static void count_filtered(struct loss_watch *w, const struct probe *p, struct frame *f)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < probe_processors(p); i++)
		sum += probe_counters(p, i)->filtered;
	w->total.filtered = f->filtered = sum;
}

static void take_undecodable(struct loss_watch *w, struct frame *f, int64_t since)
{
	struct gap gap = {.reason = "undecodable", .stage = GapStage_CAPTURE, .since_ns = since, .processes = true};

	gap.lost = w->total.undecodable - w->seen_undecodable;
	w->seen_undecodable = w->total.undecodable;
	if (gap.lost == 0)
		return;
	f->lost += gap.lost;
	put_gap(f, &gap);
}

bool loss_check(struct loss_watch *w, const struct probe *p, struct frame *f, int64_t now, bool force)
{
	static uint64_t cpus[CPUS_MAX];
	int64_t since = now - w->checked_ns;
	uint64_t processes;

	if (since < CHECK_EVERY && !force)
		return false;
	processes = take_processes(w, p);
	for (unsigned int reason = 0; reason < LOSS_REASONS; reason++) {
		uint64_t lost = take(w, p, reason, cpus);
		struct gap gap = {.reason = loss_name(reason), .stage = GapStage_KERNEL, .lost = lost, .since_ns = since, .cpus = cpus};

		if (lost == 0)
			continue;
		w->total.by_reason[reason] += lost;
		f->lost += lost;
		gap.processes = reason != LOSS_RING_FULL && processes > 0;
		gap.cpus_count = probe_processors(p);
		put_gap(f, &gap);
	}
	take_undecodable(w, f, since);
	count_filtered(w, p, f);
	w->checked_ns = now;
	if (processes > 0) {
		w->process_loss_ns = now;
		return false;
	}
	if (w->process_loss_ns == 0)
		return false;
	w->process_loss_ns = 0;
	return true;
}
