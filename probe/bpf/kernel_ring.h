/* SPDX-License-Identifier: GPL-2.0 */
/* The fields of io_uring's structures that Lanner reads, as in kernel.h. The operation's own structure lies over the request's beginning. */
#ifndef LANNER_KERNEL_RING_H
#define LANNER_KERNEL_RING_H

#include "kernel.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct filename {
	const char *name;
};

struct open_how {
	u64 flags, mode, resolve;
};

struct io_cqe {
	int fd;
};

struct io_uring_cqe {
	s32 res;
};

struct io_kiocb {
	u8 opcode;
	u32 flags; /* 64 bits on newer kernels; the low ones are meant */
	struct io_cqe cqe;
};

struct io_open {
	int dfd;
	u32 file_slot;
	struct filename *filename;
	struct open_how how;
};

struct io_close {
	int fd;
	u32 file_slot;
};

struct io_unlink {
	int dfd, flags;
	struct filename *filename;
};

struct io_mkdir {
	int dfd;
	u16 mode;
	struct filename *filename;
};

struct io_rename {
	int old_dfd, new_dfd;
	struct filename *oldpath, *newpath;
	int flags;
};

struct io_link {
	int old_dfd, new_dfd;
	struct filename *oldpath, *newpath;
	int flags;
};

struct io_connect {
	void *addr;
	int addr_len;
};

struct io_accept {
	int flags;
};

struct io_socket {
	int domain, type, protocol;
};

struct io_listen {
	int backlog;
};

struct io_shutdown {
	int how;
};

#pragma clang attribute pop

#endif
