/* SPDX-License-Identifier: Apache-2.0 */
#include "integrity.h"
#include "report.h"

#define CHECK_EVERY 1000000000LL
/* Somebody who writes all the time is told of this often; the repair is made at every look. */
#define TELL_EVERY (10 * CHECK_EVERY)

static const struct {
	const char *reason, *message;
} kinds[TAMPERINGS] = {
	{"tampered-maps", "another program changed what the kernel side reports; it was put right"},
	{"tampered-ring", "another program moved the read position of the ring"},
	{"tampered-programs", "a program of the probe was detached or replaced"},
};

static void tell(struct tamper_watch *w, struct frame *f, unsigned int kind, int64_t now, int64_t since)
{
	struct gap gap = {.reason = kinds[kind].reason, .stage = GapStage_CAPTURE, .lost = LOST_UNKNOWN, .since_ns = since, .processes = true};

	if (w->told_ns[kind] && now - w->told_ns[kind] < TELL_EVERY)
		return;
	w->told_ns[kind] = now;
	put_gap(f, &gap);
	report("error", gap.reason, "find out who may use bpf(2) on this host; rules on evt.type = bpf show who did", "%s", kinds[kind].message);
}

bool tamper_check(struct tamper_watch *w, struct probe *p, struct frame *f, int64_t now, bool ring_moved)
{
	unsigned int found = ring_moved ? TAMPERED_RING : 0;
	int64_t since = now - w->checked_ns;

	if (since >= CHECK_EVERY) {
		found |= probe_verify(p);
		w->checked_ns = now;
	}
	for (unsigned int kind = 0; kind < TAMPERINGS; kind++)
		if (found & 1u << kind)
			tell(w, f, kind, now, since);
	w->fatal |= (found & TAMPERED_PROGRAMS) != 0;
	return found != 0;
}
