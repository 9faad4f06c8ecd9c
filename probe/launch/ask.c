// SPDX-License-Identifier: Apache-2.0
/* The asking end: stands for the capture that the starter runs. Its standard streams are capture's, SIGTERM and its end are passed on. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "launch.h"

static int status = -1;

static void on_stop(int number)
{
	const char word = STOP;

	(void)number;
	send(status, &word, 1, MSG_NOSIGNAL);
}

static void send_request(int count, char **arguments, int theirs)
{
	static char message[MESSAGE_BYTES_MAX];
	union {
		char bytes[CMSG_SPACE(PASSED * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec part = {.iov_base = message, .iov_len = 1};
	struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	const int passed[PASSED] = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, theirs};
	struct cmsghdr *descriptors = CMSG_FIRSTHDR(&header);

	message[0] = MESSAGE_BEGIN;
	for (int i = 0; i < count; i++) {
		size_t bytes = strlen(arguments[i]) + 1;

		if (count > ARGUMENTS_MAX || part.iov_len + bytes > sizeof(message))
			fail("bad-option", "name fewer variables and calls", "the arguments of capture are too long", "");
		memcpy(message + part.iov_len, arguments[i], bytes);
		part.iov_len += bytes;
	}
	descriptors->cmsg_level = SOL_SOCKET;
	descriptors->cmsg_type = SCM_RIGHTS;
	descriptors->cmsg_len = CMSG_LEN(sizeof(passed));
	memcpy(CMSG_DATA(descriptors), passed, sizeof(passed));
	if (sendmsg(STARTER_FD, &header, MSG_NOSIGNAL) < 0)
		fail("starter-gone", "restart the unit", "the process that starts capture does not answer", strerror(errno));
}

/* Ends as capture did, for whoever waits for us. */
static int end_as(int how)
{
	if (WIFEXITED(how))
		return WEXITSTATUS(how);
	signal(WTERMSIG(how), SIG_DFL);
	setrlimit(RLIMIT_CORE, &(struct rlimit){0});
	raise(WTERMSIG(how));
	return EXIT_CANNOT_RUN;
}

int ask(int count, char **arguments)
{
	int ends[2];
	int32_t how;
	ssize_t got;
	struct sigaction stop = {.sa_handler = on_stop, .sa_flags = SA_RESTART};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		fail("starter", "", "cannot make a socket pair", strerror(errno));
	status = ends[0];
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	send_request(count, arguments, ends[1]);
	/* What is capture's is not ours any more: the end of its output must be seen, and that of PROGRAM by the starter. */
	close(ends[1]);
	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++)
		close(fd);
	close(STARTER_FD);
	do
		got = recv(status, &how, sizeof(how), 0);
	while (got < 0 && errno == EINTR);
	if (got != sizeof(how))
		fail("starter-gone", "restart the unit", "the process that starts capture has ended", "");
	return end_as(how);
}
