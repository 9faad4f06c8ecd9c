/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests: does to a running capture what an intruder with root would do to be unseen, by its maps and links as /proc/PID/fdinfo
 * shows them. x86-64.
 *
 *   tamper maps PID         empties the tables that select events
 *   tamper exclude PID WHO  puts process WHO beside those whose files and sockets are left out
 *   tamper ring PID         throws away what waits in the ring
 *   tamper links PID        makes capture close its own links (a debugger's way: nothing else can)
 *   tamper call PID NUMBER  makes capture do system call NUMBER, as code of an intruder in it would
 */
#include <dirent.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* The next descriptor after *fd whose fdinfo has `key:`; its value, or 0 when there is none. */
static unsigned int next_id(int pid, const char *key, int *fd)
{
	char name[64], line[128];

	while (++*fd < 256) {
		unsigned int id = 0;
		FILE *file;

		snprintf(name, sizeof(name), "/proc/%d/fdinfo/%d", pid, *fd);
		file = fopen(name, "r");
		while (file && fgets(line, sizeof(line), file))
			if (strncmp(line, key, strlen(key)) == 0)
				id = atoi(strchr(line, ':') + 1);
		if (file)
			fclose(file);
		if (id)
			return id;
	}
	return 0;
}

static int open_map(int pid, unsigned int type, const char *suffix, struct bpf_map_info *info)
{
	unsigned int id;

	for (int fd = -1; (id = next_id(pid, "map_id", &fd)) != 0;) {
		union bpf_attr attr = {.map_id = id};
		int map = bpf(BPF_MAP_GET_FD_BY_ID, &attr);
		union bpf_attr ask = {.info = {.bpf_fd = map, .info_len = sizeof(*info), .info = (uint64_t)info}};

		memset(info, 0, sizeof(*info));
		if (map < 0 || bpf(BPF_OBJ_GET_INFO_BY_FD, &ask) != 0)
			fail("map");
		if (info->type == type && strstr(info->name, suffix))
			return map;
		close(map);
	}
	fprintf(stderr, "process %d has no map %s\n", pid, suffix);
	exit(1);
}

/* Reads the one value of the .bss map, lets `change` at it, writes it back. */
static void change_bss(int pid, void (*change)(uint8_t *, unsigned int, int, int), int who)
{
	struct bpf_map_info info;
	int map = open_map(pid, BPF_MAP_TYPE_ARRAY, ".bss", &info);
	uint8_t *value = calloc(1, info.value_size);
	uint32_t key = 0;
	union bpf_attr attr = {.map_fd = map, .key = (uint64_t)&key, .value = (uint64_t)value};

	if (bpf(BPF_MAP_LOOKUP_ELEM, &attr) != 0)
		fail("look up");
	change(value, info.value_size, pid, who);
	if (bpf(BPF_MAP_UPDATE_ELEM, &attr) != 0)
		fail("update");
}

static void clear(uint8_t *value, unsigned int bytes, int pid, int who)
{
	memset(value, 0, bytes);
}

/* Capture's own number is the last of the table of those left out. */
static void exclude(uint8_t *value, unsigned int bytes, int pid, int who)
{
	for (uint32_t *at = (uint32_t *)value + 1; (uint8_t *)at < value + bytes; at++) {
		if (*at == (uint32_t)pid && at[-1] == 0) {
			at[-1] = who;
			return;
		}
	}
	fail("no table of excluded processes");
}

static void skip_ring(int pid)
{
	struct bpf_map_info info;
	int map = open_map(pid, BPF_MAP_TYPE_RINGBUF, "ring", &info);
	volatile uint64_t *consumer = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
	volatile uint64_t *producer = mmap(NULL, 4096, PROT_READ, MAP_SHARED, map, 4096);

	if (consumer == MAP_FAILED || producer == MAP_FAILED)
		fail("mmap");
	*consumer = *producer;
}

static void inject(int pid, long number, long argument, const struct user_regs_struct *saved)
{
	struct user_regs_struct regs = *saved;
	int status;

	regs.orig_rax = -1; /* no interrupted call is restarted meanwhile */
	regs.rax = number;
	regs.rdi = argument;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
	ptrace(PTRACE_SINGLESTEP, pid, 0, 0);
	waitpid(pid, &status, 0);
}

/* number < 0: closes the links. */
static void debug(int pid, long number)
{
	struct user_regs_struct regs;
	long text;
	int status;

	if (ptrace(PTRACE_ATTACH, pid, 0, 0) != 0)
		fail("attach");
	waitpid(pid, &status, 0);
	ptrace(PTRACE_GETREGS, pid, 0, &regs);
	text = ptrace(PTRACE_PEEKTEXT, pid, regs.rip, 0);
	ptrace(PTRACE_POKETEXT, pid, regs.rip, (text & ~0xffffL) | 0x050f);
	if (number >= 0)
		inject(pid, number, 0, &regs);
	else
		for (int fd = -1; next_id(pid, "link_id", &fd) != 0;)
			inject(pid, SYS_close, fd, &regs);
	ptrace(PTRACE_POKETEXT, pid, regs.rip, text);
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
	ptrace(PTRACE_DETACH, pid, 0, 0);
}

int main(int argc, char **argv)
{
	const char *action = argc > 2 ? argv[1] : "";
	int pid = argc > 2 ? atoi(argv[2]) : 0;

	if (strcmp(action, "maps") == 0)
		change_bss(pid, clear, 0);
	else if (strcmp(action, "exclude") == 0 && argc > 3)
		change_bss(pid, exclude, atoi(argv[3]));
	else if (strcmp(action, "ring") == 0)
		skip_ring(pid);
	else if (strcmp(action, "links") == 0)
		debug(pid, -1);
	else if (strcmp(action, "call") == 0 && argc > 3)
		debug(pid, atoi(argv[3]));
	else
		return 2;
	return 0;
}
