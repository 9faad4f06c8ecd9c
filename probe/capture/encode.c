/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <sys/socket.h>
#include "encode.h"

/* Parts that come several times: the first is kept, the others follow it. */
static bool repeats(unsigned int tag)
{
	return tag == PART_VECTOR || tag == PART_WAITED;
}

bool parse_record(const void *data, size_t bytes, struct parsed *to)
{
	const struct record *r = data;
	size_t at = sizeof(*r);

	if (bytes < sizeof(*r) || r->bytes > bytes || r->row >= rows_count)
		return false;
	memset(to->parts, 0, sizeof(to->parts));
	to->record = r;
	to->row = &rows[r->row];
	to->flags = r->flags;
	while (at + sizeof(struct part) <= r->bytes) {
		const struct part *part = (const struct part *)((const char *)data + at);

		if (part->bytes > r->bytes - at - sizeof(*part))
			return false;
		if (part->tag < PART_END && (!repeats(part->tag) || !to->parts[part->tag]))
			to->parts[part->tag] = part;
		at += (sizeof(*part) + part->bytes + 7) & ~(size_t)7;
	}
	return true;
}

void put_header(struct encoder *e, const struct parsed *p, enum family family)
{
	struct buffer *b = &e->out;
	const struct record *r = p->record;

	put_long(b, family);
	put_long(b, (int64_t)r->time + e->clock_ns - e->base_ns);
	put_long(b, p->type);
	put_long(b, p->flags & RECORD_EVENT_FLAGS);
	put_long(b, r->cpu);
	put_long(b, (int32_t)r->tid);
	put_long(b, (int32_t)r->pid);
	put_long(b, (int64_t)(r->start / 1000));
	put_long(b, r->result);
}

void put_own_header(struct encoder *e, enum family family, enum EventType type, int64_t wall_ns)
{
	struct buffer *b = &e->out;

	put_long(b, family);
	put_long(b, wall_ns - e->base_ns);
	put_long(b, type);
	put_long(b, 0);
	put_long(b, -1);
	put_long(b, 0);
	put_long(b, 0);
	put_long(b, 0);
	put_long(b, 0);
}

void put_part_text(struct encoder *e, const struct part *part)
{
	if (part)
		put_bytes(&e->out, part + 1, part->bytes);
	else
		put_empty(&e->out);
}

void put_text(struct encoder *e, const struct text *text)
{
	put_bytes(&e->out, text->data, text->bytes);
}

/* The kernel keeps major << 20 | minor; stat(2) mixes them. */
int64_t stat_device(uint64_t device)
{
	uint64_t major = device >> 20, minor = device & 0xfffff;

	return (int64_t)((minor & 0xff) | (major << 8) | ((minor & ~0xffULL) << 12));
}

void directory_text(const struct parsed *p, enum part_tag tag, struct text *to)
{
	to->bytes = 0;
	if (p->parts[tag])
		path_text(p->parts[tag], to);
}

/* The absolute path that a name means as text, marked as derived. */
void derived_path(struct encoder *e, struct parsed *p, enum part_tag name, enum part_tag directory, struct text *to)
{
	const struct part *part = p->parts[name];

	to->bytes = 0;
	if (!part)
		return;
	directory_text(p, directory, &e->cwd);
	lexical_path((const char *)(part + 1), part->bytes, &e->cwd, to);
	p->flags |= RECORD_LEXICAL;
}

#define PIPEFS_MAGIC 0x50495045
#define ANON_INODE_MAGIC 0x09041934

#define NSFS_MAGIC 0x6e736673
#define PIDFS_MAGIC 0x50494446 /* since 6.9; before, a pidfd is an anonymous file */

