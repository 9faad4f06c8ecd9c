/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random system calls from a seed, below the working directory: many kinds, good and bad arguments, children that are forked, that
 * execute, and that end. The same seed makes the same calls. Usage: workload SEED CALLS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALL(name, ...) syscall(SYS_##name, ##__VA_ARGS__)
#define FIRST_FD 3
#define LAST_FD 40
#define CALLS_A_CHILD 60
#define CALLS_BETWEEN_CHILDREN 700

static unsigned long state;

static unsigned int rnd(unsigned int below)
{
	state = state * 6364136223846793005UL + 1442695040888963407UL;
	return (unsigned int)(state >> 33) % below;
}

#define PICK(list) (list)[rnd(sizeof(list) / sizeof((list)[0]))]

static const char *name(void)
{
	static const char *const names[] = {
		"a", "b", "c", "file", "dir", "dir/a", "dir/b", "dir/deep/x", "dir/deep", "dir/../file", "./a", "link", "link2", "absent",
		"absent/x", "new1", "new2", "new3", "a b", "tab\there", "line\nfeed", "\xff\xfe", "dir//b", "dir/./a", "..", ".", "", "sock",
		"a-name-that-is-rather-long-and-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on",
	};
	static char absolute[8192];

	if (rnd(40) == 0)
		return (const char *)8; /* unreadable */
	if (rnd(6))
		return PICK(names);
	if (!getcwd(absolute, 4096))
		return "a";
	strcat(absolute, "/");
	return strcat(absolute, PICK(names));
}

static int fd(void)
{
	static const int odd[] = {-1, 99, 1000000, AT_FDCWD};

	return rnd(25) == 0 ? PICK(odd) : FIRST_FD + (int)rnd(LAST_FD - FIRST_FD);
}

static int at(void)
{
	return rnd(2) ? AT_FDCWD : fd();
}

static int open_flags(void)
{
	static const int flags[] = {O_RDONLY, O_WRONLY, O_RDWR, O_RDONLY | O_DIRECTORY, O_CREAT | O_RDWR, O_CREAT | O_EXCL | O_WRONLY,
				    O_WRONLY | O_TRUNC, O_RDWR | O_APPEND | O_CLOEXEC, O_PATH, O_RDONLY | O_NOFOLLOW, O_CREAT | O_WRONLY | O_TRUNC};

	return PICK(flags) | O_NONBLOCK;
}

static void file_call(void)
{
	struct open_how how = {.flags = (unsigned int)open_flags(), .resolve = rnd(2) ? RESOLVE_NO_SYMLINKS : 0};
	static char text[8192];

	if (how.flags & O_CREAT)
		how.mode = 0600;
	switch (rnd(33)) {
	case 0: CALL(open, name(), open_flags(), 0640); break;
	case 1: case 2: case 3: CALL(openat, at(), name(), open_flags(), 0600); break;
	case 4: CALL(openat2, at(), name(), &how, sizeof(how)); break;
	case 5: CALL(creat, name(), 0644); break;
	case 6: CALL(unlink, name()); break;
	case 7: CALL(unlinkat, at(), name(), rnd(3) ? 0 : AT_REMOVEDIR); break;
	case 8: CALL(rename, name(), name()); break;
	case 9: CALL(renameat, at(), name(), at(), name()); break;
	case 10: CALL(renameat2, at(), name(), at(), name(), rnd(3)); break;
	case 11: CALL(link, name(), name()); break;
	case 12: CALL(linkat, at(), name(), at(), name(), 0); break;
	case 13: CALL(symlink, name(), name()); break;
	case 14: CALL(symlinkat, name(), at(), name()); break;
	case 15: CALL(mkdir, name(), 0700); break;
	case 16: CALL(mkdirat, at(), name(), 0750); break;
	case 17: CALL(rmdir, name()); break;
	case 18: CALL(mknod, name(), S_IFREG | 0640, 0); break;
	case 19: CALL(mknodat, at(), name(), S_IFREG | 0600, 0); break;
	case 20: CALL(chmod, name(), 0700 | rnd(64)); break;
	case 21: CALL(fchmod, fd(), 0700 | rnd(64)); break;
	case 22: CALL(fchmodat, at(), name(), 0711); break;
	case 23: CALL(chown, name(), rnd(5), -1); break;
	case 24: CALL(lchown, name(), -1, rnd(5)); break;
	case 25: CALL(fchown, fd(), rnd(5), rnd(5)); break;
	case 26: CALL(fchownat, at(), name(), rnd(5), rnd(5), AT_SYMLINK_NOFOLLOW); break;
	case 27: CALL(access, name(), (int)rnd(8)); break;
	case 28: CALL(stat, name(), text); break;
	case 29: CALL(newfstatat, at(), name(), text, rnd(2) ? AT_SYMLINK_NOFOLLOW : 0); break;
	case 30: CALL(readlink, name(), text, sizeof(text)); break;
	case 31: CALL(truncate, name(), (long)rnd(100)); break;
	case 32: CALL(faccessat, at(), name(), (int)rnd(8)); break;
	}
}

static void descriptor_call(void)
{
	static char text[512];
	struct iovec parts[2] = {{text, rnd(100)}, {text + 100, rnd(100)}};
	struct pollfd waited[2] = {{.fd = fd(), .events = POLLIN}, {.fd = fd(), .events = POLLOUT}};
	int ends[2];

	switch (rnd(24)) {
	case 0: case 1: CALL(close, fd()); break;
	case 2: CALL(dup, fd()); break;
	case 3: CALL(dup2, fd(), FIRST_FD + (int)rnd(LAST_FD)); break;
	case 4: CALL(dup3, fd(), FIRST_FD + (int)rnd(LAST_FD), O_CLOEXEC); break;
	case 5: CALL(fcntl, fd(), F_GETFL, 0); break;
	case 6: CALL(fcntl, fd(), F_DUPFD, 10); break;
	case 7: CALL(lseek, fd(), (long)rnd(50) - 10, (int)rnd(4)); break;
	case 8: CALL(flock, fd(), 2 | 4); break;
	case 9: CALL(ioctl, fd(), 0x5401, text); break;
	case 10: CALL(eventfd2, rnd(9), O_CLOEXEC | O_NONBLOCK); break;
	case 11: CALL(epoll_create1, O_CLOEXEC); break;
	case 12: CALL(pipe2, ends, O_NONBLOCK); break;
	case 13: CALL(timerfd_create, 1, O_NONBLOCK); break;
	case 14: CALL(inotify_init1, O_NONBLOCK); break;
	case 15: CALL(fstat, fd(), text); break;
	case 16: CALL(memfd_create, "memory", 1); break;
	case 17: CALL(ftruncate, fd(), (long)rnd(100)); break;
	case 18: CALL(read, fd(), text, rnd(500)); break;
	case 19: CALL(pread64, fd(), text, rnd(500), (long)rnd(50)); break;
	case 20: CALL(pwrite64, fd(), text, rnd(500), (long)rnd(50)); break;
	case 21: CALL(writev, fd(), parts, 2); break;
	case 22: CALL(poll, waited, 2, 0); break;
	case 23: CALL(fsync, fd()); break;
	}
}

static void socket_call(void)
{
	static const int families[] = {AF_INET, AF_INET6, AF_UNIX, 77};
	struct sockaddr_in inet = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "sock"};
	int one = (int)rnd(2), pair[2];
	socklen_t size = sizeof(one);

	inet.sin_port = htons((unsigned short)(rnd(2) ? 0 : 1 + rnd(5)));
	switch (rnd(10)) {
	case 0: case 1: CALL(socket, PICK(families), (int)(1 + rnd(2)) | SOCK_NONBLOCK, 0); break;
	case 2: CALL(socketpair, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair); break;
	case 3: CALL(bind, fd(), rnd(2) ? (void *)&inet : (void *)&local, rnd(2) ? sizeof(inet) : 7); break;
	case 4: CALL(listen, fd(), (int)rnd(5)); break;
	case 5: CALL(connect, fd(), rnd(2) ? (void *)&inet : (void *)&local, rnd(2) ? sizeof(inet) : 7); break;
	case 6: CALL(accept4, fd(), NULL, NULL, SOCK_NONBLOCK); break;
	case 7: CALL(sendto, fd(), "data", 4, MSG_DONTWAIT | MSG_NOSIGNAL, &inet, sizeof(inet)); break;
	case 8: CALL(setsockopt, fd(), SOL_SOCKET, (int)(1 + rnd(9)), &one, sizeof(one)); break;
	case 9: CALL(getsockopt, fd(), SOL_SOCKET, (int)(1 + rnd(9)), &one, &size); break;
	}
}

