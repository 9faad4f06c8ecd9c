/* SPDX-License-Identifier: Apache-2.0 */
/* System calls, one function a family. */
#include <fcntl.h>
#include "arguments.h"
#include "encode.h"

static const struct descriptor_facts *facts(const struct parsed *p)
{
	const struct part *part = p->parts[PART_DESCRIPTOR];

	return part ? (const struct descriptor_facts *)(part + 1) : NULL;
}

#define CREAT_FLAGS (O_CREAT | O_WRONLY | O_TRUNC)

/* The kernel's O_LARGEFILE and the C library's (0 on x86-64) differ; what is reported is what the caller passed. */
static void open_arguments(const struct parsed *p, int64_t *flags, int64_t *mode, int64_t *resolve)
{
	const uint64_t *how = numbers(p, 3);

	*resolve = 0;
	*flags = narrow(p, p->row->flags);
	*mode = narrow(p, p->row->mode);
	if (p->type == TYPE_creat)
		*flags = CREAT_FLAGS;
	if (p->type == TYPE_openat2) {
		*flags = (int64_t)how[0];
		*mode = (int64_t)how[1];
		*resolve = (int64_t)how[2];
	}
	/* The C library's __O_TMPFILE holds O_DIRECTORY as well: one of its bits is not enough, the register then holds anything. */
	if (!(*flags & O_CREAT) && (*flags & __O_TMPFILE) != __O_TMPFILE)
		*mode = 0;
}

/*
 * What the kernel opened goes to e->path; what an absolute name means as text to e->new_path. True when they differ (links).
 * For a relative name the working directory was not gathered: the open is the most frequent event, and the walk the dearest part.
 */
static bool asked_path(struct encoder *e, const struct parsed *p, const struct part *path)
{
	const struct part *name = p->parts[PART_NAME];
	const char *text = name ? (const char *)(name + 1) : "";

	file_text(facts(p), path, &e->path);
	if (text[0] != '/')
		return false;
	lexical_path(text, name->bytes, NULL, &e->new_path);
	return e->path.bytes != e->new_path.bytes || memcmp(e->path.data, e->new_path.data, e->path.bytes) != 0;
}

static void encode_open(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	const struct descriptor_facts *f = p->record->result >= 0 ? facts(p) : NULL;
	const struct part *path = f ? p->parts[PART_DESCRIPTOR + DESCRIPTOR_PATH] : NULL;
	int64_t flags, mode, resolve;
	bool asked = false;

	open_arguments(p, &flags, &mode, &resolve);
	if (path)
		asked = asked_path(e, p, path);
	else
		derived_path(e, p, PART_NAME, PART_DIRECTORY, &e->path);
	put_header(e, p, FAMILY_FileOpened);
	put_long(b, directory_number(p, p->row->call.directory));
	put_part_text(e, p->parts[PART_NAME]);
	put_text(e, &e->path);
	put_long(b, asked);
	if (asked)
		put_text(e, &e->new_path);
	put_long(b, flags);
	put_long(b, mode);
	put_long(b, resolve);
	put_long(b, f ? f->mode : 0);
	put_long(b, f ? stat_device(f->device) : 0);
	put_long(b, f ? (int64_t)f->inode : 0);
	put_long(b, f ? f->layer : 0);
	put_bool(b, f && (p->record->flags & RECORD_CREATED));
}

