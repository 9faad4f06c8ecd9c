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

/* What a change of the calls came to. */
enum change { CHANGE_DONE, CHANGE_UNKNOWN_CALL, CHANGE_NEEDS_RESTART };

/*
 * Other calls, at once and without a gap. `unknown` gets the name that is no call. A call reported when it begins (close) needs a
 * program that is loaded only at the start, and only when asked for: it is all traced calls that would pay.
 */
enum change probe_select(struct probe *p, const char *names, char *unknown, unsigned int unknown_size);
/* Whether programs' environments are gathered from now on. */
void probe_report_environment(struct probe *p, bool wanted);

/* Whether the first bytes of what calls read and write are gathered from now on. */
void probe_report_data(struct probe *p, bool wanted);

/* Which events no rule can match (filter.h), from now on. False = the text is no filter, and nothing has changed. */
bool probe_filter(struct probe *p, const char *text);

/* What the kernel side was told of cgroups; a free place is filled by probe_tell_cgroup alone. */
struct cgroup_entry *probe_cgroups(struct probe *p);
void probe_tell_cgroup(struct probe *p, struct cgroup_entry *place, const struct cgroup_entry *entry);
void probe_forget_cgroups(struct probe *p);
/* Events of the containers of a bucket that were held back. */
uint64_t probe_held(const struct probe *p, unsigned int bucket);

/* Tells the kernel side that the loader sleeps, so that it may be woken when much is waiting. */
void probe_sleeps(struct probe *p, bool sleeps);

/* Counters of one processor and of all; they only grow. */
const struct processor_counters *probe_counters(const struct probe *p, unsigned int processor);

/* Bytes waiting in the ring, and how far it was read: only we move that. */
uint64_t probe_waiting(const struct probe *p);
uint64_t probe_position(const struct probe *p);

/* What somebody else did to the kernel side. */
#define TAMPERED_MAPS 1	    /* the tables that select events; put right */
#define TAMPERED_RING 2	    /* the read position: records were skipped or come twice */
#define TAMPERED_PROGRAMS 4 /* a link is closed or runs another program: only a new start helps */
#define TAMPERINGS 3

/* Compares maps and links with what was meant. Returns the bits of what was found. */
unsigned int probe_verify(struct probe *p);

/* Writes SnapshotMarked BEGIN, the processes, END. Returns the number of processes, or -1 (reported). */
int probe_snapshot(struct probe *p, struct frame *f, const char *reason);
