/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel side: opened, set, loaded, attached; its counters; its snapshots. */
#pragma once
#include "own_events.h"

struct probe;

/* Exits with 3 and says why when it cannot be done. */
struct probe *probe_open(const struct options *options);
/* "typed" or "portable": which object was loaded. */
const char *probe_variant(const struct probe *p);
void probe_attach(struct probe *p);
void probe_close(struct probe *p);

int probe_ring(const struct probe *p);
unsigned int probe_processors(const struct probe *p);
unsigned int probe_syscalls(const struct probe *p);
unsigned int probe_types(const struct probe *p, uint16_t *types, unsigned int max);

/* Tells the kernel side that the loader sleeps, so that it may be woken when much is waiting. */
void probe_sleeps(struct probe *p, bool sleeps);

/* Counters of one processor and of all; they only grow. */
const struct processor_counters *probe_counters(const struct probe *p, unsigned int processor);

/* Bytes waiting in the ring. */
uint64_t probe_waiting(const struct probe *p);

/* Writes SnapshotMarked BEGIN, the processes, END. Returns the number of processes, or -1 (reported). */
int probe_snapshot(struct probe *p, struct frame *f, const char *reason);
