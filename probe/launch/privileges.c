// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "launch.h"

#ifndef CAP_BPF
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

/* CAP_SYS_RESOURCE: before Linux 5.11 maps count against the limit of locked memory; a unit that does not grant it loses nothing here. */
#define STARTER_CAPABILITIES (1ULL << CAP_BPF | 1ULL << CAP_PERFMON | 1ULL << CAP_SYS_RESOURCE)

/* Lowers the sets to what is held already and wanted. `pass_on`: a program that is executed has them, too. */
static void keep(uint64_t wanted, int pass_on)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) != 0)
		fail("privileges", "", "cannot read capabilities", strerror(errno));
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(wanted >> 32 * i);
		data[i].effective = data[i].permitted;
		data[i].inheritable = pass_on ? data[i].permitted : 0;
	}
	if (syscall(SYS_capset, &header, data) != 0)
		fail("privileges", "the unit must allow capset", "cannot give up capabilities", strerror(errno));
	for (unsigned int number = 0; pass_on && number < 64; number++)
		if (data[number / 32].permitted & 1u << number % 32 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) != 0)
			fail("privileges", "", "cannot pass capabilities on", strerror(errno));
}

static _Noreturn void become_starter(int asking, const char *capture)
{
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* Its end is that of the socket: what is meant for PROGRAM, a terminal's ^C for example, is not for it. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0)
		fail("starter", "", "cannot let go of standard input and output", strerror(errno));
	/* Others of this user may not look into it, whatever it holds. */
	prctl(PR_SET_DUMPABLE, 0);
	keep(STARTER_CAPABILITIES, 1);
	serve(asking, capture);
}

void launch(const char *capture, char **program)
{
	int ends[2];
	char number[12];

	/* Without capabilities root still owns the files of the host; and the agent could not give that up any more. */
	if (geteuid() == 0)
		fail("privileges", "an ordinary user, with CAP_BPF and CAP_PERFMON as ambient capabilities", "launch is not for root", "");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		fail("privileges", "", "cannot set no_new_privs", strerror(errno));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		fail("starter", "the unit must allow AF_UNIX", "cannot make a socket pair", strerror(errno));
	switch (fork()) {
	case -1:
		fail("starter", "", "cannot start a process", strerror(errno));
	case 0:
		close(ends[0]);
		become_starter(ends[1], capture);
	}
	close(ends[1]);
	keep(0, 0);
	/* Without CLOEXEC; Node sets that again for what it starts. */
	if (ends[0] == STARTER_FD ? fcntl(STARTER_FD, F_SETFD, 0) != 0 : dup2(ends[0], STARTER_FD) < 0)
		fail("starter", "", "cannot hand the socket on", strerror(errno));
	snprintf(number, sizeof(number), "%d", STARTER_FD);
	setenv(STARTER_VARIABLE, number, 1);
	execvp(program[0], program);
	fail("not-found", "check the path in the unit", program[0], strerror(errno));
}
