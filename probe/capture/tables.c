/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables that decide what the kernel side reports: written at the start and at any time later, while its programs read them without a lock.
 * Each has a copy here, by which is found what others wrote there.
 */
#include <sys/stat.h>
#include <unistd.h>
#include "filter.h"
#include "probe_private.h"
#include "report.h"

#define FIRST_PID_NAMESPACE 0xEFFFFFFCu /* PROC_PID_INIT_INO */
#define SECOND_NS 1000000000ULL
#define BURST_TIMES 10

bool at_entry(const uint8_t *interest)
{
	bool entry = false;

	for (unsigned int i = 0; i < SYSCALLS_MAX; i++)
		entry |= interest[i] >> 4;
	return entry;
}

/*
 * The kernel side knows processes by their number in the first pid namespace. From within another one the numbers here would
 * be other processes there, which would be a blind spot: then nothing is excluded.
 */
static void exclude(struct probe *p)
{
	uint32_t *excluded = p->skel->bss->excluded;
	struct stat namespace;

	if (stat("/proc/self/ns/pid", &namespace) != 0 || namespace.st_ino != FIRST_PID_NAMESPACE) {
		report("warn", "not-excluded", "run it in the pid namespace of the host (docker: --pid=host; Kubernetes: hostPID)",
		       "Lanner's own file and socket events cannot be left out from within another pid namespace");
		return;
	}
	memcpy(excluded, p->options->excluded, sizeof(p->options->excluded));
	excluded[EXCLUDED_MAX - 1] = (uint32_t)getpid();
}

static void remember(struct probe *p)
{
	const struct capture_bpf__bss *bss = p->skel->bss;

	memcpy(p->intended.calls, bss->calls, sizeof(bss->calls));
	memcpy(p->intended.interest, bss->interest, sizeof(bss->interest));
	memcpy(p->intended.excluded, bss->excluded, sizeof(bss->excluded));
	p->intended.report_environment = bss->report_environment;
	p->intended.report_data = bss->report_data;
	memcpy(p->intended.filter_sets, bss->filter_sets, sizeof(bss->filter_sets));
	p->intended.filter_set = bss->filter_set;
	p->intended.rate_gap_ns = bss->rate_gap_ns;
	p->intended.rate_burst_ns = bss->rate_burst_ns;
}

/* An allowance of so many events a second, of which some may come at once. */
static void set_rate(struct probe *p)
{
	struct capture_bpf__bss *bss = p->skel->bss;
	const struct options *o = p->options;
	uint64_t burst = o->rate_burst ? o->rate_burst : (uint64_t)o->rate_events * BURST_TIMES;

	if (o->rate_events == 0)
		return;
	bss->rate_gap_ns = SECOND_NS / o->rate_events;
	bss->rate_burst_ns = bss->rate_gap_ns * (burst - 1);
}

void set_tables(struct probe *p)
{
	struct capture_bpf *skel = p->skel;
	const struct options *o = p->options;
	char unknown[64];

	skel->bss->report_environment = o->environment != NULL;
	skel->bss->report_data = o->data;
	if (select_calls(o->syscalls, skel->bss->calls, skel->bss->interest, unknown, sizeof(unknown)) < 0)
		die(EXIT_USAGE, "bad-option", "names are those of system calls, or default, or all", "--syscalls: unknown system call %s",
		    unknown);
	memcpy(p->selected, skel->bss->calls, sizeof(p->selected));
	exclude(p);
	set_rate(p);
	if (o->filter && !parse_filter(o->filter, &skel->bss->filter_sets[0]))
		die(EXIT_USAGE, "bad-option", "capture/filter.h says how a filter is written", "--filter: not a filter: %.80s", o->filter);
	remember(p);
}

static void publish_interest(struct probe *p)
{
	for (unsigned int i = 0; i < SYSCALLS_MAX; i++)
		__atomic_store_n(&p->skel->bss->interest[i], p->intended.interest[i], __ATOMIC_RELEASE);
}

/*
 * Programs run meanwhile and read a row without a lock. So a row is written before its interest bit, and the row of a call that is
 * no longer wanted stays as it is, only its bit goes. (Calls behind i386's socketcall have no bit: those go on being reported.)
 */
enum change probe_select(struct probe *p, const char *names, char *unknown, unsigned int unknown_size)
{
	static struct call calls[TABLES * SYSCALLS_MAX];
	uint8_t interest[SYSCALLS_MAX] = {0};