static void encode_path(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	const struct row *row = p->row;
	const struct part *path = p->parts[PART_DESCRIPTOR + DESCRIPTOR_PATH];
	bool symlink = p->type == TYPE_symlink || p->type == TYPE_symlinkat;

	e->path.bytes = 0;
	if (path)
		path_text(path, &e->path);
	else if (!symlink)
		derived_path(e, p, PART_NAME, PART_DIRECTORY, &e->path);
	derived_path(e, p, PART_NEW_NAME, PART_NEW_DIRECTORY, &e->new_path);
	put_header(e, p, FAMILY_PathChanged);
	if (row->call.fd) {
		put_long(b, 1);
		put_descriptor(e, p, 0, narrow(p, row->call.fd));
	} else {
		put_empty(b);
	}
	put_long(b, directory_number(p, row->call.directory));
	put_part_text(e, p->parts[PART_NAME]);
	if (symlink)
		put_part_text(e, p->parts[PART_NAME]);
	else
		put_text(e, &e->path);
	put_long(b, directory_number(p, row->call.new_directory));
	put_long(b, row->call.new_name ? 1 : 0);
	if (row->call.new_name)
		put_part_text(e, p->parts[PART_NEW_NAME]);
	put_long(b, row->call.new_name ? 1 : 0);
	if (row->call.new_name)
		put_text(e, &e->new_path);
	put_long(b, narrow(p, row->flags));
	put_long(b, row->mode ? narrow(p, row->mode) & 0177777 : 0);
	put_long(b, row->uid ? narrow(p, row->uid) : -1);
	put_long(b, row->gid ? narrow(p, row->gid) : -1);
	put_long(b, argument(p, row->device));
}

/* Failed exec: the arguments were read pointer by pointer, as parts that follow each other. */
static void put_vector(struct encoder *e, const struct parsed *p)
{
	struct buffer *b = &e->out;
	const struct part *part = p->parts[PART_VECTOR];
	const char *end = (const char *)p->record + p->record->bytes;

	while (part && (const char *)part + sizeof(*part) <= end && part->tag == PART_VECTOR) {
		put_long(b, 1);
		put_bytes(b, part + 1, part->bytes);
		part = (const struct part *)((const char *)part + ((sizeof(*part) + part->bytes + 7) & ~(size_t)7));
	}
	put_empty(b);
}

static void encode_failed_exec(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;

	derived_path(e, p, PART_NAME, PART_DIRECTORY, &e->path);
	put_header(e, p, FAMILY_ProcessExecuted);
	put_part_text(e, p->parts[PART_NAME]);
	put_text(e, &e->path);
	put_long(b, directory_number(p, p->row->call.directory));
	put_long(b, narrow(p, p->row->flags));
	put_empty(b);
	put_vector(e, p);
}

static void encode_failed_clone(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	int64_t flags = argument(p, p->row->flags);

	if (p->type == TYPE_clone3)
		flags = (int64_t)(numbers(p, 5)[0] | numbers(p, 5)[4]);
	else if (p->type == TYPE_fork)
		flags = 17;
	else if (p->type == TYPE_vfork)
		flags = 0x4111;
	put_header(e, p, FAMILY_ProcessCloned);
	for (int i = 0; i < 9; i++)
		put_empty(b); /* child's ids, start and parent: there is no child */
	put_long(b, flags);
	put_empty(b);
	put_empty(b);
	put_empty(b);
	put_empty(b);
	put_empty(b);
	put_empty(b);
}

/* Of pipe the other end, of close_range the last of the descriptors. */
static int32_t second_descriptor(const struct parsed *p)
{
	if (p->type == TYPE_close_range)
		return narrow(p, 2);
	return p->parts[PART_NUMBERS] ? (int32_t)(numbers(p, 1)[0] >> 32) : -1;
}

/* i386 gives the offset in two halves. */
static int64_t llseek_offset(const struct parsed *p)
{
	return (int64_t)((p->record->args[1] << 32) | (uint32_t)p->record->args[2]);
}

static void encode_fd(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	bool duplicates = p->type == TYPE_dup || p->type == TYPE_dup2 || p->type == TYPE_dup3 ||
			  (p->type == TYPE_fcntl && (narrow(p, p->row->option) == F_DUPFD ||
						     narrow(p, p->row->option) == F_DUPFD_CLOEXEC));

	put_header(e, p, FAMILY_FdChanged);
	put_descriptor(e, p, 0, p->row->call.fd ? narrow(p, p->row->call.fd) : -1);
	put_long(b, duplicates && p->record->result >= 0 ? p->record->result : second_descriptor(p));
	put_long(b, narrow(p, p->row->option));
	put_long(b, p->type == TYPE_llseek ? llseek_offset(p) : argument(p, p->row->offset));
	put_long(b, narrow(p, p->row->flags));
}