static void process_call(void)
{
	static char text[4096];
	static void *area;
	struct rlimit limit;
	struct timespec nap = {.tv_nsec = 1000};

	switch (rnd(20)) {
	case 0: CALL(chdir, rnd(3) ? "." : name()); break;
	case 1: CALL(fchdir, fd()); break;
	case 2: area = (void *)CALL(mmap, NULL, 4096 * (1 + rnd(4)), PROT_READ, MAP_PRIVATE | (rnd(2) ? MAP_ANONYMOUS : 0), fd(), 0); break;
	case 3: CALL(mprotect, area, 4096, (int)rnd(4)); break;
	case 4: CALL(munmap, area, 4096); break;
	case 5: CALL(kill, rnd(2) ? getpid() : 999999, 0); break;
	case 6: CALL(tgkill, getpid(), getpid(), 0); break;
	case 7: CALL(prctl, PR_SET_NAME, "worker", 0, 0, 0); break;
	case 8: CALL(prctl, PR_GET_DUMPABLE, 0, 0, 0, 0); break;
	case 9: CALL(getpid); break;
	case 10: CALL(getuid); break;
	case 11: CALL(getppid); break;
	case 12: CALL(umask, 022); break;
	case 13: CALL(getcwd, text, sizeof(text)); break;
	case 14: CALL(getrlimit, RLIMIT_CORE, &limit); break;
	case 15: CALL(prlimit64, 0, RLIMIT_NOFILE, NULL, &limit); break;
	case 16: CALL(nanosleep, &nap, NULL); break;
	case 17: CALL(setpgid, 0, 0); break;
	case 18: CALL(setuid, 0); break;
	case 19: CALL(setresgid, -1, 0, -1); break;
	}
}

