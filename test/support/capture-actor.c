/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does system calls in a known order, by number and not through the C library, so that the test knows exactly which calls with
 * which arguments the probe must report. Usage: capture-actor SCENE [FOLDER|NUMBER]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/capability.h>
#include <linux/futex.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CALL(name, ...) syscall(SYS_##name, ##__VA_ARGS__)

static void files(void)
{
	struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_NO_SYMLINKS};
	int directory, fd;

	fd = (int)CALL(open, "new", O_CREAT | O_WRONLY | O_TRUNC, 0640);
	CALL(fchmod, fd, 0600);
	CALL(fchown, fd, 1, -1);
	CALL(dup, fd);
	CALL(dup2, fd, 20);
	CALL(dup3, fd, 21, O_CLOEXEC);
	CALL(creat, "made", 0644);
	directory = (int)CALL(openat, AT_FDCWD, ".", O_RDONLY | O_DIRECTORY);
	CALL(openat, directory, "./new", O_RDONLY);
	CALL(openat2, directory, "new", &how, sizeof(how));
	CALL(openat, AT_FDCWD, "absent/../missing", O_RDONLY);
	CALL(openat, AT_FDCWD, 8, O_RDONLY);
	CALL(mkdir, "folder", 0750);
	CALL(mkdirat, directory, "folder2", 0700);
	CALL(link, "new", "hard");
	CALL(linkat, directory, "new", directory, "hard2", 0);
	CALL(symlink, "../target", "soft");
	CALL(symlinkat, "new", directory, "soft2");
	CALL(openat, AT_FDCWD, "soft2", O_RDONLY);
	CALL(rename, "hard", "hard3");
	CALL(renameat, directory, "hard3", directory, "hard4");
	CALL(renameat2, directory, "hard4", directory, "folder/hard5", 1);
	CALL(chmod, "new", 04755);
	CALL(fchmodat, directory, "new", 0644);
	CALL(chown, "new", 2, 3);
	CALL(lchown, "soft", 4, 5);
	CALL(fchownat, directory, "new", 6, 7, AT_SYMLINK_NOFOLLOW);
	CALL(mknod, "fifo", S_IFIFO | 0600, 0);
	CALL(mknodat, directory, "null", S_IFCHR | 0600, (unsigned int)((1 << 8) | 3));
	CALL(unlink, "made");
	CALL(unlinkat, directory, "folder2", AT_REMOVEDIR);
	CALL(rmdir, "absent");
	CALL(chdir, "folder");
	CALL(chdir, "absent");
	CALL(fchdir, directory);
	CALL(openat, AT_FDCWD, "line\nfeed\033[31m\xff\xfe%s", O_CREAT | O_WRONLY, 0600);
}

