/* SPDX-License-Identifier: Apache-2.0 */
/* Process events: exec, clone, exit, snapshot. */
#include <stdlib.h>
#include "container.h"
#include "encode.h"

#define EXECVEAT_PREFIX "/dev/fd/"

void put_credentials(struct encoder *e, const struct credentials *c)
{
	struct buffer *b = &e->out;

	put_long(b, (int32_t)c->uid);
	put_long(b, (int32_t)c->euid);
	put_long(b, (int32_t)c->suid);
	put_long(b, (int32_t)c->fsuid);
	put_long(b, (int32_t)c->gid);
	put_long(b, (int32_t)c->egid);
	put_long(b, (int32_t)c->sgid);
	put_long(b, (int32_t)c->fsgid);
	put_long(b, (int64_t)c->inheritable);
	put_long(b, (int64_t)c->permitted);
	put_long(b, (int64_t)c->effective);
}

static void put_wall_time(struct encoder *e, uint64_t boot_ns)
{
	int64_t wall = boot_ns ? (int64_t)boot_ns + e->clock_ns : 0;

	put_long(&e->out, wall / 1000000000);
	put_long(&e->out, wall % 1000000000);
}

/* Strings ended by NUL → Avro array, and how many there were. */
static int put_strings(struct encoder *e, const char *from, size_t bytes, bool (*wanted)(const char *, size_t, const char *),
		       const char *names)
{
	struct buffer *b = &e->out;
	int count = 0;

	for (size_t at = 0; at < bytes;) {
		size_t length = strnlen(from + at, bytes - at);

		if (!wanted || wanted(from + at, length, names)) {
			put_long(b, 1); /* a block of one item */
			put_bytes(b, from + at, length);
			count++;
		}
		at += length + 1;
	}
	put_empty(b);
	return count;
}

/* Whether an entry NAME=value is in the comma list; `*` is every one. */
static bool environment_wanted(const char *entry, size_t bytes, const char *names)
{
	if (strcmp(names, "*") == 0)
		return true;

	const char *equals = memchr(entry, '=', bytes);
	size_t length = equals ? (size_t)(equals - entry) : bytes;

	for (const char *at = names; *at;) {
		size_t name = strcspn(at, ",");

		if (name == length && memcmp(at, entry, name) == 0)
			return true;
		at += name + (at[name] == ',');
	}
	return false;
}

static void put_arguments(struct encoder *e, const struct parsed *p, const struct process_facts *f)
{
	const struct part *args = p->parts[PART_ARGS];
	const char *from = args ? (const char *)(args + 1) : "";
	size_t bytes = args ? args->bytes : 0;
	bool whole = bytes >= f->args_bytes;
	int count;

	if (args && args->flags & ARGUMENTS_TITLE)
		bytes = strnlen(from, bytes);
	count = put_strings(e, from, bytes, NULL, NULL);

	/* Counted here when the vector is whole: an exec's argc and the memory agree then. */
	if (whole)
		put_long(&e->out, count);
	else
		put_long(&e->out, f->args_count > 0 ? f->args_count : -1);
}

static void put_environment(struct encoder *e, const struct parsed *p)
{
	const struct part *part = p->parts[PART_ENVIRONMENT];

	if (!part || !e->environment) {
		put_empty(&e->out);
		return;
	}
	put_strings(e, (const char *)(part + 1), part->bytes, environment_wanted, e->environment);
}

static void put_path_part(struct encoder *e, const struct part *part)
{
	if (!part) {
		put_empty(&e->out);
		return;
	}
	path_text(part, &e->scratch);
	put_text(e, &e->scratch);
}

static void put_numbers(struct encoder *e, const struct process_facts *f)
{
	struct buffer *b = &e->out;

	put_long(b, (int32_t)f->pid);
	put_long(b, (int64_t)(f->start / 1000));
	put_wall_time(e, f->start);
	put_long(b, (int32_t)f->parent_pid);
	put_long(b, f->parent_pid ? (int64_t)(f->parent_start / 1000) : 0);
	put_long(b, (int32_t)f->vpid);
	put_long(b, (int32_t)f->pgid);
	put_long(b, (int32_t)f->sid);
	put_long(b, (int32_t)f->vpgid);
	put_long(b, (int32_t)f->vsid);
	put_long(b, f->pid_namespace);
	put_long(b, f->mount_namespace);
	put_long(b, f->user_namespace);
	put_long(b, f->network_namespace);
	put_long(b, (int64_t)(f->namespace_init_start / 1000));
	put_bytes(b, f->comm, strnlen(f->comm, sizeof(f->comm)));
}

