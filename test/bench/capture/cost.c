/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel side adds to a call. It is capture itself (its objects, but for main), which attaches and detaches its programs between
 * batches of about a millisecond, so that whatever disturbs the machine disturbs all states alike:
 *
 *   bare    nothing is attached
 *   floor   a program at sys_exit that returns at once: what any probe pays
 *   rules   the kernel side as it is run, with its filter
 *   every   without the filter: all calls of interest are reported
 *
 * Two accounts. By the caller's clock: nanoseconds a call, less those of bare, once of the best batches, once of the lower quartiles. By
 * the kernel's own (kernel.bpf_stats_enabled): time within the programs a call, less what the accounting itself takes (that of the floor's program),
 * the best batch. The second does not see what the kernel does around programs. "reported": share of the calls that made a record under rules.
 * Usage: cost ROUNDS [CAPTURE OPTIONS…] (cost.sh)
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "cgroups.h"
#include "cost-calls.h"
#include "probe_private.h"
#include "report.h"

#define ROUNDS_MAX 2000
#define KINDS_MAX 16
#define PROGRAMS 4

enum state { BARE, FLOOR, RULES, EVERY, STATES };

static struct probe *probe;
static struct frame frame;
static struct cgroup_watch cgroups;
static struct ring_buffer *ring;
static int floor_program, floor_link = -1;
static double clocked[STATES][KINDS_MAX][ROUNDS_MAX], accounted[STATES][KINDS_MAX][ROUNDS_MAX];
static double reported[KINDS_MAX];

static void on_cgroup(void *context, uint64_t cgroup, const char *container, size_t bytes)
{
	(void)context;
	cgroups_learn(&cgroups, probe, cgroup, container, bytes);
}

static int on_record(void *context, void *data, size_t bytes)
{
	struct parsed parsed;

	(void)context;
	if (parse_record(data, bytes, &parsed) && encode_record(frame_begin(&frame, (int64_t)parsed.record->time), &parsed))
		frame_end(&frame);
	return 0;
}

static int load_floor(void)
{
	struct bpf_insn nothing[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "floor", "GPL", nothing, 2, NULL);

	if (fd < 0)
		die(EXIT_CANNOT_RUN, "not-permitted", "run as root", "cannot load the program that does nothing");
	return fd;
}

static struct bpf_link **link_of(int i)
{
	struct capture_bpf *skel = probe->skel;
	struct bpf_link **links[PROGRAMS] = {&skel->links.on_sys_exit, &skel->links.on_exec, &skel->links.on_fork, &skel->links.on_exit};

	return links[i];
}

static const struct bpf_program *program(int i)
{
	struct capture_bpf *skel = probe->skel;
	const struct bpf_program *all[PROGRAMS] = {skel->progs.on_sys_exit, skel->progs.on_exec, skel->progs.on_fork, skel->progs.on_exit};

	return all[i];
}

static void enter(enum state state, const char *filter)
{
	if (floor_link >= 0)
		close(floor_link);
	floor_link = state == FLOOR ? bpf_raw_tracepoint_open("sys_exit", floor_program) : -1;
	for (int i = 0; i < PROGRAMS; i++) {
		struct bpf_link **link = link_of(i);

		if (state < RULES) {
			bpf_link__destroy(*link);
			*link = NULL;
		} else if (!*link) {
			*link = bpf_program__attach(program(i));
		}
	}
	if (state == RULES || state == EVERY)
		probe_filter(probe, state == RULES && filter ? filter : "");
}

struct account {
	double ns, runs;
};

static struct account account_of(int fd)
{
	struct bpf_prog_info info = {0};
	uint32_t bytes = sizeof(info);

	bpf_obj_get_info_by_fd(fd, &info, &bytes);
	return (struct account){(double)info.run_time_ns, (double)info.run_cnt};
}

static struct account account(enum state state)
{
	struct account sum = {0};

	if (state == FLOOR)
		return account_of(floor_program);
	for (int i = 0; i < PROGRAMS; i++) {
		struct account one = account_of(bpf_program__fd(program(i)));

		sum.ns += one.ns;
		sum.runs += one.runs;
	}
	return sum;
}

static uint64_t submitted(void)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < probe->processors; i++)
		sum += probe_counters(probe, i)->submitted;
	return sum;
}

