/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "frame.h"

#define FRAME_MAGIC 0x31524e4cu /* LNR1 */
#define FRAME_VERSION 1
#define FRAME_HEADER_BYTES 64
#define SECOND 1000000000LL
#define CLOCK_EVERY (SECOND / 2) /* the wall clock may be set or slewed at any time */
#define OUTPUT_BYTES (1 << 20)	 /* the most an ordinary user may ask of a pipe */
#define SEQUENCE_UNIT 256	 /* nanoseconds of CLOCK_BOOTTIME: a restart never reuses a number below 3.9 M events/s */

struct frame_header {
	uint32_t magic;
	uint16_t version, header_bytes;
	uint32_t events, body_bytes;
	uint64_t sequence;
	int64_t base_s;
	uint32_t base_ns;
	int32_t utc_offset;
	uint64_t lost, cpu_us, filtered;
};
_Static_assert(sizeof(struct frame_header) == FRAME_HEADER_BYTES, "frame header");

static int64_t clock_now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * SECOND + t.tv_nsec;
}

int64_t boot_ns(void)
{
	return clock_now(CLOCK_BOOTTIME);
}

uint64_t cpu_us(void)
{
	return (uint64_t)(clock_now(CLOCK_PROCESS_CPUTIME_ID) / 1000);
}

/* The two clocks are read close together: the best of three pairs. */
static void measure_clock(struct frame *f, int64_t now)
{
	int64_t best = INT64_MAX;
	struct tm local;
	time_t seconds;

	for (int i = 0; i < 3; i++) {
		int64_t before = boot_ns();
		int64_t wall = clock_now(CLOCK_REALTIME);
		int64_t after = boot_ns();

		if (after - before < best) {
			best = after - before;
			f->encoder.clock_ns = wall - before - best / 2;
		}
	}
	f->clock_set_ns = now;
	seconds = (time_t)((now + f->encoder.clock_ns) / SECOND);
	localtime_r(&seconds, &local);
	f->utc_offset = (int32_t)local.tm_gmtoff;
}

/* Room between us and the reader, so that its pauses do not stop us from emptying the ring. One of the two applies. */
static void widen(int fd)
{
	int bytes = OUTPUT_BYTES;

	fcntl(fd, F_SETPIPE_SZ, bytes);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

void frame_init(struct frame *f, int fd, size_t batch_bytes)
{
	memset(f, 0, sizeof(*f));
	f->fd = fd;
	f->batch_bytes = batch_bytes;
	f->encoder.out.size = FRAME_HEADER_BYTES + batch_bytes + EVENT_BYTES_MAX;
	f->encoder.out.data = malloc(f->encoder.out.size);
	if (!f->encoder.out.data)
		abort();
	f->encoder.out.used = FRAME_HEADER_BYTES;
	widen(fd);
	f->sequence = (uint64_t)boot_ns() / SEQUENCE_UNIT;
	measure_clock(f, boot_ns());
}

struct encoder *frame_begin(struct frame *f, int64_t boot)
{
	if (f->encoder.out.used - FRAME_HEADER_BYTES >= f->batch_bytes)
		frame_flush(f);
	if (f->events == 0) {
		int64_t now = boot_ns();

		f->first_ns = boot;
		if (now - f->clock_set_ns > CLOCK_EVERY)
			measure_clock(f, now);
		f->encoder.base_ns = boot + f->encoder.clock_ns;
	}
	return &f->encoder;
}

void frame_end(struct frame *f)
{
	assert(f->encoder.out.used <= f->encoder.out.size);
	f->events++;
	f->written++;
}

static void write_all(struct frame *f, const uint8_t *from, size_t bytes)
{
	while (bytes > 0 && !f->closed) {
		ssize_t done = write(f->fd, from, bytes);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0 && errno == EAGAIN) {
			/* Whoever made the pipe may have set it to non-blocking. */
			struct pollfd wait = {.fd = f->fd, .events = POLLOUT};

			poll(&wait, 1, -1);
			continue;
		}
		if (done < 0) {
			f->closed = true;
			return;
		}
		from += done;
		bytes -= (size_t)done;
	}
}

void frame_flush(struct frame *f)
{
	struct encoder *e = &f->encoder;
	struct frame_header header = {
		.magic = FRAME_MAGIC,
		.version = FRAME_VERSION,
		.header_bytes = FRAME_HEADER_BYTES,
		.events = f->events,
		.body_bytes = (uint32_t)(e->out.used - FRAME_HEADER_BYTES),
		.sequence = f->sequence,
		.base_s = e->base_ns / SECOND,
		.base_ns = (uint32_t)(e->base_ns % SECOND),
		.utc_offset = f->utc_offset,
		.lost = f->lost,
		.cpu_us = cpu_us(),
		.filtered = f->filtered,
	};

	if (f->events == 0)
		return;
	memcpy(e->out.data, &header, sizeof(header));
	write_all(f, e->out.data, e->out.used);
	f->sequence += f->events;
	f->events = 0;
	f->first_ns = 0;
	e->out.used = FRAME_HEADER_BYTES;
}
