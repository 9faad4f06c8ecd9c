/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter of classic BPF, written out here: two dozen numbers need no library. Order: architecture, then one pair of
 * instructions a call, then the calls of which an argument is looked at. Whoever adds a call says what makes it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include "report.h"
#include "seccomp.h"

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#error "no seccomp architecture known"
#endif

#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define NUMBER LOAD(offsetof(struct seccomp_data, nr))
/* The low half: both machines are little-endian, and the arguments looked at are ints in the kernel. */
#define ARGUMENT(n) LOAD(offsetof(struct seccomp_data, args[n]))
#define VERDICT(verdict) BPF_STMT(BPF_RET | BPF_K, (verdict))
#define ALLOW(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), VERDICT(SECCOMP_RET_ALLOW)

static struct sock_filter filter[] = {
	LOAD(offsetof(struct seccomp_data, arch)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE, 1, 0),
	VERDICT(SECCOMP_RET_KILL_PROCESS),
	NUMBER,
	/* Frames, control lines, the snapshot; waiting. */
	ALLOW(SYS_read),
	ALLOW(SYS_write),
	ALLOW(SYS_writev), /* stdio of diagnostics */
	ALLOW(SYS_close),
#ifdef SYS_epoll_wait
	ALLOW(SYS_epoll_wait),
	ALLOW(SYS_poll), /* a reader that made the pipe non-blocking */
#endif
	ALLOW(SYS_epoll_pwait),
	ALLOW(SYS_ppoll),
	ALLOW(SYS_epoll_ctl), /* the end of control lines */
	/* Clocks: mostly in the vDSO, but for CPU time and machines without one. */
	ALLOW(SYS_clock_gettime),
	/* Memory of the C library and, at the end, of libbpf. */
	ALLOW(SYS_brk),
	ALLOW(SYS_munmap),
	ALLOW(SYS_mremap),
	/* Signals that ask it to stop, and the end; abort() of a failed assertion. */
	ALLOW(SYS_rt_sigreturn),
	ALLOW(SYS_rt_sigprocmask),
	ALLOW(SYS_restart_syscall),
	ALLOW(SYS_getpid),
	ALLOW(SYS_gettid),
	ALLOW(SYS_tgkill),
	ALLOW(SYS_exit_group),
	/* Memory, but none that can be executed. */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 4),
	ARGUMENT(2),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
	VERDICT(SECCOMP_RET_KILL_PROCESS),
	VERDICT(SECCOMP_RET_ALLOW),
	/* Command lines of a snapshot: read only. */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 4),
	ARGUMENT(2),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1),
	VERDICT(SECCOMP_RET_KILL_PROCESS),
	VERDICT(SECCOMP_RET_ALLOW),
	/* A snapshot is an iterator; links are looked at. Nothing is loaded, made or changed. */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 4),
	ARGUMENT(0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_ITER_CREATE, 1, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, BPF_OBJ_GET_INFO_BY_FD, 0, 1),
	VERDICT(SECCOMP_RET_ALLOW),
	VERDICT(SECCOMP_RET_KILL_PROCESS),
};

void allow_few_calls(void)
{
	struct sock_fprog program = {.len = sizeof(filter) / sizeof(filter[0]), .filter = filter};

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		die(EXIT_CANNOT_RUN, "seccomp", "the kernel needs CONFIG_SECCOMP_FILTER", "cannot limit its own system calls: %s", strerror(errno));
}
