/* SPDX-License-Identifier: Apache-2.0 */
#include "cost-calls.h"
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP 16 /* part of a batch that is made before, and not clocked */

static int requests[2], answers[2];

static void none(unsigned int calls)
{
	while (calls--)
		syscall(SYS_getppid);
}

static void open_close(const char *path, unsigned int calls)
{
	while (calls--)
		close((int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY));
}

static void open_near(unsigned int calls)
{
	open_close("/etc/hostname", calls);
}

static void open_deep(unsigned int calls)
{
	open_close("/usr/share/doc/libc6/copyright", calls);
}

static void open_wanted(unsigned int calls)
{
	open_close("/etc/shadow", calls);
}

static void open_absent(unsigned int calls)
{
	while (calls--)
		syscall(SYS_openat, AT_FDCWD, "/etc/absent", O_RDONLY);
}

static void unlink_absent(unsigned int calls)
{
	while (calls--)
		syscall(SYS_unlink, "/etc/absent");
}

static void connect_datagram(unsigned int calls)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int one = socket(AF_INET, SOCK_DGRAM, 0);

	while (calls--)
		connect(one, (struct sockaddr *)&to, sizeof(to));
	close(one);
}

static void start_end(unsigned int calls)
{
	while (calls--) {
		pid_t child = vfork();

		if (child == 0)
			_exit(0);
		waitpid(child, NULL, 0);
	}
}

/* Ourselves: a static program, which ends at once when it is started so. */
static void execute(unsigned int calls)
{
	while (calls--) {
		pid_t child = vfork();

		if (child == 0) {
			execl("/proc/self/exe", "cost", (char *)NULL);
			_exit(127);
		}
		waitpid(child, NULL, 0);
	}
}

const struct measured measured[] = {
	{"not of interest", 4000, none},
	{"openat+close, 2 names", 300, open_near},
	{"openat+close, 5 names", 300, open_deep},
	{"openat+close, wanted", 300, open_wanted},
	{"openat, absent", 500, open_absent},
	{"unlink, absent", 500, unlink_absent},
	{"connect", 1000, connect_datagram},
	{"fork+exit", 20, start_end},
	{"fork+exec+exit", 4, execute},
};
const unsigned int measured_count = sizeof(measured) / sizeof(measured[0]);

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void pin(unsigned int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void serve(void)
{
	unsigned int which;

	while (read(requests[0], &which, sizeof(which)) == sizeof(which)) {
		const struct measured *m = &measured[which];
		double begin, each;

		m->make(m->calls / WARM_UP + 1);
		begin = now();
		m->make(m->calls);
		each = (now() - begin) / m->calls;
		if (write(answers[1], &each, sizeof(each)) != sizeof(each))
			break;
	}
	_exit(0);
}

void caller_start(void)
{
	unsigned int processors = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);

	if (pipe(requests) != 0 || pipe(answers) != 0) {
		perror("pipe");
		exit(1);
	}
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pin(processors - 1);
		serve();
	}
	pin(0);
}

unsigned int caller_calls(unsigned int which)
{
	return measured[which].calls + measured[which].calls / WARM_UP + 1;
}

double caller_batch(unsigned int which)
{
	double each;

	if (write(requests[1], &which, sizeof(which)) != sizeof(which) || read(answers[0], &each, sizeof(each)) != sizeof(each)) {
		perror("the process that makes the calls");
		exit(1);
	}
	return each;
}