static void empty_ring(void)
{
	ring_buffer__consume(ring);
	frame_flush(&frame);
}

static void clock_round(enum state state, unsigned int round)
{
	for (unsigned int kind = 0; kind < measured_count; kind++) {
		uint64_t before = submitted();

		clocked[state][kind][round] = caller_batch(kind);
		if (state == RULES)
			reported[kind] = (double)(submitted() - before) / caller_calls(kind);
		if (state >= RULES)
			empty_ring();
	}
}

/* What the accounting itself takes of a run: the best of all rounds, as others run meanwhile. */
static double accounting_ns = 1e9;

static void account_floor(void)
{
	struct account before = account(FLOOR), after;
	double run;

	caller_batch(0);
	after = account(FLOOR);
	run = (after.ns - before.ns) / (after.runs - before.runs);
	if (run < accounting_ns)
		accounting_ns = run;
}

static void account_round(enum state state, unsigned int round)
{
	for (unsigned int kind = 0; kind < measured_count; kind++) {
		struct account before = account(state), after;

		caller_batch(kind);
		after = account(state);
		accounted[state][kind][round] = (after.ns - before.ns - accounting_ns * (after.runs - before.runs)) / caller_calls(kind);
		if (state >= RULES)
			empty_ring();
	}
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void start(int count, char **values)
{
	static struct options options;

	parse_options(count, values, &options);
	probe = probe_open(&options);
	frame_init(&frame, open("/dev/null", O_WRONLY | O_CLOEXEC), options.batch_bytes);
	frame.encoder.environment = options.environment;
	frame.encoder.on_cgroup = on_cgroup;
	probe_attach(probe);
	ring = ring_buffer__new(probe_ring(probe), on_record, NULL, NULL);
	floor_program = load_floor();
	probe_snapshot(probe, &frame, "start"); /* tells which cgroup the caller is in */
	empty_ring();
}

static void print(unsigned int rounds)
{
	unsigned int quarter = rounds / 4;

	printf("%s, %u rounds; ns a call, best (lower quartile)\n", probe_variant(probe), rounds);
	printf("%-22s %17s  %17s  %17s  %17s   %9s %9s  %s\n", "", "bare", "floor", "rules", "every", "in rules", "in every", "reported");
	for (unsigned int kind = 0; kind < measured_count; kind++) {
		for (int state = 0; state < STATES; state++) {
			qsort(clocked[state][kind], rounds, sizeof(double), compare);
			qsort(accounted[state][kind], rounds, sizeof(double), compare);
		}
		printf("%-22s %8.1f (%6.0f)", measured[kind].name, clocked[BARE][kind][0], clocked[BARE][kind][quarter]);
		for (int state = FLOOR; state < STATES; state++)
			printf("  %+8.1f (%+6.0f)", clocked[state][kind][0] - clocked[BARE][kind][0], clocked[state][kind][quarter] - clocked[BARE][kind][quarter]);
		printf("   %9.1f %9.1f  %.0f %%\n", accounted[RULES][kind][0], accounted[EVERY][kind][0], reported[kind] * 100);
	}
}

int main(int count, char **values)
{
	unsigned int rounds = count > 1 ? (unsigned int)atoi(values[1]) : 0;
	const char *filter;
	int statistics;

	if (count == 1)
		return 0; /* the program that cost-calls.c executes */
	if (rounds < 4 || rounds > ROUNDS_MAX)
		die(EXIT_USAGE, "bad-option", "cost ROUNDS [CAPTURE OPTIONS…]", "rounds: %s is not a number from 4 to %d", values[1], ROUNDS_MAX);
	caller_start();
	start(count - 1, values + 1);
	filter = probe->options->filter;
	for (unsigned int round = 0; round < rounds; round++)
		for (int state = 0; state < STATES; state++) {
			enter(state, filter);
			clock_round(state, round);
		}
	statistics = bpf_enable_stats(BPF_STATS_RUN_TIME);
	enter(FLOOR, filter);
	for (unsigned int round = 0; round < rounds; round++)
		account_floor();
	for (unsigned int round = 0; round < rounds; round++)
		for (int state = RULES; state < STATES; state++) {
			enter(state, filter);
			account_round(state, round);
		}
	close(statistics);
	enter(BARE, filter);
	print(rounds);
	return 0;
}
