/* SPDX-License-Identifier: Apache-2.0 */
#include "cgroups.h"
#include "report.h"

#define CHECK_EVERY 100000000LL
#define CLEAR_EVERY 10000000000LL

/* The place of a cgroup, or a free one for it; NULL = too many lie there. */
static struct cgroup_entry *place_of(struct cgroup_entry *entries, uint64_t id)
{
	uint64_t at = id * CGROUP_FACTOR >> CGROUP_SHIFT;

	for (unsigned int i = 0; i < CGROUP_PROBES; i++) {
		struct cgroup_entry *entry = &entries[(at + i) % CGROUPS_MAX];

		if (entry->id == id || entry->id == 0)
			return entry;
	}
	return NULL;
}

/* Number of the container's bucket, -1 when there is none left. */
static int bucket_of(struct cgroup_watch *w, const char *container, size_t bytes)
{
	if (bytes > CONTAINER_ID_MAX)
		return -1;
	for (unsigned int i = 0; i < w->count; i++)
		if (strncmp(w->limited[i].id, container, bytes) == 0 && w->limited[i].id[bytes] == 0)
			return (int)i;
	if (w->count == BUCKETS_MAX)
		return -1;
	memcpy(w->limited[w->count].id, container, bytes);
	return (int)w->count++;
}

void cgroups_learn(struct cgroup_watch *w, struct probe *p, uint64_t cgroup, const char *container, size_t bytes)
{
	struct cgroup_entry *entry = cgroup ? place_of(probe_cgroups(p), cgroup) : NULL;
	int bucket = 0;

	if (!cgroup || (entry && entry->id))
		return;
	if (entry && container)
		bucket = bucket_of(w, container, bytes);
	if (!entry || bucket < 0) {
		w->crowded = true;
		return;
	}
	probe_tell_cgroup(p, entry, &(struct cgroup_entry){.id = cgroup, .kind = container ? CGROUP_CONTAINER : CGROUP_HOST, .bucket = (uint32_t)bucket});
}

static void tell(struct limited *l, struct frame *f, struct losses *total, const char *reason, int64_t since)
{
	struct gap gap = {.reason = reason, .stage = GapStage_KERNEL, .lost = l->seen - l->told, .since_ns = since, .container = l->id};

	l->told = l->seen;
	total->held += gap.lost;
	f->lost += gap.lost;
	put_gap(f, &gap);
}

static void look(struct limited *l, uint64_t held, struct frame *f, struct losses *total, int64_t now, bool force)
{
	if (held > l->seen) {
		l->grown_ns = now;
		l->seen = held;
	}
	if (l->seen > l->told && !l->began) {
		l->began = true;
		l->began_ns = now;
		tell(l, f, total, "rate-limit-began", CHECK_EVERY);
		report("warn", "rate-limit-began", "see probe.containerEventsPerS", "container %s makes more events than it may: what is too much is left out", l->id);
	}
	if (l->began && (force || now - l->grown_ns >= RATE_QUIET)) { /* both, when it ends before it was looked at */
		l->began = false;
		tell(l, f, total, "rate-limit-ended", now - l->began_ns);
		report("info", "rate-limit-ended", "", "nothing more of container %s is left out", l->id);
	}
}

bool cgroups_check(struct cgroup_watch *w, struct probe *p, struct frame *f, struct losses *total, int64_t now, bool force)
{
	bool clear = w->crowded && now - w->cleared_ns >= CLEAR_EVERY;

	if (now - w->checked_ns < CHECK_EVERY && !force)
		return false;
	w->checked_ns = now;
	for (unsigned int i = 0; i < w->count; i++)
		look(&w->limited[i], probe_held(p, i), f, total, now, force || clear);
	if (!clear)
		return false;
	w->crowded = false;
	w->cleared_ns = now;
	w->count = 0;
	memset(w->limited, 0, sizeof(w->limited));
	probe_forget_cgroups(p);
	return true;
}