static void put_executable(struct encoder *e, const struct parsed *p, const struct process_facts *f)
{
	struct buffer *b = &e->out;

	put_path_part(e, p->parts[PART_EXE]);
	put_long(b, (int64_t)f->exe_inode);
	put_long(b, stat_device(f->exe_device));
	put_long(b, f->changed_s);
	put_long(b, (int32_t)f->changed_ns);
	put_long(b, f->modified_s);
	put_long(b, (int32_t)f->modified_ns);
	put_long(b, f->exe_flags);
}

static int64_t terminal(const struct process_facts *f)
{
	return stat_device((uint64_t)f->tty_major << 20 | f->tty_minor);
}

#define INFINITE (~0ULL)

static void put_resources(struct encoder *e, const struct process_facts *f)
{
	struct buffer *b = &e->out;

	put_long(b, f->seccomp);
	put_bool(b, f->no_new_privileges);
	put_long(b, f->threads);
	put_long(b, (int64_t)f->vm_pages * PAGE_KB);
	put_long(b, (int64_t)f->rss_pages * PAGE_KB);
	put_long(b, (int64_t)f->swap_pages * PAGE_KB);
	put_long(b, f->fd_limit == INFINITE ? -1 : (int64_t)f->fd_limit);
	put_long(b, (int64_t)f->major_faults);
	put_long(b, (int64_t)f->minor_faults);
}

void put_process(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	const struct process_facts *f = (const struct process_facts *)(p->parts[PART_PROCESS] + 1);
	const char *id;
	size_t id_bytes = 0;

	put_numbers(e, f);
	put_executable(e, p, f);
	put_arguments(e, p, f);
	put_environment(e, p);
	put_path_part(e, p->parts[PART_CWD]);
	put_path_part(e, p->parts[PART_ROOT]);
	put_credentials(e, &f->credentials);
	put_long(b, (int32_t)f->login_uid);
	put_long(b, (int32_t)f->session_id);
	put_long(b, terminal(f));
	put_path_part(e, p->parts[PART_CGROUP]);
	id = container_id(e->scratch.data, p->parts[PART_CGROUP] ? e->scratch.bytes : 0, &id_bytes);
	put_bytes(b, id ? id : "", id ? id_bytes : 0);
	if (e->on_cgroup && p->parts[PART_CGROUP] && !(p->flags & RECORD_CUT))
		e->on_cgroup(e->context, f->cgroup, id, id ? id_bytes : 0);
	put_resources(e, f);
	for (unsigned int slot = 1; slot <= 3; slot++)
		put_optional_descriptor(e, p, slot, (int32_t)slot - 1);
}

/* What execve was asked for. By descriptor the kernel names it /dev/fd/N or /dev/fd/N/name. */
static void put_asked(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	const struct part *name = p->parts[PART_NAME];
	const char *text = name ? (const char *)(name + 1) : "";
	size_t bytes = name ? name->bytes : 0, prefix = strlen(EXECVEAT_PREFIX);
	long directory = -100;

	if (p->flags & RECORD_EXECVEAT && bytes > prefix) {
		char *end;

		directory = strtol(text + prefix, &end, 10);
		bytes -= (size_t)(end - text);
		text = end;
		if (bytes > 0 && *text == '/') {
			text++;
			bytes--;
		}
	}
	put_bytes(b, text, bytes);
	if (bytes == 0 && p->parts[PART_EXE]) {
		path_text(p->parts[PART_EXE], &e->path);
	} else {
		directory_text(p, PART_CWD, &e->cwd);
		/* Below a descriptor the start is not known here, but the executable is what was asked for unless it is a script. */
		if (p->flags & RECORD_EXECVEAT && p->parts[PART_EXE])
			path_text(p->parts[PART_EXE], &e->path);
		else
			lexical_path(text, bytes, &e->cwd, &e->path);
	}
	put_text(e, &e->path);
	put_long(b, directory);
	put_long(b, p->flags & RECORD_EXECVEAT && bytes == 0 ? 0x1000 : 0); /* AT_EMPTY_PATH */
}