static void encode_file(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;

	put_header(e, p, FAMILY_FileTransferred);
	put_descriptor(e, p, 0, narrow(p, p->row->call.fd));
	put_long(b, p->parts[PART_NUMBERS] ? (int64_t)numbers(p, 1)[0] : argument(p, p->row->size));
	put_long(b, p->row->offset ? argument(p, p->row->offset) : -1);
	put_part_text(e, p->parts[PART_DATA]);
}

static void encode_credentials(struct encoder *e, struct parsed *p)
{
	static const struct credentials unknown;
	struct buffer *b = &e->out;
	const struct part *part = p->parts[PART_CREDENTIALS];
	bool capset = p->type == TYPE_capset;
	unsigned int count = capset ? 3 : p->row->count;

	put_header(e, p, FAMILY_CredentialsChanged);
	put_long(b, count);
	for (unsigned int i = 0; i < count; i++)
		put_long(b, capset ? (int64_t)numbers(p, 3)[i] : (int32_t)p->record->args[i]);
	put_empty(b);
	put_credentials(e, part ? (const struct credentials *)(part + 1) : &unknown);
}

static void encode_signal(struct encoder *e, struct parsed *p)
{
	put_header(e, p, FAMILY_SignalSent);
	put_long(&e->out, narrow(p, p->row->target));
	put_long(&e->out, narrow(p, p->row->thread));
	put_long(&e->out, narrow(p, p->row->signal));
}

static void encode_trace(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;

	put_header(e, p, FAMILY_ProcessTraced);
	put_long(b, narrow(p, p->row->option));
	put_long(b, narrow(p, p->row->target));
	put_long(b, argument(p, p->row->address));
	put_long(b, p->parts[PART_NUMBERS] ? (int64_t)numbers(p, 1)[0] : argument(p, p->row->size));
}

static void encode_mount(struct encoder *e, struct parsed *p)
{
	if (p->row->call.directory)
		derived_path(e, p, PART_NAME, PART_DIRECTORY, &e->path);
	derived_path(e, p, PART_NEW_NAME, PART_NEW_DIRECTORY, &e->new_path);
	put_header(e, p, FAMILY_MountChanged);
	if (p->row->call.directory)
		put_text(e, &e->path);
	else
		put_part_text(e, p->parts[PART_NAME]);
	put_text(e, &e->new_path);
	put_part_text(e, p->parts[PART_TEXT]);
	put_long(&e->out, argument(p, p->row->flags));
}

static void encode_root(struct encoder *e, struct parsed *p)
{
	/* chroot: from the real root, for seen from itself every root is "/". */
	const struct part *resolved = p->parts[p->type == TYPE_chroot ? PART_ROOT : PART_CWD];

	if (resolved && p->record->result >= 0)
		path_text(resolved, &e->path);
	else
		derived_path(e, p, PART_NAME, PART_DIRECTORY, &e->path);
	put_header(e, p, FAMILY_RootChanged);
	put_part_text(e, p->parts[PART_NAME]);
	put_text(e, &e->path);
	put_long(&e->out, p->row->option ? narrow(p, p->row->option) : -1);
}

static void encode_namespace(struct encoder *e, struct parsed *p)
{
	put_header(e, p, FAMILY_NamespaceChanged);
	put_optional_descriptor(e, p, 0, narrow(p, p->row->call.fd));
	put_long(&e->out, argument(p, p->row->flags));
}

static void encode_module(struct encoder *e, struct parsed *p)
{
	put_header(e, p, FAMILY_ModuleChanged);
	put_part_text(e, p->parts[PART_NAME]);
	put_optional_descriptor(e, p, 0, narrow(p, p->row->call.fd));
	put_part_text(e, p->parts[PART_TEXT]);
	put_long(&e->out, argument(p, p->row->size));
	put_long(&e->out, narrow(p, p->row->flags));
}

