/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Avro binary encoding into a buffer that is known to have room: whoever begins an event makes sure of EVENT_BYTES_MAX.
 */
#pragma once
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* No event is larger: a record holds at most 98 KB, and paths made from it four times 8 KB. */
#define EVENT_BYTES_MAX (512u << 10)

#define PAGE_KB 4 /* x86-64 has no other */

struct buffer {
	uint8_t *data;
	size_t used, size;
};

/* int and long have one encoding: zig-zag, seven bits a byte. */
static inline void put_long(struct buffer *b, int64_t value)
{
	uint64_t rest = ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
	uint8_t *at = b->data + b->used;

	while (rest > 127) {
		*at++ = (uint8_t)(rest | 128);
		rest >>= 7;
	}
	*at++ = (uint8_t)rest;
	b->used = (size_t)(at - b->data);
}

static inline void put_bool(struct buffer *b, bool value)
{
	b->data[b->used++] = value;
}

static inline void put_bytes(struct buffer *b, const void *from, size_t bytes)
{
	put_long(b, (int64_t)bytes);
	memcpy(b->data + b->used, from, bytes);
	b->used += bytes;
}

static inline void put_string(struct buffer *b, const char *from)
{
	put_bytes(b, from, strlen(from));
}

static inline void put_empty(struct buffer *b)
{
	b->data[b->used++] = 0;
}
