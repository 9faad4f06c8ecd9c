/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "privileges.h"
#include "report.h"

#ifndef CAP_BPF
#define CAP_PERFMON 38
#define CAP_BPF 39
#endif

int kernel_at_least(unsigned int major, unsigned int minor)
{
	struct utsname names;
	unsigned int running_major = 0, running_minor = 0;

	if (uname(&names) != 0 || sscanf(names.release, "%u.%u", &running_major, &running_minor) != 2)
		return 0;
	return running_major > major || (running_major == major && running_minor >= minor);
}

/* Lowers the sets to what is held already and wanted; never raises. */
static void keep(uint64_t wanted)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) != 0)
		die(EXIT_CANNOT_RUN, "privileges", "", "cannot read capabilities: %s", strerror(errno));
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(wanted >> 32 * i);
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &header, data) != 0)
		die(EXIT_CANNOT_RUN, "privileges", "", "cannot give up capabilities: %s", strerror(errno));
}

void keep_loading_privileges(void)
{
	uint64_t wanted = 1ULL << CAP_BPF | 1ULL << CAP_PERFMON;

	if (!kernel_at_least(5, 11))
		wanted |= 1ULL << CAP_SYS_RESOURCE;
	keep(wanted);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		die(EXIT_CANNOT_RUN, "privileges", "", "cannot set no_new_privs: %s", strerror(errno));
}

void drop_privileges(void)
{
	keep(kernel_at_least(5, 19) ? 0 : 1ULL << CAP_BPF);
}

void die_with_parent(void)
{
	static pid_t parent;

	if (parent == 0)
		parent = getppid();
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		raise(SIGTERM);
}
