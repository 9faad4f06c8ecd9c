/* SPDX-License-Identifier: GPL-2.0 */
/*
 * io_uring: operations that are submitted through a ring make no system call. Those that stand for one of interest are reported as that
 * call, with the mark RECORD_RING. At submission the kernel has its own copy of names and numbers: they are kept until the operation
 * completes, and nothing of them is read from user memory later. For kernels from 6.0 on; before, the tracepoints say too little.
 */
#ifndef LANNER_RING_H
#define LANNER_RING_H

#include "filter.h"
#include "kernel_ring.h"

#define PENDING_MAX 1024	/* operations between submission and completion; more are reported at submission, without result */
#define RING_NAME_MAX 1024	/* of a name; a longer one is cut and marked */
#define REQUEST_FIXED_FILE 1	/* the descriptor is a place in the ring's own table */
#define REQUEST_SKIPS_SUCCESS 64 /* no completion is made when it succeeds */

struct pending {
	u64 args[6];
	u64 time, start;
	u64 how[3]; /* openat2's */
	u32 number, tid, pid, flags;
	s32 fd;
	u32 name_bytes, new_name_bytes, address_bytes;
	u32 is_fixed, pad;
	char name[RING_NAME_MAX];
	char new_name[RING_NAME_MAX];
	char address[128];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, PENDING_MAX);
	__type(key, u64);
	__type(value, struct pending);
} pending SEC(".maps");

/* Where the next one is put together; as large as it is, it cannot be on the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct pending);
} pending_scratch SEC(".maps");

static __always_inline u32 keep_name(struct pending *p, char *to, struct filename *from)
{
	long bytes = bpf_probe_read_kernel_str(to, RING_NAME_MAX, READ(from, name));

	if (bytes == RING_NAME_MAX)
		p->flags |= RECORD_CUT;
	return bytes > 0 ? bytes : 0;
}

static __always_inline void keep_open(struct pending *p, struct io_open *open)
{
	p->args[0] = READ(open, dfd);
	p->how[0] = READ(open, how.flags);
	p->how[1] = READ(open, how.mode);
	p->how[2] = READ(open, how.resolve);
	p->args[2] = p->how[0];
	p->args[3] = p->how[1];
	p->is_fixed = READ(open, file_slot);
	p->name_bytes = keep_name(p, p->name, READ(open, filename));
}

/* link and rename have the same fields in structures of their own; symlink has link's. */
static __always_inline void keep_link(struct pending *p, struct io_link *link, bool is_symlink)
{
	if (is_symlink) {
		p->args[1] = READ(link, new_dfd);
	} else {
		p->args[0] = READ(link, old_dfd);
		p->args[2] = READ(link, new_dfd);
		p->args[4] = READ(link, flags);
	}
	p->name_bytes = keep_name(p, p->name, READ(link, oldpath));
	p->new_name_bytes = keep_name(p, p->new_name, READ(link, newpath));
}

static __always_inline void keep_rename(struct pending *p, struct io_rename *rename)
{
	p->args[0] = READ(rename, old_dfd);
	p->args[2] = READ(rename, new_dfd);
	p->args[4] = READ(rename, flags);
	p->name_bytes = keep_name(p, p->name, READ(rename, oldpath));
	p->new_name_bytes = keep_name(p, p->new_name, READ(rename, newpath));
}

static __always_inline void keep_address(struct pending *p, struct io_connect *connect)
{
	u32 bytes = READ(connect, addr_len);
	u64 from = (u64)READ(connect, addr);

	if (bytes > 127)
		bytes = 127;
	OPAQUE(bytes);
	bytes &= 127;
	if (bpf_probe_read_user(p->address, bytes, (void *)from))
		p->flags |= RECORD_UNREADABLE;
	else
		p->address_bytes = bytes;
}

/* The operation's own structure lies in the request, over its first field. */
static __always_inline void keep_operation(struct pending *p, struct io_kiocb *request, u8 opcode)
{
	void *operation = request;

	p->fd = READ(request, cqe.fd);
	p->args[0] = p->fd;
	switch (opcode) {
	case OP_OPENAT:
	case OP_OPENAT2:
		keep_open(p, operation);
		break;
	case OP_UNLINKAT:
		p->args[0] = READ((struct io_unlink *)operation, dfd);
		p->args[2] = READ((struct io_unlink *)operation, flags);
		p->name_bytes = keep_name(p, p->name, READ((struct io_unlink *)operation, filename));
		break;
	case OP_MKDIRAT:
		p->args[0] = READ((struct io_mkdir *)operation, dfd);
		p->args[2] = READ((struct io_mkdir *)operation, mode);
		p->name_bytes = keep_name(p, p->name, READ((struct io_mkdir *)operation, filename));
		break;
	case OP_RENAMEAT:
		keep_rename(p, operation);
		break;
	case OP_LINKAT:
	case OP_SYMLINKAT:
		keep_link(p, operation, opcode == OP_SYMLINKAT);
		break;
	case OP_CONNECT:
		keep_address(p, operation);
		break;
	case OP_CLOSE:
		p->fd = READ((struct io_close *)operation, fd);
		p->args[0] = p->fd;
		p->is_fixed = READ((struct io_close *)operation, file_slot);
		break;
	case OP_ACCEPT:
		p->args[3] = READ((struct io_accept *)operation, flags);
		break;
	case OP_SOCKET:
		p->args[0] = READ((struct io_socket *)operation, domain);
		p->args[1] = READ((struct io_socket *)operation, type);
		p->args[2] = READ((struct io_socket *)operation, protocol);
		break;
	case OP_LISTEN:
		if (bpf_core_type_exists(struct io_listen))
			p->args[1] = READ((struct io_listen *)operation, backlog);
		break;
	case OP_SHUTDOWN:
		p->args[1] = READ((struct io_shutdown *)operation, how);
		break;
	}
}