	memset(calls, 0, sizeof(calls));
	if (select_calls(names, calls, interest, unknown, unknown_size) < 0)
		return CHANGE_UNKNOWN_CALL;
	if (at_entry(interest) && !p->entry)
		return CHANGE_NEEDS_RESTART;
	for (unsigned int i = 0; i < TABLES * SYSCALLS_MAX; i++)
		if (calls[i].row && !p->intended.calls[i].row)
			p->intended.calls[i] = p->skel->bss->calls[i] = calls[i];
	memcpy(p->intended.interest, interest, sizeof(interest));
	publish_interest(p);
	memcpy(p->selected, calls, sizeof(calls));
	return CHANGE_DONE;
}

void probe_report_environment(struct probe *p, bool wanted)
{
	p->intended.report_environment = wanted;
	__atomic_store_n(&p->skel->bss->report_environment, wanted, __ATOMIC_RELEASE);
}

void probe_report_data(struct probe *p, bool wanted)
{
	p->intended.report_data = wanted;
	__atomic_store_n(&p->skel->bss->report_data, wanted, __ATOMIC_RELEASE);
}

/* The set that is not in force is filled, then the number of the one in force changes: a call sees the one or the other. */
bool probe_filter(struct probe *p, const char *text)
{
	struct capture_bpf__bss *bss = p->skel->bss;
	uint32_t next = !p->intended.filter_set;
	struct filter_set *to = &p->intended.filter_sets[next];

	if (!parse_filter(text, to)) {
		*to = bss->filter_sets[next];
		return false;
	}
	bss->filter_sets[next] = *to;
	p->intended.filter_set = next;
	__atomic_store_n(&bss->filter_set, next, __ATOMIC_RELEASE);
	return true;
}

struct cgroup_entry *probe_cgroups(struct probe *p)
{
	return p->intended.cgroups;
}

/* The kernel side looks for the id: it is written last. */
void probe_tell_cgroup(struct probe *p, struct cgroup_entry *place, const struct cgroup_entry *entry)
{
	struct cgroup_entry *theirs = &p->skel->bss->cgroups[place - p->intended.cgroups];

	*place = *entry;
	theirs->kind = entry->kind;
	theirs->bucket = entry->bucket;
	__atomic_store_n(&theirs->id, entry->id, __ATOMIC_RELEASE);
	__atomic_fetch_add(&p->skel->bss->cgroup_changes, 1, __ATOMIC_RELEASE);
}

void probe_forget_cgroups(struct probe *p)
{
	struct capture_bpf__bss *bss = p->skel->bss;

	for (unsigned int i = 0; i < CGROUPS_MAX; i++)
		__atomic_store_n(&bss->cgroups[i].id, 0, __ATOMIC_RELEASE);
	memset(p->intended.cgroups, 0, sizeof(p->intended.cgroups));
	memset(bss->cgroups, 0, sizeof(bss->cgroups));
	memset(bss->buckets, 0, sizeof(bss->buckets));
}

uint64_t probe_held(const struct probe *p, unsigned int bucket)
{
	return __atomic_load_n(&p->skel->bss->buckets[bucket].held, __ATOMIC_RELAXED);
}

static bool same_filters(const struct capture_bpf__bss *bss, const struct intended *intended)
{
	return bss->filter_set == intended->filter_set && memcmp(bss->filter_sets, intended->filter_sets, sizeof(bss->filter_sets)) == 0 &&
	       memcmp(bss->cgroups, intended->cgroups, sizeof(bss->cgroups)) == 0 && bss->rate_gap_ns == intended->rate_gap_ns &&
	       bss->rate_burst_ns == intended->rate_burst_ns;
}

/* Rows before interest, as in probe_select. True when anything was not as meant. */
bool repair_tables(struct probe *p)
{
	struct capture_bpf__bss *bss = p->skel->bss;
	const struct intended *intended = &p->intended;

	if (memcmp(bss->calls, intended->calls, sizeof(bss->calls)) == 0 && memcmp(bss->interest, intended->interest, sizeof(bss->interest)) == 0 &&
	    memcmp(bss->excluded, intended->excluded, sizeof(bss->excluded)) == 0 && bss->report_environment == intended->report_environment &&
	    bss->report_data == intended->report_data && same_filters(bss, intended))
		return false;
	memcpy(bss->calls, intended->calls, sizeof(bss->calls));
	memcpy(bss->excluded, intended->excluded, sizeof(bss->excluded));
	memcpy(bss->filter_sets, intended->filter_sets, sizeof(bss->filter_sets));
	memcpy(bss->cgroups, intended->cgroups, sizeof(bss->cgroups));
	__atomic_store_n(&bss->filter_set, intended->filter_set, __ATOMIC_RELEASE);
	bss->rate_gap_ns = intended->rate_gap_ns;
	bss->rate_burst_ns = intended->rate_burst_ns;
	__atomic_store_n(&bss->report_environment, intended->report_environment, __ATOMIC_RELEASE);
	__atomic_store_n(&bss->report_data, intended->report_data, __ATOMIC_RELEASE);
	publish_interest(p);
	return true;
}
