// SPDX-License-Identifier: Apache-2.0
/* The starter: one message, one capture, its end; then the next. Nothing of what it is sent is kept. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "launch.h"

static char message[MESSAGE_BYTES_MAX];
static char *arguments[ARGUMENTS_MAX + 2]; /* the name, and the closing NULL */

/* The descriptors of a message; fewer = not one of ours, and those that came are closed. */
static bool take_descriptors(struct msghdr *header, int *passed)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(header);
	size_t bytes = control && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_RIGHTS ? control->cmsg_len - CMSG_LEN(0) : 0;

	if (bytes == PASSED * sizeof(int) && !(header->msg_flags & (MSG_TRUNC | MSG_CTRUNC))) {
		memcpy(passed, CMSG_DATA(control), bytes);
		return true;
	}
	for (size_t i = 0; i < bytes / sizeof(int); i++) {
		int stray;

		memcpy(&stray, CMSG_DATA(control) + i * sizeof(int), sizeof(int));
		close(stray);
	}
	return false;
}

/* Splits the message into `arguments`; false = it is none, or too many. */
static bool split(size_t bytes, const char *capture)
{
	unsigned int count = 0;

	if (bytes == 0 || message[0] != MESSAGE_BEGIN || (bytes > 1 && message[bytes - 1] != 0))
		return false;
	arguments[count++] = (char *)capture;
	for (char *at = message + 1; at < message + bytes; at += strlen(at) + 1) {
		if (count > ARGUMENTS_MAX)
			return false;
		arguments[count++] = at;
	}
	arguments[count] = NULL;
	return true;
}

static _Noreturn void become_capture(const char *capture, const int *passed)
{
	static const int ours[] = {SIGINT, SIGTERM, SIGHUP};

	for (unsigned int i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		signal(ours[i], SIG_DFL);
	/* All else that is open here closes itself. A descriptor that came is above 2: those three are open. */
	for (int i = 0; i < STATUS; i++)
		if (dup2(passed[i], i) < 0)
			_exit(EXIT_CANNOT_RUN);
	execv(capture, arguments);
	fail("not-found", "install it again", capture, strerror(errno));
}

/* Until it has ended; answers as waitpid does. Its asker may ask it to stop, and ends it by ending. */
static int attend(pid_t pid, int status)
{
	/* Linux 5.3; the probe needs 5.10. */
	int process = (int)syscall(SYS_pidfd_open, pid, 0), how = 0;
	struct pollfd watched[] = {{.fd = process, .events = POLLIN}, {.fd = status, .events = POLLIN}};

	while (process >= 0 && !(watched[0].revents & POLLIN)) {
		char word = 0;

		if (poll(watched, 2, -1) < 0 || !watched[1].revents)
			continue;
		if (recv(status, &word, 1, MSG_DONTWAIT) == 1 && word == STOP) {
			kill(pid, SIGTERM);
		} else {
			kill(pid, SIGKILL);
			watched[1].fd = -1;
		}
	}
	if (process < 0)
		kill(pid, SIGKILL);
	else
		close(process);
	while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
		;
	return how;
}

static void start_one(const char *capture, int *passed)
{
	pid_t pid = fork();
	int32_t how;

	if (pid == 0)
		become_capture(capture, passed);
	for (int i = 0; i < STATUS; i++)
		close(passed[i]);
	/* No process to be had: told as what cannot run. */
	how = pid < 0 ? EXIT_CANNOT_RUN << 8 : attend(pid, passed[STATUS]);
	send(passed[STATUS], &how, sizeof(how), MSG_NOSIGNAL);
	close(passed[STATUS]);
}

void serve(int asking, const char *capture)
{
	for (;;) {
		union {
			char bytes[CMSG_SPACE(PASSED * sizeof(int))];
			struct cmsghdr align;
		} control;
		struct iovec part = {.iov_base = message, .iov_len = sizeof(message)};
		struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
		int passed[PASSED];
		ssize_t bytes = recvmsg(asking, &header, MSG_CMSG_CLOEXEC);

		if (bytes < 0 && errno == EINTR)
			continue;
		if (bytes <= 0)
			_exit(0);
		if (!take_descriptors(&header, passed))
			continue;
		if (split((size_t)bytes, capture))
			start_one(capture, passed);
		else
			for (int i = 0; i < PASSED; i++)
				close(passed[i]);
	}
}
