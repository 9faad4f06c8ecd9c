/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Maps, settings, and the life of a record: open, add parts, submit. Each processor builds its record in a scratch of its own
 * and copies it to the ring, because the length is known only at the end. Tracepoint programs run with preemption off, so one
 * scratch per processor is enough; `busy` proves it, and what would break it is counted, not lost in silence.
 */
#ifndef LANNER_STATE_H
#define LANNER_STATE_H

#include "kernel.h"
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "record.h"

/*
 * One field of a kernel struct, from a pointer of any origin. Two variants are built from one source: "portable" calls a helper
 * (zeroes the value when it fails; any kernel from 5.10), "typed" tells the verifier the type and loads directly (6.2 on; a bad
 * address reads as zero, too): half the cost of a path.
 */
#ifdef TYPED
extern void *bpf_rdonly_cast(const void *object, u32 type) __ksym;

#define READ(from, field)                                                                                \
	({                                                                                               \
		typeof(from) from_ = bpf_rdonly_cast((from), bpf_core_type_id_kernel(typeof(*(from))));  \
		from_->field;                                                                            \
	})
#else
#define READ(from, field)                                                          \
	({                                                                         \
		typeof(from) from_ = (from);                                       \
		typeof(from_->field) value_;                                       \
		bpf_core_read(&value_, sizeof(value_), &from_->field);             \
		value_;                                                            \
	})
#endif

/* Eight bytes of kernel memory at any address, by the type of a structure that is one number. Typed, it is a load; a helper costs ten times as much. */
#define WORD_AT(address) READ((struct rlimit *)(address), rlim_cur)

/* Keeps clang from proving a bound that the verifier cannot (it would drop the check). */
#define OPAQUE(x) asm volatile("" : "+r"(x))

/* Progress of a path walk. In map memory, not in registers: 300 instructions a name, else the verifier sees a million. */
struct walk {
	u64 dentry, mount, mount_root;
	u64 vfsmount;		   /* where the walk begins, with dentry */
	u64 end_dentry, end_mount; /* the process's root */
	u32 done, flags;
};

struct scratch {
	u32 busy;
	u32 used;  /* bytes of data in use; a multiple of 8 */
	u32 part;  /* offset of the open part */
	u32 limit; /* no part may start beyond this */
	u64 task;  /* whom path, descriptor and process facts are about */
	struct walk walk;
	u64 subject; /* kernel object that a global function is called for: they take scalars, typed pointers are none */
	u32 next;  /* write position of the walk */
	u8 seek;   /* words of names and paths are looked for */
	u8 set;	   /* in which filter set */
	u8 seen;   /* word sets of which a word was met; FILTER_ALWAYS */
	u8 host;   /* what was last found out about a process: it is outside of containers */
	u32 host_pid; /* 0 = none */
	u64 host_changes; /* cgroup_changes then */
	u64 hash[4];	  /* of the texts read so far (names.h) */
	u64 hashes;	  /* texts are hashed as they are read */
	u8 data[RECORD_BYTES_MAX + PART_BYTES_MAX + 512];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32 << 20); /* --ring-mb */
} ring SEC(".maps");

