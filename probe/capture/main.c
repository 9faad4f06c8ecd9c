/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capture: open → set → load → attach → poll → close. One thread. Takes no input but its arguments.
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "skeleton.h"
#include "frame.h"
#include "options.h"
#include "report.h"

#define VERSION "0.1.0"
#define MILLISECOND 1000000LL
#define POLL_MIN_MS 5
#define POLL_MAX_MS 20

struct capture {
	struct options options;
	struct capture_bpf *skel;
	struct ring_buffer *ring;
	struct frame frame;
	int processors;
	int64_t started_ns, heartbeat_ns;
};

static volatile sig_atomic_t stopping;

static void on_signal(int number)
{
	stopping = number;
}

static int on_record(void *context, void *data, size_t bytes)
{
	struct capture *c = context;
	struct parsed parsed;
	struct encoder *e;

	if (!parse_record(data, bytes, &parsed))
		return 0;
	e = frame_begin(&c->frame, (int64_t)parsed.record->time);
	if (encode_record(e, &parsed))
		frame_end(&c->frame);
	return c->frame.closed ? -EPIPE : 0;
}

static void put_started(struct capture *c)
{
	int64_t now = boot_ns();
	struct encoder *e = frame_begin(&c->frame, now);
	struct utsname names;
	uint16_t types[TABLES * SYSCALLS_MAX];
	unsigned int count = selected_types(c->skel->bss->calls, types, sizeof(types) / sizeof(types[0]));

	uname(&names);
	put_own_header(e, FAMILY_ProbeStarted, TYPE_probe, now + e->clock_ns);
	put_string(&e->out, VERSION);
	put_string(&e->out, names.release);
	put_string(&e->out, names.machine);
	put_string(&e->out, "portable");
	put_long(&e->out, count);
	for (unsigned int i = 0; i < count; i++)
		put_long(&e->out, types[i]);
	if (count)
		put_empty(&e->out);
	put_long(&e->out, c->options.restarts);
	frame_end(&c->frame);
}

static void put_stopped(struct capture *c, const char *reason)
{
	int64_t now = boot_ns();
	struct encoder *e = frame_begin(&c->frame, now);

	put_own_header(e, FAMILY_ProbeStopped, TYPE_probe, now + e->clock_ns);
	put_string(&e->out, reason);
	frame_end(&c->frame);
}

static void put_heartbeat(struct capture *c, int64_t now)
{
	struct encoder *e = frame_begin(&c->frame, now);
	struct buffer *b = &e->out;

	put_own_header(e, FAMILY_Heartbeat, TYPE_heartbeat, now + e->clock_ns);
	put_long(b, (int64_t)c->frame.written);
	put_empty(b);
	put_long(b, (int64_t)c->options.ring_mb << 20);
	put_long(b, 0);
	put_long(b, (int64_t)cpu_us());
	put_long(b, c->options.heartbeat_ms);
	put_long(b, 0);
	frame_end(&c->frame);
}

static void open_and_load(struct capture *c)
{
	struct capture_bpf *skel = capture_bpf__open();
	char unknown[64];
	int error;

	if (!skel)
		die(EXIT_CANNOT_RUN, "open-failed", "", "cannot open the probe: %s", strerror(errno));
	c->skel = skel;
	c->processors = libbpf_num_possible_cpus();
	bpf_map__set_max_entries(skel->maps.ring, c->options.ring_mb << 20);
	bpf_map__set_max_entries(skel->maps.scratches, (unsigned int)c->processors + 1);
	skel->rodata->iterator_scratch = (unsigned int)c->processors;
	skel->rodata->ring_reserve_mark = ((uint64_t)c->options.ring_mb << 20) / 4 * 3;
	skel->rodata->ring_wake_mark = 256 << 10;
	skel->rodata->report_environment = c->options.environment != NULL;
	if (select_calls(c->options.syscalls, skel->bss->calls, skel->bss->interest, unknown, sizeof(unknown)) < 0)
		die(EXIT_USAGE, "bad-option", "names are those of the system calls", "--syscalls: unknown system call %s", unknown);
	memcpy(skel->bss->excluded, c->options.excluded, sizeof(c->options.excluded));
	skel->bss->excluded[EXCLUDED_MAX - 1] = (uint32_t)getpid();
	error = capture_bpf__load(skel);
	if (error)
		die(EXIT_CANNOT_RUN, "load-failed", "", "cannot load the probe: %s", strerror(-error));
}

static void attach(struct capture *c)
{
	int error = capture_bpf__attach(c->skel);

	if (error)
		die(EXIT_CANNOT_RUN, "attach-failed", "", "cannot attach the probe: %s", strerror(-error));
	c->ring = ring_buffer__new(bpf_map__fd(c->skel->maps.ring), on_record, c, NULL);
	if (!c->ring)
		die(EXIT_CANNOT_RUN, "ring-failed", "", "cannot map the ring: %s", strerror(errno));
}

static bool finished(const struct capture *c, int64_t now)
{
	if (stopping || c->frame.closed)
		return true;
	if (c->options.count && c->frame.written >= c->options.count)
		return true;
	return c->options.seconds && now - c->started_ns >= c->options.seconds * 1000 * MILLISECOND;
}

static void tick(struct capture *c, int64_t now)
{
	if (now >= c->heartbeat_ns) {
		put_heartbeat(c, now);
		c->heartbeat_ns = now + c->options.heartbeat_ms * MILLISECOND;
	}
	if (c->frame.events && now - c->frame.opened_ns >= c->options.linger_ms * MILLISECOND)
		frame_flush(&c->frame);
}

static void run(struct capture *c)
{
	int wait_ms = POLL_MIN_MS;
	struct epoll_event event;
	int epoll = ring_buffer__epoll_fd(c->ring);

	c->started_ns = boot_ns();
	c->heartbeat_ns = c->started_ns;
	while (!finished(c, boot_ns())) {
		int count = ring_buffer__consume(c->ring);

		tick(c, boot_ns());
		wait_ms = count > 0 ? POLL_MIN_MS : wait_ms < POLL_MAX_MS ? wait_ms + POLL_MIN_MS : POLL_MAX_MS;
		c->skel->bss->loader_sleeps = 1;
		epoll_wait(epoll, &event, 1, wait_ms);
		c->skel->bss->loader_sleeps = 0;
	}
}

int main(int argc, char **argv)
{
	static struct capture c;

	parse_options(argc, argv, &c.options);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	open_and_load(&c);
	frame_init(&c.frame, STDOUT_FILENO, c.options.batch_bytes);
	c.frame.encoder.environment = c.options.environment;
	put_started(&c);
	attach(&c);
	run(&c);
	ring_buffer__consume(c.ring);
	put_stopped(&c, stopping == SIGINT ? "SIGINT" : stopping ? "SIGTERM" : c.frame.closed ? "output closed" : "limit reached");
	frame_flush(&c.frame);
	ring_buffer__free(c.ring);
	capture_bpf__destroy(c.skel);
	return 0;
}