static __always_inline void put_kept(struct scratch *s, u16 tag, const void *from, u32 bytes, u32 max)
{
	void *to = part_open(s, tag, 0);

	if (!to)
		return;
	OPAQUE(bytes);
	if (bytes > max)
		return;
	bpf_probe_read_kernel(to, bytes, from);
	part_close(s, bytes, 0);
}

static __always_inline void put_kept_name(struct scratch *s, u16 tag, u16 start, const char *name, u32 bytes, s32 directory, bool resolved)
{
	if (!bytes)
		return;
	put_kept(s, tag, name, bytes - 1, RING_NAME_MAX);
	if (start && !resolved)
		put_start(start, directory, (u8)name[0]);
}

static __always_inline void put_kept_parts(struct scratch *s, struct record *r, const struct call *call, const struct pending *p)
{
	bool resolved = false;
	u16 start = call->directory ? PART_DIRECTORY : 0;

	if (!p->is_fixed && call->fd == ARGUMENT_RESULT && r->result >= 0 && !(p->flags & RECORD_NO_RESULT))
		resolved = put_descriptor(0, 0, r->result);
	else if (!p->is_fixed && call->fd && call->fd != ARGUMENT_RESULT)
		resolved = put_descriptor(0, 0, p->fd);
	if (call->gather == GATHER_QUEUE && !p->is_fixed)
		put_descriptor(0, 1, p->fd);
	put_kept_name(s, PART_NAME, start, p->name, p->name_bytes, p->args[0], resolved && call->fd == ARGUMENT_RESULT);
	put_kept_name(s, PART_NEW_NAME, PART_NEW_DIRECTORY, p->new_name, p->new_name_bytes, argument(r, call->new_directory), false);
	if (p->address_bytes)
		put_kept(s, PART_ADDRESS, p->address, p->address_bytes, 127);
	if (call->gather == GATHER_NUMBERS)
		put_kept(s, PART_NUMBERS, p->how, sizeof(p->how), sizeof(p->how));
}

static __always_inline void report_operation(const struct pending *p, s64 result)
{
	u32 number = p->number;
	const struct call *call;
	struct scratch *s;
	struct record *r;

	OPAQUE(number);
	if (number >= SYSCALLS_MAX)
		return;
	call = &calls[TABLE_NATIVE * SYSCALLS_MAX + (u64)number];
	s = scratch_of(0);
	if (!s || !call->row)
		return;
	r = record_open(s, call->kind, false);
	if (!r)
		return;
	r->flags = p->flags | RECORD_RING;
	r->number = number;
	r->row = call->row;
	r->tid = p->tid;
	r->pid = p->pid;
	r->start = p->start;
	r->result = result;
	for (int i = 0; i < 6; i++)
		r->args[i] = p->args[i];
	put_kept_parts(s, r, call, p);
	if (call->flags & CALL_INPUT_OUTPUT && over_rate(r->pid, r->time)) {
		s->busy = 0;
		return;
	}
	record_submit(s, false);
}

static __always_inline int on_submit(struct io_kiocb *request)
{
	u8 opcode = READ(request, opcode);
	u32 number = ring_calls[opcode & (RING_OPERATIONS_MAX - 1)];
	u64 id = bpf_get_current_pid_tgid(), key = (u64)request;
	u32 flags = 0, zero = 0;
	struct pending *p;

	OPAQUE(number);
	if (!number || number >= SYSCALLS_MAX || !(interest[number] & 0x11))
		return 0;
	if (excluded_process(id >> 32))
		return 0;
	p = bpf_map_lookup_elem(&pending_scratch, &zero);
	if (!p)
		return 0;
	__builtin_memset(p, 0, __builtin_offsetof(struct pending, name));
	p->number = number;
	p->tid = (u32)id;
	p->pid = id >> 32;
	p->start = READ(READ((struct task_struct *)bpf_get_current_task(), group_leader), start_boottime);
	bpf_core_read(&flags, sizeof(flags), &request->flags);
	p->is_fixed = flags & REQUEST_FIXED_FILE;
	keep_operation(p, request, opcode);
	/* A close is reported when it begins, as the call is: then the descriptor is still there. */
	if (opcode == OP_CLOSE) {
		if (!p->is_fixed)
			report_operation(p, 0);
		return 0;
	}
	if (!(flags & REQUEST_SKIPS_SUCCESS) && bpf_map_update_elem(&pending, &key, p, BPF_ANY) == 0)
		return 0;
	p->flags |= RECORD_NO_RESULT;
	report_operation(p, 0);
	return 0;
}

static __always_inline int on_complete(u64 request, s32 result)
{
	struct pending *p = bpf_map_lookup_elem(&pending, &request);

	if (!p)
		return 0;
	report_operation(p, result);
	bpf_map_delete_elem(&pending, &request);
	return 0;
}

SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(on_ring_submit_req, struct io_kiocb *request)
{
	return on_submit(request);
}

/* Up to 6.3 under this name. */
SEC("tp_btf/io_uring_submit_sqe")
int BPF_PROG(on_ring_submit_sqe, struct io_kiocb *request)
{
	return on_submit(request);
}

SEC("tp_btf/io_uring_complete")
int BPF_PROG(on_ring_complete, void *ring, void *request, struct io_uring_cqe *entry)
{
	return on_complete((u64)request, READ(entry, res));
}

/* With the result as an argument, up to 6.12. */
SEC("tp_btf/io_uring_complete")
int BPF_PROG(on_ring_complete_old, void *ring, void *request, u64 user_data, int result)
{
	return on_complete((u64)request, result);
}

#endif
