/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "frame.h"

/*
 * Reads the iterator to its end and writes one ProcessSnapshotted a process. Where a record has no arguments (kernels before
 * 5.18, or unreadable memory) they are read from /proc/PID/cmdline. Returns the number of processes; a read error ends the list and is reported.
 */
int snapshot_read(int fd, struct frame *f);
