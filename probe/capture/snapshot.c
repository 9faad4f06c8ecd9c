/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "report.h"
#include "snapshot.h"

#define READ_BYTES (64u << 10) /* two page buffers of the iterator */

/* The command line as /proc shows it, as a part behind the record. The record's own copy must have room for it. */
static void add_command_line(struct record *r, size_t room)
{
	struct part *part = (struct part *)((char *)r + r->bytes);
	char name[32];
	ssize_t bytes;
	int fd;

	snprintf(name, sizeof(name), "/proc/%u/cmdline", r->pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	bytes = room > sizeof(*part) ? read(fd, part + 1, room - sizeof(*part) - 8) : -1;
	close(fd);
	if (bytes <= 0)
		return;
	part->tag = PART_ARGS;
	part->flags = 0;
	part->bytes = (uint32_t)bytes;
	r->bytes += (uint32_t)((sizeof(*part) + (size_t)bytes + 7) & ~(size_t)7);
}

static bool put_one(struct record *r, struct frame *f)
{
	static uint64_t copy[(SNAPSHOT_RECORD_MAX + SNAPSHOT_ARGS_MAX + 64) / 8];
	struct parsed parsed;
	struct encoder *e;

	memcpy(copy, r, r->bytes);
	r = (struct record *)copy;
	if (!parse_record(r, r->bytes, &parsed))
		return false;
	if (!parsed.parts[PART_ARGS] && !(r->flags & RECORD_KERNEL_THREAD)) {
		add_command_line(r, sizeof(copy) - r->bytes);
		if (!parse_record(r, r->bytes, &parsed))
			return false;
	}
	e = frame_begin(f, (int64_t)r->time);
	if (!encode_record(e, &parsed))
		return false;
	frame_end(f);
	return true;
}

int snapshot_read(int fd, struct frame *f)
{
	static char buffer[READ_BYTES] __attribute__((aligned(8)));
	size_t used = 0;
	int count = 0;

	for (;;) {
		ssize_t bytes = read(fd, buffer + used, sizeof(buffer) - used);
		size_t at = 0;

		if (bytes < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (bytes < 0)
			report("error", "snapshot-cut", "some processes are not known", "the list of processes ended early: %s", strerror(errno));
		if (bytes <= 0)
			return count;
		used += (size_t)bytes;
		while (used - at >= sizeof(struct record)) {
			struct record *r = (struct record *)(buffer + at);

			if (r->bytes < sizeof(*r) || r->bytes > SNAPSHOT_RECORD_MAX)
				return count; /* cannot be: the kernel side bounds it */
			if (used - at < r->bytes)
				break;
			count += put_one(r, f);
			at += r->bytes;
		}
		memmove(buffer, buffer + at, used - at);
		used -= at;
	}
}
