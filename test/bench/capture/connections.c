/* SPDX-License-Identifier: Apache-2.0 */
/* N TCP connections over loopback, one after another: socket, connect, accept, a byte each way, close. Usage: connections N */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
}

static void serve(int listener, int count)
{
	char byte;

	for (int i = 0; i < count; i++) {
		int connection = accept(listener, NULL, NULL);

		check(connection, "accept");
		if (read(connection, &byte, 1) != 1 || write(connection, &byte, 1) != 1)
			exit(1);
		close(connection);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t bytes = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM, 0), count = argc > 1 ? atoi(argv[1]) : 1, status;
	/* Closed hard, so that 20,000 of them do not use up the ports. */
	struct linger hard = {.l_onoff = 1};
	char byte = 0;

	check(bind(listener, (struct sockaddr *)&address, bytes), "bind");
	check(listen(listener, 64), "listen");
	check(getsockname(listener, (struct sockaddr *)&address, &bytes), "getsockname");
	if (fork() == 0) {
		serve(listener, count);
		return 0;
	}
	for (int i = 0; i < count; i++) {
		int connection = socket(AF_INET, SOCK_STREAM, 0);

		check(connect(connection, (struct sockaddr *)&address, bytes), "connect");
		if (write(connection, &byte, 1) != 1 || read(connection, &byte, 1) != 1)
			return 1;
		setsockopt(connection, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
		close(connection);
	}
	wait(&status);
	return status != 0;
}
