/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: open → set → load → attach → poll → close, in one thread. Takes no input but its arguments and, with --control, lines
 * that change what it looks at.
 *
 * Order of what it writes: ProbeStarted, the snapshot of what already runs, events. It attaches before the snapshot, so nothing
 * falls between the two: what happened meanwhile waits in the ring and comes after it. It ends with ProbeStopped.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "cgroups.h"
#include "control.h"
#include "integrity.h"
#include "loss.h"
#include "privileges.h"
#include "report.h"
#include "seccomp.h"

#define MILLISECOND 1000000LL
/* With a long --linger-ms, too, time is looked at. */
#define WAIT_MAX_MS 50
#define TYPES_MAX 512

struct capture {
	struct options options;
	struct probe *probe;
	struct ring_buffer *ring;
	struct frame frame;
	struct loss_watch losses;
	struct tamper_watch tampering;
	struct control control;
	struct cgroup_watch cgroups;
	int64_t started_ns, heartbeat_ns, ticked_ns;
	uint64_t position; /* of the ring, after our last look */
	unsigned int records;
	bool snapshot_due;
};

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
	stopping = number;
}

static void tick(struct capture *c, int64_t now);

/* A flood may keep the ring from ever being empty: time is looked at every so many records. */
#define RECORDS_BETWEEN_TICKS 4096

static int on_record(void *context, void *data, size_t bytes)
{
	struct capture *c = context;
	struct parsed parsed;
	struct encoder *e;

	if (!parse_record(data, bytes, &parsed)) {
		c->losses.total.undecodable++;
		return 0;
	}
	e = frame_begin(&c->frame, (int64_t)parsed.record->time);
	if (encode_record(e, &parsed))
		frame_end(&c->frame);
	else
		c->losses.total.undecodable++;
	if (++c->records % RECORDS_BETWEEN_TICKS == 0)
		tick(c, boot_ns());
	return c->frame.closed || stopping || c->tampering.fatal ? -ECANCELED : 0;
}

static bool finished(const struct capture *c, int64_t now)
{
	if (stopping || c->frame.closed || c->tampering.fatal)
		return true;
	if (c->options.count && c->frame.written >= c->options.count)
		return true;
	return c->options.seconds && now - c->started_ns >= c->options.seconds * 1000 * MILLISECOND;
}

static void tick(struct capture *c, int64_t now)
{
	c->snapshot_due |= tamper_check(&c->tampering, c->probe, &c->frame, now, false);
	if (now >= c->heartbeat_ns) {
		put_heartbeat(&c->frame, &c->options, &c->losses.total, probe_waiting(c->probe), probe_syscalls(c->probe));
		c->heartbeat_ns = now + c->options.heartbeat_ms * MILLISECOND;
	}
	c->snapshot_due |= cgroups_check(&c->cgroups, c->probe, &c->frame, &c->losses.total, now, false);
	c->snapshot_due |= loss_check(&c->losses, c->probe, &c->frame, now, false);
	if (c->frame.events && now - c->frame.first_ns >= c->options.linger_ms * MILLISECOND)
		frame_flush(&c->frame);
}

/*
 * Until the frame must go, for its first event has waited as long as it may; with an empty one as long as a first event may. Nobody could
 * be told earlier, so looking more often would cost and gain nothing; much that waits in the ring ends the sleep (ring_wake_mark).
 */
static int wait_ms(const struct capture *c, int64_t now)
{
	int64_t left = c->options.linger_ms - (c->frame.events ? (now - c->frame.first_ns) / MILLISECOND : 0);

	return left < 1 ? 1 : left > WAIT_MAX_MS ? WAIT_MAX_MS : (int)left;
}

static void change_calls(struct capture *c, const char *names)
{
	char unknown[64];

	switch (probe_select(c->probe, names, unknown, sizeof(unknown))) {
	case CHANGE_DONE:
		report("info", "calls-changed", "", "%u system calls are of interest now", probe_syscalls(c->probe));
		break;
	case CHANGE_UNKNOWN_CALL:
		report("warn", "control-refused", "names are those of system calls, or default, or all", "syscalls: unknown system call %s", unknown);
		break;
	case CHANGE_NEEDS_RESTART:
		report("warn", "restart-needed", "start it again with the new --syscalls", "calls reported when they begin cannot be added while running");
		break;
	}
}

static void change_environment(struct capture *c, const char *names)
{
	static char copy[CONTROL_LINE_MAX];

	snprintf(copy, sizeof(copy), "%s", names);
	c->frame.encoder.environment = *copy ? copy : NULL;
	probe_report_environment(c->probe, *copy != 0);
	report("info", "environment-changed", "", "variables of interest: %s", *copy ? copy : "none");
}

static void change_data(struct capture *c, const char *word)
{
	bool wanted = strcmp(word, "on") == 0;

	if (!wanted && strcmp(word, "off") != 0) {
		report("warn", "control-refused", "send: data on, or data off", "data: %.32s is neither on nor off", word);
		return;
	}
	probe_report_data(c->probe, wanted);
	report("info", "data-changed", "", "what calls read and write is %s", wanted ? "reported" : "not reported");
}