/* Not a per-CPU map: those stop at 32 KB a value. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); /* processors, set by the loader; the last is the iterator's */
	__type(key, u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

/* Set by the loader before load. */
const volatile u32 iterator_scratch = 0;   /* index of the scratch that iterators use */
const volatile u64 ring_reserve_mark = 0;  /* bytes waiting above which only process events are let in */
const volatile u64 hash_key[2] = {};	   /* random, so that nobody can choose two names of one hash */
const volatile u64 ring_wake_mark = 0;	   /* bytes waiting above which a sleeping loader is woken */

/* Number of the call that an operation of io_uring stands for; 0 = none. */
const volatile u16 ring_calls[RING_OPERATIONS_MAX] = {};

/* Their elements are one cache line each, and are to be in one. */
#define CACHE_LINES __attribute__((aligned(64)))

/* Written by the loader at any time, and compared with its own copy (probe.c: struct intended): others must not write here. */
struct call calls[TABLES * SYSCALLS_MAX] = {};
u8 interest[SYSCALLS_MAX] = {}; /* bit n: number is of interest in table n */
u8 report_environment = 0;
u8 report_data = 0;
u32 excluded[EXCLUDED_MAX] = {};
struct filter_set filter_sets[2] CACHE_LINES = {};
u32 filter_set = 0; /* which is in force */
struct cgroup_entry cgroups[CGROUPS_MAX] = {};
u64 rate_gap_ns = 0;   /* time that an event of a container takes of its allowance; 0 = no limit */
u64 rate_burst_ns = 0; /* so far it may run ahead */

/* Written here, read by the loader. */
struct processor_counters counters[CPUS_MAX] CACHE_LINES = {};
u32 loader_sleeps = 0;
struct bucket buckets[BUCKETS_MAX] = {};

/* Grows with everything that is learned of cgroups, here and by the loader. */
u64 cgroup_changes = 0;

static __always_inline struct processor_counters *processor_counters(void)
{
	u32 cpu = bpf_get_smp_processor_id();

	OPAQUE(cpu);
	return &counters[cpu & (CPUS_MAX - 1)];
}

static __always_inline void count_loss(enum loss_reason reason, bool process)
{
	struct processor_counters *c = processor_counters();

	c->lost[reason]++;
	if (process)
		c->lost_processes++;
}

static __always_inline struct scratch *scratch_at(u32 index)
{
	return bpf_map_lookup_elem(&scratches, &index);
}

/* The scratch of whoever runs: global functions take scalars only, so each looks it up again. */
static __always_inline struct scratch *scratch_of(u32 iterator)
{
	return scratch_at(iterator ? iterator_scratch : bpf_get_smp_processor_id());
}

/* Opens a part at the end of the record. NULL = no room; the record is marked as cut. */
static __always_inline void *part_open(struct scratch *s, u16 tag, u16 flags)
{
	u32 at = s->used;
	struct part *part;

	OPAQUE(at);
	if (at > RECORD_BYTES_MAX || at > s->limit) {
		((struct record *)s->data)->flags |= RECORD_CUT;
		return 0;
	}
	s->part = at;
	part = (struct part *)&s->data[at];
	part->tag = tag;
	part->flags = flags;
	part->bytes = 0;
	return part + 1;
}

static __always_inline void part_close(struct scratch *s, u32 bytes, u16 flags)
{
	u32 at = s->part;
	struct part *part;

	OPAQUE(at);
	if (at > RECORD_BYTES_MAX)
		return;
	part = (struct part *)&s->data[at];
	part->bytes = bytes;
	part->flags |= flags;
	s->used = (at + sizeof(struct part) + bytes + 7) & ~7u;
}

static __always_inline void mark(struct scratch *s, u16 flags)
{
	((struct record *)s->data)->flags |= flags;
}

/* As bpf_get_current_pid_tgid. */
static __always_inline u64 task_ids(struct task_struct *task)
{
#ifdef TYPED
	return (u64)(u32)READ(task, tgid) << 32 | (u32)READ(task, pid);
#else
	return bpf_get_current_pid_tgid();
#endif
}

static __always_inline struct record *record_open(struct scratch *s, enum record_kind kind, bool process)
{
	struct record *r = (struct record *)s->data;
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	u64 id = task_ids(task);

	if (s->busy) {
		count_loss(LOSS_SCRATCH_BUSY, process);
		return 0;
	}
	s->busy = 1;
	s->used = sizeof(*r);
	s->limit = RECORD_BYTES_MAX;
	s->seek = 0;
	s->hashes = 0;
	s->task = (u64)task;
	r->row = 0;
	r->kind = kind;
	r->flags = 0;
	r->cpu = bpf_get_smp_processor_id();
	r->tid = (u32)id;
	r->pid = id >> 32;
	r->number = 0;
	r->time = bpf_ktime_get_boot_ns();
	r->start = READ(READ(task, group_leader), start_boottime);
	r->result = 0;
	return r;
}

/*
 * Hands the record to the ring. Above the reserve mark only process events get in, so that a flood of opens cannot tear holes
 * into the process tree. No wake-up but one: when the loader sleeps and much is waiting (a wake-up costs the traced program 1 us).
 */
static __always_inline void record_submit(struct scratch *s, bool process)
{
	struct record *r = (struct record *)s->data;
	u64 waiting = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
	u64 wake = BPF_RB_NO_WAKEUP;
	u64 bytes = s->used;

	s->busy = 0;
	if (waiting > ring_reserve_mark && !process) {
		count_loss(LOSS_RING_FULL, false);
		return;
	}
	OPAQUE(bytes);
	if (bytes > RECORD_BYTES_MAX + PART_BYTES_MAX)
		return;
	r->bytes = bytes;
	if (waiting > ring_wake_mark && loader_sleeps) {
		loader_sleeps = 0;
		wake = BPF_RB_FORCE_WAKEUP;
	}
	if (bpf_ringbuf_output(&ring, r, bytes, wake))
		count_loss(process ? LOSS_RESERVE_FULL : LOSS_RING_FULL, process);
	else
		processor_counters()->submitted++;
}

#endif