/* union bpf_attr: BPF_MAP_CREATE has its name at byte 28, BPF_PROG_LOAD its type at 0 and its name at 48. */
static void encode_bpf(struct encoder *e, struct parsed *p)
{
	const char *attributes = (const char *)numbers(p, 8);
	int32_t command = narrow(p, p->row->option);
	int32_t type = -1;
	const char *name = "";

	if (command == 0) {
		name = attributes + 28;
	} else if (command == 5) {
		memcpy(&type, attributes, sizeof(type));
		name = attributes + 48;
	}
	put_header(e, p, FAMILY_BpfCalled);
	put_long(&e->out, command);
	put_long(&e->out, type);
	put_bytes(&e->out, name, strnlen(name, 16));
}

static void encode_memory(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	const uint64_t *memory = p->parts[PART_MEMORY] ? (const uint64_t *)(p->parts[PART_MEMORY] + 1) : NULL;

	put_header(e, p, FAMILY_MemoryChanged);
	put_long(b, argument(p, p->row->address));
	put_long(b, argument(p, p->row->size));
	put_long(b, narrow(p, p->row->protection));
	put_long(b, argument(p, p->row->flags));
	if (p->row->call.fd && narrow(p, p->row->call.fd) >= 0)
		put_optional_descriptor(e, p, 0, narrow(p, p->row->call.fd));
	else
		put_empty(b);
	put_part_text(e, p->parts[PART_NAME]);
	put_long(b, argument(p, p->row->offset));
	for (unsigned int i = 0; i < 3; i++)
		put_long(b, memory ? (int64_t)memory[i] * PAGE_KB : 0);
}

/* New and old limits; a pair that was not given is -1 twice, as "no limit" is. */
static void put_limits(struct encoder *e, const struct parsed *p)
{
	static const enum part_tag tags[] = {PART_NUMBERS, PART_MORE};
	struct buffer *b = &e->out;

	for (unsigned int i = 0; i < 2; i++) {
		if (p->parts[tags[i]]) {
			put_area_numbers(e, p, tags[i], p->row->layout);
			continue;
		}
		put_long(b, 2);
		put_long(b, -1);
		put_long(b, -1);
	}
}

static void encode_control(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;

	put_header(e, p, FAMILY_ProcessControlled);
	put_long(b, narrow(p, p->row->option));
	if (p->row->count) {
		put_long(b, p->row->count);
		for (unsigned int i = 0; i < p->row->count; i++)
			put_long(b, (int64_t)p->record->args[p->row->first - 1 + i]);
	}
	if (p->type == TYPE_setrlimit)
		put_area_numbers(e, p, PART_NUMBERS, p->row->layout);
	put_empty(b);
	put_part_text(e, p->parts[PART_TEXT]);
	put_long(b, narrow(p, p->row->target));
	if (p->type == TYPE_prlimit)
		put_limits(e, p);
	put_empty(b);
}

static void (*const encoders[])(struct encoder *, struct parsed *) = {
	[KIND_OPEN] = encode_open,	   [KIND_EXEC] = encode_failed_exec,
	[KIND_CLONE] = encode_failed_clone, [KIND_PATH] = encode_path,
	[KIND_SOCKET] = encode_socket,	   [KIND_CONNECT] = encode_connect,
	[KIND_ACCEPT] = encode_accept,	   [KIND_BIND] = encode_bind,
	[KIND_TRANSFER] = encode_transfer, [KIND_FD] = encode_fd,
	[KIND_FILE] = encode_file,	   [KIND_CREDENTIALS] = encode_credentials,
	[KIND_SIGNAL] = encode_signal,	   [KIND_TRACE] = encode_trace,
	[KIND_MOUNT] = encode_mount,	   [KIND_ROOT] = encode_root,
	[KIND_NAMESPACE] = encode_namespace, [KIND_MODULE] = encode_module,
	[KIND_BPF] = encode_bpf,	   [KIND_MEMORY] = encode_memory,
	[KIND_CONTROL] = encode_control,   [KIND_OTHER] = encode_other,
};

bool encode_call(struct encoder *e, struct parsed *p)
{
	uint16_t kind = p->record->kind;

	if (kind >= sizeof(encoders) / sizeof(encoders[0]) || !encoders[kind])
		return false;
	encoders[kind](e, p);
	return true;
}