static void encode_exec(struct encoder *e, struct parsed *p)
{
	p->type = p->flags & RECORD_EXECVEAT ? TYPE_execveat : TYPE_execve;
	put_header(e, p, FAMILY_ProcessExecuted);
	put_asked(e, p);
	put_long(&e->out, 1);
	put_process(e, p);
	put_empty(&e->out);
}

#define CLONE_VFORK_FLAGS 0x4111
#define SIGCHLD_FLAG 17

static int64_t clone_flags(const struct parsed *p, const struct child_facts *child)
{
	switch (p->type) {
	case TYPE_fork:
		return SIGCHLD_FLAG;
	case TYPE_vfork:
		return CLONE_VFORK_FLAGS;
	case TYPE_clone3:
		return (int64_t)child->clone_flags;
	default:
		return p->flags & RECORD_KERNEL_THREAD ? 0 : (int64_t)p->record->args[0];
	}
}

static void encode_clone(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	const struct child_facts *child = (const struct child_facts *)(p->parts[PART_CHILD] + 1);

	p->type = call_type(p->flags & RECORD_COMPAT ? TABLE_COMPAT : TABLE_NATIVE, p->record->number);
	if (p->type != TYPE_fork && p->type != TYPE_vfork && p->type != TYPE_clone3)
		p->type = TYPE_clone;
	put_header(e, p, FAMILY_ProcessCloned);
	put_long(b, (int32_t)child->tid);
	put_long(b, (int32_t)child->pid);
	put_long(b, (int64_t)(child->start / 1000));
	put_wall_time(e, child->start);
	put_long(b, (int32_t)child->vtid);
	put_long(b, (int32_t)child->vpid);
	put_long(b, (int32_t)child->parent_pid);
	put_long(b, (int64_t)(child->parent_start / 1000));
	put_long(b, clone_flags(p, child));
	put_bytes(b, child->comm, strnlen(child->comm, sizeof(child->comm)));
	put_long(b, (int32_t)child->uid);
	put_long(b, (int32_t)child->gid);
	put_long(b, child->pid_namespace);
	put_long(b, p->parts[PART_CGROUP] ? 1 : 0);
	if (p->parts[PART_CGROUP])
		put_path_part(e, p->parts[PART_CGROUP]);
	put_long(b, (int64_t)(child->namespace_init_start / 1000));
}

static void encode_exit(struct encoder *e, struct parsed *p)
{
	struct buffer *b = &e->out;
	uint32_t status = (uint32_t)p->record->args[0];

	p->type = TYPE_procexit;
	put_header(e, p, FAMILY_ProcessExited);
	put_long(b, status & 0xffff);
	put_long(b, (status & 0x7f) ? -1 : (int64_t)(status >> 8 & 0xff));
	put_long(b, status & 0x7f);
	put_bool(b, status & 0x80);
	put_bool(b, p->record->args[1]);
	put_long(b, (int32_t)p->record->args[2]);
}

static void encode_snapshot(struct encoder *e, struct parsed *p)
{
	p->type = TYPE_snapshot;
	put_header(e, p, FAMILY_ProcessSnapshotted);
	put_process(e, p);
}

bool encode_record(struct encoder *e, struct parsed *p)
{
	const struct record *r = p->record;

	if (r->row != 0) {
		p->type = row_type(r->row, p->flags & RECORD_COMPAT ? TABLE_COMPAT : TABLE_NATIVE, r->number);
		return encode_call(e, p);
	}
	if (r->kind == KIND_EXEC && p->parts[PART_PROCESS])
		encode_exec(e, p);
	else if (r->kind == KIND_CLONE && p->parts[PART_CHILD])
		encode_clone(e, p);
	else if (r->kind == KIND_EXIT)
		encode_exit(e, p);
	else if (r->kind == KIND_SNAPSHOT && p->parts[PART_PROCESS])
		encode_snapshot(e, p);
	else
		return false;
	return true;
}