static void sockets(void)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_un path = {.sun_family = AF_UNIX, .sun_path = "sock"};
	struct sockaddr_un abstract = {.sun_family = AF_UNIX, .sun_path = "\0lanner-test"};
	struct iovec data = {.iov_base = "hello", .iov_len = 5};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
	socklen_t size = sizeof(v4);
	int listener, client, pair[2], udp;

	listener = (int)CALL(socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CALL(bind, listener, &v4, sizeof(v4));
	CALL(listen, listener, 7);
	getsockname(listener, (struct sockaddr *)&v4, &size);
	printf("port %d\n", ntohs(v4.sin_port));
	fflush(stdout);
	client = (int)CALL(socket, AF_INET, SOCK_STREAM, IPPROTO_TCP);
	CALL(connect, client, &v4, sizeof(v4));
	CALL(accept4, listener, NULL, NULL, SOCK_CLOEXEC);

	listener = (int)CALL(socket, AF_INET6, SOCK_STREAM, 0);
	CALL(bind, listener, &v6, sizeof(v6));
	CALL(listen, listener, 1);
	size = sizeof(v6);
	getsockname(listener, (struct sockaddr *)&v6, &size);
	client = (int)CALL(socket, AF_INET6, SOCK_STREAM, 0);
	CALL(connect, client, &v6, sizeof(v6));
	CALL(accept, listener, NULL, NULL);

	listener = (int)CALL(socket, AF_UNIX, SOCK_STREAM, 0);
	CALL(bind, listener, &path, offsetof(struct sockaddr_un, sun_path) + 5);
	CALL(listen, listener, 1);
	client = (int)CALL(socket, AF_UNIX, SOCK_STREAM, 0);
	CALL(connect, client, &path, sizeof(path));
	CALL(accept, listener, NULL, NULL);
	listener = (int)CALL(socket, AF_UNIX, SOCK_STREAM, 0);
	CALL(bind, listener, &abstract, offsetof(struct sockaddr_un, sun_path) + 12);
	CALL(listen, listener, 1);
	client = (int)CALL(socket, AF_UNIX, SOCK_STREAM, 0);
	CALL(connect, client, &abstract, offsetof(struct sockaddr_un, sun_path) + 12);

	CALL(socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
	udp = (int)CALL(socket, AF_INET, SOCK_DGRAM, 0);
	v4.sin_port = htons(9);
	CALL(sendto, udp, "hello", 5, 0, &v4, sizeof(v4));
	message.msg_name = &v4, message.msg_namelen = sizeof(v4);
	CALL(sendmsg, udp, &message, MSG_DONTWAIT);
	CALL(sendto, pair[0], "hello", 5, 0, NULL, 0);
	CALL(socket, AF_PACKET, SOCK_RAW, htons(3));
	v4.sin_port = htons(1);
	client = (int)CALL(socket, AF_INET, SOCK_STREAM, 0);
	CALL(connect, client, &v4, sizeof(v4));
	CALL(connect, 99, &v4, sizeof(v4));
	CALL(accept, 98, NULL, NULL);
}

static void identity(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[2] = {{.effective = 0x400, .permitted = 0x401}, {0}};
	struct iovec local = {.iov_base = &header, .iov_len = 8}, remote = {.iov_base = &header, .iov_len = 8};

	CALL(setgroups, 0, NULL);
	CALL(setresgid, 11, 12, -1);
	CALL(setfsgid, 13);
	CALL(setresuid, -1, 22, -1);
	CALL(setfsuid, 22);
	CALL(setresuid, 0, 0, 0);
	CALL(kill, getpid(), 0);
	CALL(tgkill, getpid(), getpid(), SIGURG);
	CALL(tkill, getpid(), SIGURG);
	CALL(ptrace, PTRACE_ATTACH, 999999, 0, 0);
	CALL(process_vm_readv, getpid(), &local, 1, &remote, 1, 0);
	CALL(prctl, PR_SET_NAME, "renamed", 0, 0, 0);
	CALL(memfd_create, "secret", MFD_CLOEXEC);
	CALL(unshare, CLONE_NEWUTS);
	CALL(setns, open("/proc/self/ns/uts", O_RDONLY), CLONE_NEWUTS);
	CALL(mount, "none", "target", "tmpfs", MS_NOSUID, "size=1m");
	CALL(umount2, "target", MNT_DETACH);
	CALL(delete_module, "no_such_module", O_NONBLOCK);
	CALL(init_module, "x", 1, "a=b");
	CALL(finit_module, 0, "c=d", 0);
	CALL(chroot, ".");
	CALL(open, "/etc-in-root", O_CREAT | O_WRONLY, 0600);
	CALL(setsid);
	CALL(capset, &header, caps);
	CALL(setuid, 65534);
}

/* 32-bit calls from a 64-bit program. Pointers must be below 4 GB. */
static long narrow_call(long number, long a, long b, long c)
{
	long result;

	asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory", "r8", "r9", "r10", "r11");
	return result;
}

static void compat(void)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	unsigned int *words = (unsigned int *)(low + 1024);

	strcpy(low, "/etc/hostname");
	narrow_call(5, (long)low, O_RDONLY, 0); /* open; as x86-64 this number is fstat */
	narrow_call(10, (long)strcpy(low + 64, "absent32"), 0, 0); /* unlink; as x86-64: mprotect */
	words[0] = AF_INET;
	words[1] = SOCK_DGRAM;
	words[2] = 0;
	narrow_call(102, 1, (long)words, 0); /* socketcall(SYS_SOCKET) */
}

/* Calls that are younger than the headers of this machine: one that has a name, and a number that no kernel has. */
static void numbers(void)
{
	CALL(open, "young", O_CREAT | O_WRONLY, 0600);
	syscall(452, AT_FDCWD, "young", 0604, AT_SYMLINK_NOFOLLOW); /* fchmodat2 */
	syscall(511, 1, 2, 3, 4, 5, 6);
}

