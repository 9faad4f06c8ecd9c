/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames on standard output (layout: probe/README.md). Events are encoded right into the frame's buffer; a frame goes out when
 * it is full or has lingered. A slow reader blocks the write: the ring is the buffer, and what does not fit there is counted.
 */
#pragma once
#include "encode.h"

struct frame {
	struct encoder encoder;
	uint32_t events;
	uint64_t sequence;     /* of the first event of the frame */
	int64_t first_ns;      /* CLOCK_BOOTTIME of the first event; 0 = empty */
	int64_t clock_set_ns;  /* when the offset of the clocks was measured */
	int32_t utc_offset;
	uint64_t written;      /* events since start */
	uint64_t lost, filtered; /* for the header */
	size_t batch_bytes;
	int fd;
	bool closed;	       /* the reader has gone */
};

int64_t boot_ns(void);
uint64_t cpu_us(void);

void frame_init(struct frame *f, int fd, size_t batch_bytes);

/* Encoder with room for one event. boot is the event's time. Flushes first when the frame is full. */
struct encoder *frame_begin(struct frame *f, int64_t boot);
void frame_end(struct frame *f);

/* Writes the frame if it has events. */
void frame_flush(struct frame *f);
