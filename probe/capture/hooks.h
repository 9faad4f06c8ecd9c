/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks at the entry of calls with names, so that a name that is changed while the call runs is marked (bpf/names.h). Kprobes at the calls' own
 * functions cost no other call anything. Kernels without them have tracepoints a call; those make the kernel look at every call of the machine.
 */
#pragma once
#include "options.h"
#include "skeleton.h"

/* Before load. */
void choose_hooks(struct capture_bpf *skel, enum name_hooks wanted);
/* After load. Returns how many there are; says so when there is none. */
unsigned int attach_hooks(struct capture_bpf *skel, enum name_hooks wanted);
