/* SPDX-License-Identifier: Apache-2.0 */
/* System calls on sockets. */
#include <sys/socket.h>
#include "arguments.h"
#include "encode.h"

/* A sockaddr as passed. */
static void put_address(struct encoder *e, const struct part *part)
{
	struct buffer *b = &e->out;
	const uint8_t *from = (const uint8_t *)(part + 1);
	uint16_t family = 0;
	size_t bytes;

	if (!part || part->bytes < sizeof(family)) {
		put_empty(b);
		return;
	}
	memcpy(&family, from, sizeof(family));
	bytes = part->bytes - sizeof(family);
	put_long(b, 1);
	put_long(b, family);
	if (family == AF_INET && part->bytes >= 8) {
		put_bytes(b, from + 4, 4);
		put_long(b, from[2] << 8 | from[3]);
		return;
	}
	if (family == AF_INET6 && part->bytes >= 24) {
		put_bytes(b, from + 8, 16);
		put_long(b, from[2] << 8 | from[3]);
		return;
	}
	from += sizeof(family);
	if (family == AF_UNIX && bytes > 0 && from[0] != 0)
		bytes = strnlen((const char *)from, bytes);
	if (family != AF_UNIX && bytes > 28)
		bytes = 28;
	put_bytes(b, from, bytes);
	put_empty(b);
}

void encode_socket(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	bool pair = p->type == TYPE_socketpair && p->record->result >= 0 && p->parts[PART_NUMBERS];

	put_header(e, p, FAMILY_SocketCreated);
	put_long(b, (int32_t)p->record->args[0]);
	put_long(b, (int32_t)p->record->args[1]);
	put_long(b, (int32_t)p->record->args[2]);
	put_long(b, pair ? (int32_t)(numbers(p, 1)[0] >> 32) : -1);
	put_long(b, pair ? (int32_t)numbers(p, 1)[0] : -1);
}

void encode_connect(struct encoder *e, struct parsed *p)
{
	put_header(e, p, FAMILY_SocketConnected);
	put_descriptor(e, p, 0, narrow(p, p->row->call.fd));
	put_address(e, p->parts[PART_ADDRESS]);
}

void encode_accept(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	const struct part *listening = p->parts[PART_DESCRIPTOR + 5 + DESCRIPTOR_SOCKET];

	put_header(e, p, FAMILY_SocketAccepted);
	put_descriptor(e, p, 0, -1);
	put_long(b, (int32_t)p->record->args[0]);
	put_long(b, narrow(p, p->row->flags));
	put_long(b, listening ? ((const struct socket_facts *)(listening + 1))->queue : 0);
	put_long(b, listening ? ((const struct socket_facts *)(listening + 1))->queue_max : 0);
}

void encode_bind(struct encoder *e, struct parsed *p)
{
	put_header(e, p, FAMILY_SocketBound);
	put_descriptor(e, p, 0, narrow(p, p->row->call.fd));
	put_address(e, p->parts[PART_ADDRESS]);
	put_long(&e->out, narrow(p, p->row->size));
}

void encode_transfer(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;

	put_header(e, p, FAMILY_SocketTransferred);
	put_descriptor(e, p, 0, narrow(p, p->row->call.fd));
	put_long(b, argument(p, p->row->size));
	put_long(b, narrow(p, p->row->flags));
	put_address(e, p->parts[PART_ADDRESS]);
	put_part_text(e, p->parts[PART_DATA]);
	put_part_text(e, p->parts[PART_CONTROL]);
}