static void change_filter(struct capture *c, const char *text)
{
	if (probe_filter(c->probe, text))
		report("info", "filter-changed", "", "%s", *text ? "events that no rule can match are left out" : "all events are reported");
	else
		report("warn", "control-refused", "capture/filter.h says how it is written", "filter: not a filter: %.80s", text);
}

static void on_cgroup(void *context, uint64_t cgroup, const char *container, size_t bytes)
{
	struct capture *c = context;

	cgroups_learn(&c->cgroups, c->probe, cgroup, container, bytes);
}

static void on_control(void *context, const char *word, const char *rest)
{
	if (strcmp(word, "syscalls") == 0)
		change_calls(context, rest);
	else if (strcmp(word, "env") == 0)
		change_environment(context, rest);
	else if (strcmp(word, "data") == 0)
		change_data(context, rest);
	else if (strcmp(word, "filter") == 0)
		change_filter(context, rest);
	else if (strcmp(word, "snapshot") == 0)
		((struct capture *)context)->snapshot_due = true;
	else
		report("warn", "control-refused", "send: syscalls LIST, env LIST, data on|off, filter TEXT, or snapshot", "unknown word %.32s", word);
}

/* Nobody else may have read from the ring since our last look: what they took, or gave back, is not what happened. */
static int consume(struct capture *c)
{
	bool moved = probe_position(c->probe) != c->position;
	int count = ring_buffer__consume(c->ring);

	c->position = probe_position(c->probe);
	if (moved)
		c->snapshot_due |= tamper_check(&c->tampering, c->probe, &c->frame, boot_ns(), true);
	return count;
}

static void run(struct capture *c)
{
	struct epoll_event event;
	int epoll = ring_buffer__epoll_fd(c->ring);

	while (!finished(c, boot_ns())) {
		int woken, count = consume(c);

		tick(c, boot_ns());
		if (c->snapshot_due && count >= 0 && !c->tampering.fatal) {
			/* Only with the ring just emptied: an older exec after the snapshot would undo what it says. */
			probe_snapshot(c->probe, &c->frame, "loss");
			c->snapshot_due = false;
		}
		probe_sleeps(c->probe, true);
		woken = epoll_wait(epoll, &event, 1, wait_ms(c, boot_ns()));
		probe_sleeps(c->probe, false);
		if (woken > 0)
			control_read(&c->control, epoll, on_control, c);
	}
}

static void start(struct capture *c)
{
	uint16_t types[TYPES_MAX];

	keep_loading_privileges();
	c->probe = probe_open(&c->options);
	frame_init(&c->frame, STDOUT_FILENO, c->options.batch_bytes);
	c->frame.encoder.environment = c->options.environment;
	c->frame.encoder.on_cgroup = on_cgroup;
	c->frame.encoder.context = c;
	probe_attach(c->probe);
	c->ring = ring_buffer__new(probe_ring(c->probe), on_record, c, NULL);
	if (!c->ring)
		die(EXIT_CANNOT_RUN, "ring-failed", "", "cannot map the ring: %s", strerror(errno));
	drop_privileges();
	die_with_parent();
	put_started(&c->frame, &c->options, probe_variant(c->probe), types, probe_types(c->probe, types, TYPES_MAX));
	if (c->options.control)
		control_open(&c->control, ring_buffer__epoll_fd(c->ring));
	allow_few_calls();
	if (c->options.snapshot)
		probe_snapshot(c->probe, &c->frame, "start");
	frame_flush(&c->frame);
	c->started_ns = boot_ns();
	c->heartbeat_ns = c->started_ns;
	loss_start(&c->losses, c->started_ns);
}

static const char *stop_reason(const struct capture *c)
{
	if (stopping)
		return stopping == SIGINT ? "SIGINT" : "SIGTERM";
	if (c->frame.closed)
		return "output closed";
	return c->tampering.fatal ? "tampered with" : "limit reached";
}

/* What still waits in the ring is written, then the losses, then the end. */
static int stop(struct capture *c)
{
	const char *reason = stop_reason(c);
	int code = c->tampering.fatal ? EXIT_TAMPERED : 0;

	stopping = 0;
	c->tampering.fatal = false;
	ring_buffer__consume(c->ring);
	cgroups_check(&c->cgroups, c->probe, &c->frame, &c->losses.total, boot_ns(), true);
	loss_check(&c->losses, c->probe, &c->frame, boot_ns(), true);
	put_heartbeat(&c->frame, &c->options, &c->losses.total, probe_waiting(c->probe), probe_syscalls(c->probe));
	put_stopped(&c->frame, reason);
	frame_flush(&c->frame);
	ring_buffer__free(c->ring);
	probe_close(c->probe);
	return code;
}

int main(int argc, char **argv)
{
	static struct capture c;

	parse_options(argc, argv, &c.options);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	die_with_parent();
	start(&c);
	run(&c);
	return stop(&c);
}
