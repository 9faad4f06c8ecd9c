/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of the programs for io_uring fit the running kernel: the tracepoints have had several names and arguments.
 */
#pragma once
#include <stdbool.h>
#include "skeleton.h"

/* Takes those that fit, all or none; none when not wanted. Returns whether io_uring operations will be seen. */
bool choose_ring_programs(struct capture_bpf *skel, bool wanted);