#include "capture-actor-data.h"

/* Calls that have no family of their own, with what their arguments point to. */
static void others(void)
{
	struct pollfd waited[2] = {{.fd = open("data", O_CREAT | O_RDWR, 0600), .events = POLLIN}, {.fd = 99, .events = POLLOUT}};
	struct timespec nap = {.tv_nsec = 500000};
	struct timeval limit = {.tv_sec = 2, .tv_usec = 500000};
	struct rlimit limits = {.rlim_cur = 100, .rlim_max = 200};
	struct sembuf operations[2] = {{.sem_num = 1, .sem_op = 3, .sem_flg = IPC_NOWAIT}, {.sem_op = -1, .sem_flg = SEM_UNDO}};
	struct iovec data = {.iov_base = &limit, .iov_len = 4};
	union {
		struct cmsghdr head;
		char bytes[64];
	} control = {.head = {.cmsg_len = CMSG_LEN(4), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = CMSG_SPACE(4)};
	int file = waited[0].fd, tcp = (int)CALL(socket, AF_INET, SOCK_STREAM, 0), one = 1, ids[3], pair[2], ends[2], out;
	socklen_t size = sizeof(one);
	char text[4096];
	long offset = 2;

	if (write(file, "0123456789", 10) != 10 || lseek(file, 0, SEEK_SET) != 0)
		exit(1);
	CALL(setsockopt, tcp, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	CALL(setsockopt, tcp, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	CALL(getsockopt, tcp, SOL_SOCKET, SO_TYPE, &one, &size);
	CALL(setsockopt, 0xdead00000000 + tcp, IPPROTO_TCP, 1, &one, sizeof(one));
	CALL(poll, waited, 2, 5);
	CALL(ppoll, waited, 1, &nap, NULL, 8);
	CALL(nanosleep, &nap, NULL);
	CALL(access, "/etc/../etc/hostname", R_OK);
	CALL(newfstatat, AT_FDCWD, "absent", text, AT_SYMLINK_NOFOLLOW);
	CALL(stat, "/etc/hostname", text);
	CALL(getcwd, text, sizeof(text));
	CALL(getcwd, text, 1);
	CALL(getresuid, &ids[0], &ids[1], &ids[2]);
	CALL(getuid);
	CALL(setrlimit, RLIMIT_CORE, &(struct rlimit){0, 1000});
	CALL(getrlimit, RLIMIT_CORE, &limits);
	CALL(prlimit64, 0, RLIMIT_CORE, NULL, &limits);
	CALL(semget, 7, -1, IPC_CREAT | IPC_EXCL | 0600);
	CALL(semop, -1, operations, 2);
	CALL(semctl, -1, 1, GETVAL, 0);
	CALL(futex, &one, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0);
	CALL(pipe2, ends, O_CLOEXEC);
	CALL(splice, file, &offset, ends[1], NULL, 3, 2);
	out = open("copy", O_CREAT | O_RDWR, 0600);
	CALL(sendfile, out, file, NULL, 2);
	CALL(copy_file_range, file, &offset, out, NULL, 1, 0);
	CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, pair);
	*(int *)CMSG_DATA(&control.head) = file;
	sendmsg(pair[0], &message, 0);
	CALL(recvmsg, pair[1], &message, 0);
	CALL(close_range, 200, 300, 0);
	CALL(mlock2, text, 10, 1);
	CALL(mmap, NULL, 4096, PROT_READ, MAP_PRIVATE, file, 4096);
	CALL(io_uring_setup, 0, NULL);
	CALL(io_uring_register, file, 4, NULL, 1);
	CALL(keyctl, 99, 1, 2, 3, 4);
	CALL(quotactl, 0x80000700, "/dev/absent", 9, text);
	CALL(fsconfig, file, 1, "key", "value", 0);
	CALL(truncate, "copy", 1);
	CALL(getpid);
}

static void deep(void)
{
	for (int i = 0; i < 60; i++) {
		mkdir("d", 0700);
		if (chdir("d") != 0)
			exit(1);
	}
	CALL(openat, AT_FDCWD, "leaf", O_CREAT | O_WRONLY, 0600);
}

/* The program as a copy in memory, and as a file that is gone when it runs. */
static void run_copies(const char *self)
{
	char *arguments[] = {"copy", "nothing", NULL};
	char *environment[] = {"SHOWN=yes", "HIDDEN=no", NULL};
	char buffer[65536];
	int from = open(self, O_RDONLY), memory = memfd_create("ghost", MFD_CLOEXEC), file = open("gone", O_CREAT | O_RDWR, 0700);
	ssize_t bytes;

	while ((bytes = read(from, buffer, sizeof(buffer))) > 0)
		if (write(memory, buffer, (size_t)bytes) != bytes || write(file, buffer, (size_t)bytes) != bytes)
			exit(1);
	close(file);
	file = open("gone", O_RDONLY);
	unlink("gone");
	if (fork() == 0) {
		CALL(execveat, memory, "", arguments, environment, AT_EMPTY_PATH);
		_exit(1);
	}
	wait(NULL);
	if (fork() == 0) {
		CALL(execveat, file, "", arguments, environment, AT_EMPTY_PATH);
		_exit(1);
	}
	wait(NULL);
	CALL(execve, "absent-program", arguments, environment);
}

static void forks(int count)
{
	for (int i = 0; i < count; i++) {
		if (fork() == 0)
			_exit(i & 127);
		wait(NULL);
	}
}

static void die_by_signal(void)
{
	raise(SIGKILL);
}

/* As many opens as the processor allows, for so many seconds; prints how many. */
static void flood(int seconds)
{
	unsigned long count = 0;
	time_t end = time(NULL) + seconds;

	while (time(NULL) < end)
		for (int i = 0; i < 1000; i++, count++)
			close((int)CALL(openat, AT_FDCWD, "/dev/null", O_RDONLY));
	printf("%lu\n", count);
}

/* As many short programs as the processor allows, one after another: a fork, an exec and an exit each; prints how many. */
static void lives(char *self, int seconds)
{
	char *arguments[] = {self, "nothing", NULL};
	unsigned long count = 0;
	time_t end = time(NULL) + seconds;

	for (; time(NULL) < end; count++) {
		pid_t child = fork();

		if (child == 0) {
			execv(self, arguments);
			_exit(1);
		}
		if (child < 0 || waitpid(child, NULL, 0) != child)
			exit(1);
	}
	printf("%lu\n", count);
}

/* So many opens a second, evenly in steps of a millisecond. */
static void rate(int per_second, int seconds)
{
	struct timespec next;
	unsigned long count = 0;
	int fd = open("/dev", O_RDONLY);

	clock_gettime(CLOCK_MONOTONIC, &next);
	for (int step = 0; step < seconds * 1000; step++) {
		for (int i = 0; i < per_second / 1000; i++, count++)
			close((int)CALL(openat, fd, "null", O_RDONLY));
		next.tv_nsec += 1000000;
		if (next.tv_nsec >= 1000000000) {
			next.tv_nsec -= 1000000000;
			next.tv_sec++;
		}
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
	}
	printf("%lu\n", count);
}

int main(int argc, char **argv)
{
	const char *scene = argc > 1 ? argv[1] : "";

	if (strcmp(scene, "files") == 0) files();
	else if (strcmp(scene, "sockets") == 0) sockets();
	else if (strcmp(scene, "identity") == 0) identity();
	else if (strcmp(scene, "compat") == 0) compat();
	else if (strcmp(scene, "numbers") == 0) numbers();
	else if (strcmp(scene, "data") == 0) data();
	else if (strcmp(scene, "others") == 0) others();
	else if (strcmp(scene, "deep") == 0) deep();
	else if (strcmp(scene, "copies") == 0) run_copies(argv[0]);
	else if (strcmp(scene, "forks") == 0) forks(atoi(argv[2]));
	else if (strcmp(scene, "signal") == 0) die_by_signal();
	else if (strcmp(scene, "lives") == 0) lives(argv[0], atoi(argv[2]));
	else if (strcmp(scene, "rate") == 0) rate(atoi(argv[2]), atoi(argv[3]));
	else if (strcmp(scene, "flood") == 0) flood(atoi(argv[2]));
	return 0;
}
