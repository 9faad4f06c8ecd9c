/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include "calls.h"
#include "rings.h"

static const struct {
	unsigned char operation;
	const char *call;
} operations[] = {
	{OP_ACCEPT, "accept4"},	  {OP_CONNECT, "connect"},   {OP_OPENAT, "openat"},     {OP_CLOSE, "close"},	    {OP_OPENAT2, "openat2"},
	{OP_SHUTDOWN, "shutdown"}, {OP_RENAMEAT, "renameat2"}, {OP_UNLINKAT, "unlinkat"}, {OP_MKDIRAT, "mkdirat"}, {OP_SYMLINKAT, "symlinkat"},
	{OP_LINKAT, "linkat"},	  {OP_SOCKET, "socket"},     {OP_BIND, "bind"},	 {OP_LISTEN, "listen"},
};

/* Arguments of a tracepoint's handler, without the handler's own first; -1 = the kernel does not have it. */
static int arguments_of(const struct btf *btf, const char *handler)
{
	int id = btf__find_by_name_kind(btf, handler, BTF_KIND_TYPEDEF);
	const struct btf_type *type = id > 0 ? btf__type_by_id(btf, (__u32)id) : NULL;

	type = type ? btf__type_by_id(btf, type->type) : NULL;
	type = type && btf_is_ptr(type) ? btf__type_by_id(btf, type->type) : NULL;
	return type && btf_is_func_proto(type) ? btf_vlen(type) - 1 : -1;
}

#define COMPLETE_WITH_ENTRY 3	/* ring, request, completion entry */
#define COMPLETE_WITH_RESULT 7	/* ring, request, user data, result, … */
#define SUBMIT_WITH_REQUEST 1
#define SUBMIT_BEFORE_6_4 2	/* request, whether it must not block */

bool choose_ring_programs(struct capture_bpf *skel, bool wanted)
{
	struct btf *btf = wanted ? btf__load_vmlinux_btf() : NULL;
	int complete = btf ? arguments_of(btf, "btf_trace_io_uring_complete") : -1;
	bool submits = btf && arguments_of(btf, "btf_trace_io_uring_submit_req") == SUBMIT_WITH_REQUEST;
	bool submits_old = btf && !submits && arguments_of(btf, "btf_trace_io_uring_submit_sqe") == SUBMIT_BEFORE_6_4;
	bool fits = (submits || submits_old) && (complete == COMPLETE_WITH_ENTRY || complete == COMPLETE_WITH_RESULT);

	btf__free(btf);
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		skel->rodata->ring_calls[operations[i].operation] = native_number(operations[i].call);
	bpf_program__set_autoload(skel->progs.on_ring_submit_req, fits && submits);
	bpf_program__set_autoload(skel->progs.on_ring_submit_sqe, fits && submits_old);
	bpf_program__set_autoload(skel->progs.on_ring_complete, fits && complete == COMPLETE_WITH_ENTRY);
	bpf_program__set_autoload(skel->progs.on_ring_complete_old, fits && complete == COMPLETE_WITH_RESULT);
	bpf_map__set_autocreate(skel->maps.pending, fits);
	bpf_map__set_autocreate(skel->maps.pending_scratch, fits);
	return fits;
}
