/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ring record → one Avro item of EventBatch.events. Pure: bytes in, bytes out, no I/O and no clock. The field order is the
 * schema's; test/e2e/capture*.test.ts decodes what this wrote with the schema itself.
 */
#pragma once
#include "../bpf/record.h"
#include "avro.h"
#include "calls.h"
#include "generated.h"
#include "paths.h"

/* Parts of a record by tag. */
struct parsed {
	const struct record *record;
	const struct row *row;
	const struct part *parts[PART_END];
	uint16_t type;
	uint16_t flags;
};

#define AREA_NUMBERS_MAX 32

struct encoder {
	struct buffer out;
	int64_t base_ns;    /* base time of the frame, ns since the epoch */
	int64_t clock_ns;   /* wall clock - CLOCK_BOOTTIME */
	const char *environment; /* names asked for, comma list; NULL = none */
	/* Told of every record with process facts: its cgroup, and the container that is (NULL = none). */
	void (*on_cgroup)(void *context, uint64_t cgroup, const char *container, size_t bytes);
	void *context;
	struct text cwd, path, new_path, scratch; /* working space: the loader has one thread */
};

/* Fills the parts. False = the record is not well formed. */
bool parse_record(const void *data, size_t bytes, struct parsed *to);

/* Appends the event; the buffer must have EVENT_BYTES_MAX free. False = the record lacks what its kind needs. */
bool encode_record(struct encoder *e, struct parsed *p);

/* Header of an event that belongs to no process. */
void put_own_header(struct encoder *e, enum family family, enum EventType type, int64_t wall_ns);

/* For the files that share the work. */
void put_header(struct encoder *e, const struct parsed *p, enum family family);
void put_descriptor(struct encoder *e, const struct parsed *p, unsigned int slot, int32_t number);
void put_optional_descriptor(struct encoder *e, const struct parsed *p, unsigned int slot, int32_t number);
void put_credentials(struct encoder *e, const struct credentials *c);
void put_process(struct encoder *e, struct parsed *p);
void encode_socket(struct encoder *e, struct parsed *p);
void encode_connect(struct encoder *e, struct parsed *p);
void encode_accept(struct encoder *e, struct parsed *p);
void encode_bind(struct encoder *e, struct parsed *p);
void encode_transfer(struct encoder *e, struct parsed *p);
void encode_other(struct encoder *e, struct parsed *p);
void put_area_numbers(struct encoder *e, const struct parsed *p, enum part_tag tag, const char *layout);
bool encode_call(struct encoder *e, struct parsed *p);
void put_part_text(struct encoder *e, const struct part *part);
/* Path of a file; files without a place in any tree get the kernel's name for them, as in /proc/PID/fd. */
void file_text(const struct descriptor_facts *facts, const struct part *path, struct text *to);
void put_text(struct encoder *e, const struct text *text);
int64_t stat_device(uint64_t kernel_device);
void directory_text(const struct parsed *p, enum part_tag tag, struct text *to);
void derived_path(struct encoder *e, struct parsed *p, enum part_tag name, enum part_tag directory, struct text *to);
