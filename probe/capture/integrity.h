/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Detection of tampering: whoever has the rights to (root) may write to our maps, move the ring's read position or close our
 * links behind our back. What the kernel side works with is compared with what we meant it to work with, and what can be put
 * right is put right at once; the loss in between is told as a Gap of reason tampered-*, which becomes a critical alert.
 *
 * Not seen here: capture itself killed or stopped (the agent restarts it, the evaluator hears the silence), a changed kernel.
 */
#pragma once
#include "probe.h"

struct tamper_watch {
	int64_t checked_ns;
	int64_t told_ns[TAMPERINGS]; /* of each kind, when it was last told; 0 = never */
	bool fatal;
};

/*
 * Looks at maps and links, at most once a second; `ring_moved` is what the caller saw of the ring. True when the process tree
 * needs a new snapshot. `w->fatal` is set when capture should end and be started again.
 */
bool tamper_check(struct tamper_watch *w, struct probe *p, struct frame *f, int64_t now, bool ring_moved);