static void one_call(void)
{
	switch (rnd(10)) {
	case 0: case 1: case 2: case 3: case 4: file_call(); break;
	case 5: case 6: case 7: descriptor_call(); break;
	case 8: socket_call(); break;
	case 9: process_call(); break;
	}
}

/* A child that makes calls of its own and ends, executes something, or fails to. */
static void child(void)
{
	char *arguments[] = {"true", "an argument", "", NULL}, *environment[] = {"A=b", NULL};
	pid_t pid = fork();

	if (pid > 0) {
		waitpid(pid, NULL, 0);
		return;
	}
	for (int i = 0; i < CALLS_A_CHILD; i++)
		one_call();
	if (rnd(3) == 0)
		CALL(execve, "/bin/true", arguments, environment);
	CALL(execve, name(), arguments, environment);
	_exit((int)rnd(100));
}

int main(int argc, char **argv)
{
	long calls = argc > 2 ? atol(argv[2]) : 1000;
	char home[4096];

	signal(SIGPIPE, SIG_IGN);
	state = argc > 1 ? strtoul(argv[1], NULL, 10) : 1;
	if (!getcwd(home, sizeof(home)))
		return 1;
	for (long i = 0; i < calls; i++) {
		if (i % CALLS_BETWEEN_CHILDREN == 0)
			child();
		one_call();
		/* Not to end below a directory that was moved away, and to have something to find. */
		if (i % 50 == 0) {
			CALL(chdir, home);
			CALL(mkdir, "dir", 0700);
			close((int)CALL(openat, AT_FDCWD, "dir/a", O_CREAT | O_WRONLY, 0600));
			close((int)CALL(openat, AT_FDCWD, "file", O_CREAT | O_WRONLY, 0600));
		}
	}
	return 0;
}
