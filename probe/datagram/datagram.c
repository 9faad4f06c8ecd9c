// SPDX-License-Identifier: Apache-2.0
/*
 * Sends frames of standard input to a unix datagram socket, and answers each on standard output: what Node lacks to speak to /dev/log.
 *
 *   stdin:  u32 length (little endian), then that many bytes: one datagram; length 0 begins a batch
 *   stdout: u32 errno (little endian) a datagram: 0 = the receiver's queue has it
 *
 * After an error the rest of its batch is answered ECANCELED and not sent, so that order is kept.
 *
 * One socket, connected when first needed and again after an error, so a daemon that was restarted is found. A full queue is waited for
 * (back-pressure), for SEND_TIMEOUT_S at most: then EAGAIN. Ends with standard input. Bound: FRAME_MAX bytes; more ends it with code 2.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define FRAME_MAX (256 * 1024)
#define SEND_TIMEOUT_S 5

static char frame[FRAME_MAX];

/* Whole count or nothing: 1 = read, 0 = end of input. */
static int read_all(void *to, size_t count)
{
	size_t done = 0;

	while (done < count) {
		ssize_t got = read(STDIN_FILENO, (char *)to + done, count - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return 0;
		done += (size_t)got;
	}
	return 1;
}

static int connect_to(const char *path, int *fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct timeval limit = { .tv_sec = SEND_TIMEOUT_S };
	int problem;

	if (strlen(path) >= sizeof(address.sun_path))
		return ENAMETOOLONG;
	strcpy(address.sun_path, path);
	*fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return errno;
	/* A timeout on send also bounds connect. */
	if (setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0 &&
	    connect(*fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return 0;
	problem = errno;
	close(*fd);
	*fd = -1;
	return problem;
}

static int send_frame(const char *path, int *fd, size_t length)
{
	int problem;

	if (*fd < 0) {
		problem = connect_to(path, fd);
		if (problem != 0)
			return problem;
	}
	for (;;) {
		if (send(*fd, frame, length, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno != EINTR)
			break;
	}
	problem = errno;
	/* Too long says nothing about the socket. */
	if (problem != EMSGSIZE) {
		close(*fd);
		*fd = -1;
	}
	return problem;
}

int main(int argc, char **argv)
{
	uint32_t length;
	int fd = -1;
	int failed = 0;

	if (argc != 2) {
		fprintf(stderr, "datagram: usage: datagram SOCKET\n");
		return 2;
	}
	while (read_all(&length, sizeof(length))) {
		uint32_t answer;

		if (length == 0) {
			failed = 0;
			continue;
		}
		if (length > FRAME_MAX) {
			fprintf(stderr, "datagram: a frame of %u bytes; at most %d\n", length, FRAME_MAX);
			return 2;
		}
		if (!read_all(frame, length))
			return 2;
		answer = failed ? ECANCELED : (uint32_t)send_frame(argv[1], &fd, length);
		/* The daemon went away since the last one: it may be back by now. */
		if (answer == ECONNREFUSED || answer == ENOTCONN || answer == ECONNRESET)
			answer = (uint32_t)send_frame(argv[1], &fd, length);
		failed = answer != 0;
		if (write(STDOUT_FILENO, &answer, sizeof(answer)) != sizeof(answer))
			return 1;
	}
	return 0;
}