void file_text(const struct descriptor_facts *facts, const struct part *path, struct text *to)
{
	static const char prefix[] = "anon_inode:";
	const size_t bytes = sizeof(prefix) - 1;

	if (facts->magic == PIPEFS_MAGIC || facts->magic == NSFS_MAGIC || facts->magic == PIDFS_MAGIC) {
		const char *kind = facts->magic == PIPEFS_MAGIC ? "pipe" : facts->magic == NSFS_MAGIC ? "ns" : "pidfd";

		to->bytes = (size_t)snprintf(to->data, sizeof(to->data), "%s:[%llu]", kind, (unsigned long long)facts->inode);
		return;
	}
	path_text(path, to);
	if (facts->magic == ANON_INODE_MAGIC && to->bytes + bytes <= sizeof(to->data)) {
		memmove(to->data + bytes, to->data, to->bytes);
		memcpy(to->data, prefix, bytes);
		to->bytes += bytes;
	}
}

static size_t inet_bytes(uint16_t family, const uint8_t *address)
{
	static const uint8_t none[16];

	if (family == AF_INET)
		return memcmp(address, none, 4) ? 4 : 0;
	return memcmp(address, none, 16) ? 16 : 0;
}

static void put_end(struct encoder *e, const struct socket_facts *s, const struct part *unix_name, const uint8_t *address,
		    uint16_t port, bool remote)
{
	struct buffer *b = &e->out;

	if (s->family == AF_UNIX) {
		const char *name = (const char *)(unix_name + 1);
		size_t bytes = unix_name ? unix_name->bytes : 0;

		/* A path ends at its NUL; an abstract name begins with one and has its full length. */
		if (bytes > 0 && name[0] != 0)
			bytes = strnlen(name, bytes);
		put_bytes(b, name, bytes);
		put_long(b, 0);
		return;
	}
	if (s->family == AF_INET || s->family == AF_INET6) {
		size_t bytes = inet_bytes(s->family, address);

		/* A bound or listening socket has an address of zeros: that is "any", not "none". */
		if (bytes == 0 && !remote && port != 0)
			bytes = s->family == AF_INET ? 4 : 16;
		put_bytes(b, address, bytes);
		put_long(b, port);
		return;
	}
	put_empty(b);
	put_long(b, 0);
}

static void put_socket(struct encoder *e, const struct socket_facts *s, const struct part *local, const struct part *remote)
{
	struct buffer *b = &e->out;

	put_long(b, s->family);
	put_long(b, s->type);
	put_long(b, s->protocol);
	put_long(b, s->state);
	put_end(e, s, local, s->local, s->local_port, false);
	put_end(e, s, remote, s->remote, s->remote_port, true);
}

void put_descriptor(struct encoder *e, const struct parsed *p, unsigned int slot, int32_t number)
{
	static const struct descriptor_facts closed = {0};
	struct buffer *b = &e->out;
	const struct part *const *parts = &p->parts[PART_DESCRIPTOR + 5 * slot];
	const struct part *path = parts[DESCRIPTOR_PATH], *socket = parts[DESCRIPTOR_SOCKET];
	const struct descriptor_facts *facts = &closed;

	if (parts[DESCRIPTOR_FACTS]) {
		facts = (const struct descriptor_facts *)(parts[DESCRIPTOR_FACTS] + 1);
		number = facts->number;
	}
	put_long(b, number);
	put_long(b, facts->mode);
	put_long(b, path ? 1 : 0);
	if (path) {
		file_text(facts, path, &e->scratch);
		put_text(e, &e->scratch);
	}
	put_long(b, stat_device(facts->device));
	put_long(b, (int64_t)facts->inode);
	put_long(b, (int32_t)facts->open_flags);
	put_long(b, facts->layer);
	put_long(b, socket ? 1 : 0);
	if (socket)
		put_socket(e, (const struct socket_facts *)(socket + 1), parts[DESCRIPTOR_LOCAL], parts[DESCRIPTOR_REMOTE]);
}

void put_optional_descriptor(struct encoder *e, const struct parsed *p, unsigned int slot, int32_t number)
{
	const struct part *part = p->parts[PART_DESCRIPTOR + 5 * slot];

	/* The standard descriptors are left out when closed; the event's own is there whenever the call takes one. */
	if (!part || (slot > 0 && ((const struct descriptor_facts *)(part + 1))->mode == 0)) {
		put_empty(&e->out);
		return;
	}
	put_long(&e->out, 1);
	put_descriptor(e, p, slot, number);
}
