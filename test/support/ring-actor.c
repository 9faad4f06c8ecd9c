/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does file and socket work through io_uring, without the library: one operation at a time, each waited for. Prints each result.
 * Usage: ring-actor [PORT [serve]]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES 8
#define SOCKET_OPERATION 45 /* IORING_OP_SOCKET; older headers lack it, and the next two, which are there from 6.11 on */
#define BIND_OPERATION 56
#define LISTEN_OPERATION 57
#define SKIP_SUCCESS (1 << 6)

static struct io_uring_sqe *entries;
static char *ring_memory;
static struct io_uring_params params;
static int ring;

static void open_ring(void)
{
	size_t bytes;

	ring = (int)syscall(SYS_io_uring_setup, ENTRIES, &params);
	if (ring < 0) {
		printf("no io_uring\n");
		exit(2);
	}
	bytes = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe) + params.sq_entries * sizeof(unsigned int);
	ring_memory = mmap(NULL, bytes + 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	entries = mmap(NULL, params.sq_entries * sizeof(*entries), PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
}

#define AT(offset) ((volatile unsigned int *)(ring_memory + (offset)))

/* Submits one operation and waits for it, unless success is skipped. */
static int submit(struct io_uring_sqe operation)
{
	unsigned int tail = *AT(params.sq_off.tail), mask = *AT(params.sq_off.ring_mask);
	unsigned int head = *AT(params.cq_off.head);
	struct io_uring_cqe *results = (struct io_uring_cqe *)(ring_memory + params.cq_off.cqes);
	int skips = operation.flags & SKIP_SUCCESS, result;

	entries[tail & mask] = operation;
	AT(params.sq_off.array)[tail & mask] = tail & mask;
	__atomic_store_n(AT(params.sq_off.tail), tail + 1, __ATOMIC_RELEASE);
	syscall(SYS_io_uring_enter, ring, 1, skips ? 0 : 1, IORING_ENTER_GETEVENTS, NULL, 0);
	if (skips || __atomic_load_n(AT(params.cq_off.tail), __ATOMIC_ACQUIRE) == head)
		return 0;
	result = results[head & *AT(params.cq_off.ring_mask)].res;
	__atomic_store_n(AT(params.cq_off.head), head + 1, __ATOMIC_RELEASE);
	printf("%d\n", result);
	return result;
}

#define OP(code, ...) submit((struct io_uring_sqe){.opcode = code, ##__VA_ARGS__})
#define TEXT(text) (unsigned long)(text)

/* A listener and a connection to it, from 6.11 on. */
static void serve(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(any);
	int listener, tcp;

	listener = OP(SOCKET_OPERATION, .fd = AF_INET, .off = SOCK_STREAM, .len = 0);
	OP(BIND_OPERATION, .fd = listener, .addr = TEXT(&any), .addr2 = sizeof(any));
	OP(LISTEN_OPERATION, .fd = listener, .len = 5);
	getsockname(listener, (struct sockaddr *)&any, &size);
	tcp = OP(SOCKET_OPERATION, .fd = AF_INET, .off = SOCK_STREAM, .len = 0);
	OP(IORING_OP_CONNECT, .fd = tcp, .addr = TEXT(&any), .off = sizeof(any));
	OP(IORING_OP_ACCEPT, .fd = listener);
}

int main(int argc, char **argv)
{
	struct open_how how = {.flags = O_RDONLY};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd, tcp, directory = open(".", O_RDONLY | O_DIRECTORY);

	to.sin_port = htons((unsigned short)(argc > 1 ? atoi(argv[1]) : 1));
	open_ring();
	fd = OP(IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = TEXT("new"), .open_flags = O_CREAT | O_WRONLY, .len = 0640);
	OP(IORING_OP_OPENAT, .fd = directory, .addr = TEXT("absent"), .open_flags = O_RDONLY);
	OP(IORING_OP_OPENAT2, .fd = AT_FDCWD, .addr = TEXT("/etc/hostname"), .off = TEXT(&how), .len = sizeof(how));
	OP(IORING_OP_MKDIRAT, .fd = AT_FDCWD, .addr = TEXT("folder"), .len = 0700);
	OP(IORING_OP_SYMLINKAT, .fd = AT_FDCWD, .addr = TEXT("target"), .addr2 = TEXT("soft"));
	OP(IORING_OP_LINKAT, .fd = AT_FDCWD, .addr = TEXT("new"), .len = (unsigned int)AT_FDCWD, .addr2 = TEXT("hard"));
	OP(IORING_OP_RENAMEAT, .fd = directory, .addr = TEXT("hard"), .len = (unsigned int)directory, .addr2 = TEXT("folder/moved"));
	OP(IORING_OP_UNLINKAT, .fd = AT_FDCWD, .addr = TEXT("soft"));
	tcp = OP(SOCKET_OPERATION, .fd = AF_INET, .off = SOCK_STREAM, .len = 0);
	OP(IORING_OP_CONNECT, .fd = tcp, .addr = TEXT(&to), .off = sizeof(to));
	OP(IORING_OP_SHUTDOWN, .fd = tcp, .len = SHUT_RDWR);
	if (argc > 2)
		serve();
	OP(IORING_OP_CLOSE, .fd = fd);
	OP(IORING_OP_UNLINKAT, .fd = AT_FDCWD, .addr = TEXT("new"), .flags = SKIP_SUCCESS);
	return 0;
}
