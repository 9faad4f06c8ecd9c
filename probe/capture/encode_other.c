/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that have no family of their own: raw arguments, and what descriptors, paths and pointers among them stood for. */
#include "arguments.h"
#include "encode.h"

#define ARGUMENTS 6

/* One number of an area; 0 bytes = the area ends before it. */
static size_t area_number(const uint8_t *at, size_t left, char letter, bool compat, int64_t *to)
{
	size_t bytes = letter == 'q' ? 8 : letter == 'w' ? (compat ? 4 : 8) : letter == 'h' || letter == 'H' ? 2 : 4;
	uint64_t raw = 0;

	if (left < bytes)
		return 0;
	memcpy(&raw, at, bytes);
	switch (letter) {
	case 'd': *to = (int32_t)raw; break;
	case 'h': *to = (int16_t)raw; break;
	default: *to = (int64_t)raw;
	}
	return bytes;
}

/* The numbers of an area as a block of an Avro array, without its end; nothing when there is no area. */
void put_area_numbers(struct encoder *e, const struct parsed *p, enum part_tag tag, const char *layout)
{
	const struct part *part = p->parts[tag];
	const uint8_t *from = (const uint8_t *)(part + 1);
	const char *letter = layout;
	int64_t values[AREA_NUMBERS_MAX];
	unsigned int count = 0;
	size_t at = 0, bytes;

	if (!part || !layout)
		return;
	while (count < AREA_NUMBERS_MAX &&
	       (bytes = area_number(from + at, part->bytes - at, *letter, p->flags & RECORD_COMPAT, &values[count])) > 0) {
		at += bytes;
		count++;
		if (*++letter == 0)
			letter = layout;
	}
	if (count == 0)
		return;
	put_long(&e->out, count);
	for (unsigned int i = 0; i < count; i++)
		put_long(&e->out, values[i]);
}

static int64_t raw_argument(const struct parsed *p, unsigned int index)
{
	const char *widths = p->row->widths;
	uint64_t value = p->record->args[index];

	if (!widths || strlen(widths) <= index)
		return (int64_t)value;
	return widths[index] == 'd' ? (int32_t)value : widths[index] == 'u' ? (uint32_t)value : (int64_t)value;
}

static void put_raw_arguments(struct encoder *e, const struct parsed *p)
{
	put_long(&e->out, ARGUMENTS);
	for (unsigned int i = 0; i < ARGUMENTS; i++)
		put_long(&e->out, raw_argument(p, i));
	put_empty(&e->out);
}

/* The call's descriptor is known by its number even where nothing was open behind it. */
static void put_own_descriptor(struct encoder *e, const struct parsed *p, unsigned int slot, unsigned int column)
{
	if (!column) {
		put_empty(&e->out);
		return;
	}
	put_long(&e->out, 1);
	put_descriptor(e, p, slot, column == ARGUMENT_RESULT ? -1 : narrow(p, column));
}

/* Each PART_WAITED is followed by the parts of its descriptor; they are looked at as if they were the only ones. */
static void put_waited(struct encoder *e, const struct parsed *p)
{
	const struct part *part = p->parts[PART_WAITED];
	const char *end = (const char *)p->record + p->record->bytes;
	const unsigned int first = PART_DESCRIPTOR + 5 * DESCRIPTOR_WAITED;

	while (part && (const char *)part + sizeof(*part) <= end && part->tag == PART_WAITED) {
		struct parsed one = *p;
		int32_t fd;
		int16_t events[2];

		memcpy(&fd, part + 1, sizeof(fd));
		memcpy(events, (const char *)(part + 1) + sizeof(fd), sizeof(events));
		memset(&one.parts[first], 0, 5 * sizeof(one.parts[0]));
		for (;;) {
			part = (const struct part *)((const char *)part + ((sizeof(*part) + part->bytes + 7) & ~(size_t)7));
			if ((const char *)part + sizeof(*part) > end || part->tag < first || part->tag >= PART_END)
				break;
			one.parts[part->tag] = part;
		}
		put_long(&e->out, 1);
		put_descriptor(e, &one, DESCRIPTOR_WAITED, fd);
		put_long(&e->out, events[0]);
		put_long(&e->out, events[1]);
	}
	put_empty(&e->out);
}

/* What a failed call should have filled holds whatever was there before. */
static void leave_out_unfilled(struct parsed *p)
{
	if (!p->row->fills || p->record->result >= 0)
		return;
	p->parts[PART_NAME] = p->parts[PART_DATA] = p->parts[PART_NUMBERS] = p->parts[PART_MORE] = NULL;
}

static void put_numbers(struct encoder *e, const struct parsed *p)
{
	const char *layout = p->row->layout, *more = p->row->more_layout;

	put_area_numbers(e, p, PART_NUMBERS, layout);
	put_area_numbers(e, p, PART_MORE, more ? more : layout);
	put_empty(&e->out);
}

void encode_other(struct encoder *e, struct parsed *p)
{
	const struct call *call = &p->row->call;

	leave_out_unfilled(p);
	e->path.bytes = 0;
	if (p->parts[PART_NAME] && call->directory)
		derived_path(e, p, PART_NAME, PART_DIRECTORY, &e->path);
	put_header(e, p, FAMILY_OtherSyscall);
	put_long(&e->out, p->record->number);
	put_raw_arguments(e, p);
	put_own_descriptor(e, p, 0, call->fd);
	put_own_descriptor(e, p, DESCRIPTOR_SECOND, call->second_fd);
	put_part_text(e, p->parts[PART_NAME]);
	put_text(e, &e->path);
	put_part_text(e, p->parts[PART_TEXT]);
	put_part_text(e, p->parts[PART_DATA]);
	put_numbers(e, p);
	put_waited(e, p);
}
