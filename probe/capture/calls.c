/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "calls.h"
#include "generated.h"

enum { A0 = 1, A1, A2, A3, A4, A5, RESULT = ARGUMENT_RESULT, CURRENT = ARGUMENT_CURRENT, SEVERAL = 1 };

#define C(kind_, ...) .call = {.kind = KIND_##kind_, ##__VA_ARGS__}
#define IO .flags = CALL_INPUT_OUTPUT
#define COMPARED .flags = CALL_COMPARED
#define IO_COMPARED .flags = CALL_INPUT_OUTPUT | CALL_COMPARED
#define ROOM .flags = CALL_INPUT_OUTPUT | CALL_MEMORY
#define WORDS .flags = CALL_INPUT_OUTPUT | CALL_WORDS
#define FAILED .flags = CALL_FAILURES
#define FAILED_COMPARED .flags = CALL_FAILURES | CALL_COMPARED
#define READ_WRITE(name_) {name_, C(FILE, IO, .fd = A0), .off = true, .size = A2}
#define AT_OFFSET(name_) {name_, C(FILE, IO, .fd = A0), .off = true, .size = A2, .offset = A3}
#define VECTORED(name_) {name_, C(FILE, IO, .fd = A0, .gather = GATHER_IOVEC, .extra = A1), .off = true}
#define VECTORED_AT(name_) {name_, C(FILE, IO, .fd = A0, .gather = GATHER_IOVEC, .extra = A1), .off = true, .offset = A3}
#define NEW_FD(name_, ...) {name_, C(FD, IO, .fd = RESULT), .off = true, ##__VA_ARGS__}
#define ON_FD(name_, ...) {name_, C(FD, IO, .fd = A0), .off = true, ##__VA_ARGS__}
/* Calls with raw arguments: a descriptor, a path, and what their pointers point to are looked up beside them. */
#define OTHER(name_, widths_, ...) {name_, C(OTHER, IO, ##__VA_ARGS__), .off = true, .widths = widths_}
#define STRUCT(name_, widths_, layout_, ...) {name_, C(OTHER, IO, .gather = GATHER_AREA, ##__VA_ARGS__), .off = true, .widths = widths_, .layout = layout_}
#define ON_PATH(name_) OTHER(name_, "", .name = A0, .directory = CURRENT)
#define AT_PATH(name_) OTHER(name_, "d", .name = A1, .directory = A0)
#define ON_FILE(name_) OTHER(name_, "d", .fd = A0)
#define IDS(name_, count_) {name_, C(CREDENTIALS, .gather = GATHER_CREDENTIALS), .first = A0, .count = count_}

/* Row 0 is for process events; row 1 for calls that are reported with raw arguments. */
const struct row rows[] = {
	{"", C(NONE)},
	{"", C(OTHER)},

	{"open", C(OPEN, IO, .fd = RESULT, .name = A0, .directory = CURRENT), .flags = A1, .mode = A2},
	{"creat", C(OPEN, IO, .fd = RESULT, .name = A0, .directory = CURRENT), .mode = A1},
	{"openat", C(OPEN, IO, .fd = RESULT, .name = A1, .directory = A0), .flags = A2, .mode = A3},
	{"openat2", C(OPEN, IO, .fd = RESULT, .name = A1, .directory = A0, .gather = GATHER_NUMBERS, .extra = A2, .count = 3)},
	{"open_by_handle_at", C(OPEN, IO, .fd = RESULT), .flags = A2},

	{"execve", C(EXEC, FAILED_COMPARED, .name = A0, .directory = CURRENT, .gather = GATHER_VECTOR, .extra = A1)},
	{"execveat", C(EXEC, FAILED_COMPARED, .name = A1, .directory = A0, .gather = GATHER_VECTOR, .extra = A2), .flags = A4},
	{"clone", C(CLONE, FAILED), .flags = A0},
	{"clone3", C(CLONE, FAILED, .gather = GATHER_NUMBERS, .extra = A0, .count = 5)},
	{"fork", C(CLONE, FAILED)}, {"vfork", C(CLONE, FAILED)},

	{"unlink", C(PATH, IO_COMPARED, .name = A0, .directory = CURRENT)},
	{"unlinkat", C(PATH, IO_COMPARED, .name = A1, .directory = A0), .flags = A2},
	{"rename", C(PATH, IO_COMPARED, .name = A0, .directory = CURRENT, .new_name = A1, .new_directory = CURRENT)},
	{"renameat", C(PATH, IO_COMPARED, .name = A1, .directory = A0, .new_name = A3, .new_directory = A2)},
	{"renameat2", C(PATH, IO_COMPARED, .name = A1, .directory = A0, .new_name = A3, .new_directory = A2), .flags = A4},
	{"link", C(PATH, IO_COMPARED, .name = A0, .directory = CURRENT, .new_name = A1, .new_directory = CURRENT)},
	{"linkat", C(PATH, IO_COMPARED, .name = A1, .directory = A0, .new_name = A3, .new_directory = A2), .flags = A4},
	{"symlink", C(PATH, IO_COMPARED, .name = A0, .new_name = A1, .new_directory = CURRENT)},
	{"symlinkat", C(PATH, IO_COMPARED, .name = A0, .new_name = A2, .new_directory = A1)},
	{"mkdir", C(PATH, IO_COMPARED, .name = A0, .directory = CURRENT), .mode = A1},
	{"mkdirat", C(PATH, IO_COMPARED, .name = A1, .directory = A0), .mode = A2},
	{"rmdir", C(PATH, IO_COMPARED, .name = A0, .directory = CURRENT)},
	{"mknod", C(PATH, IO_COMPARED, .name = A0, .directory = CURRENT), .mode = A1, .device = A2},
	{"mknodat", C(PATH, IO_COMPARED, .name = A1, .directory = A0), .mode = A2, .device = A3},
	{"chmod", C(PATH, IO_COMPARED, .name = A0, .directory = CURRENT), .mode = A1},
	{"fchmod", C(PATH, IO, .fd = A0), .mode = A1},
	{"fchmodat", C(PATH, IO_COMPARED, .name = A1, .directory = A0), .mode = A2},
	{"fchmodat2", C(PATH, IO_COMPARED, .name = A1, .directory = A0), .mode = A2, .flags = A3},
	{"chown", C(PATH, IO_COMPARED, .name = A0, .directory = CURRENT), .uid = A1, .gid = A2},
	{"lchown", C(PATH, IO_COMPARED, .name = A0, .directory = CURRENT), .uid = A1, .gid = A2},
	{"fchown", C(PATH, IO, .fd = A0), .uid = A1, .gid = A2},
	{"fchownat", C(PATH, IO_COMPARED, .name = A1, .directory = A0), .uid = A2, .gid = A3, .flags = A4},

	{"socket", C(SOCKET, IO)},
	{"socketpair", C(SOCKET, IO, .gather = GATHER_PAIR, .extra = A3)},
	{"connect", C(CONNECT, IO, .fd = A0, .gather = GATHER_ADDRESS, .extra = A1)},
	{"accept", C(ACCEPT, IO, .fd = RESULT, .gather = GATHER_QUEUE, .extra = A0)},
	{"accept4", C(ACCEPT, IO, .fd = RESULT, .gather = GATHER_QUEUE, .extra = A0), .flags = A3},
	{"bind", C(BIND, IO, .fd = A0, .gather = GATHER_ADDRESS, .extra = A1)},
	{"listen", C(BIND, IO, .fd = A0), .size = A1},
	{"sendto", C(TRANSFER, .flags = CALL_INPUT_OUTPUT | CALL_ADDRESSED, .fd = A0, .gather = GATHER_ADDRESS, .extra = A4), .size = A2, .flags = A3},
	{"sendmsg", C(TRANSFER, .flags = CALL_INPUT_OUTPUT | CALL_ADDRESSED, .fd = A0, .gather = GATHER_MESSAGE, .extra = A1), .flags = A2},
	{"sendmmsg", C(TRANSFER, IO, .fd = A0, .gather = GATHER_MESSAGE, .extra = A1, .count = SEVERAL), .off = true, .flags = A3},
	{"recvfrom", C(TRANSFER, IO, .fd = A0, .gather = GATHER_ADDRESS_POINTER, .extra = A4), .off = true, .size = A2, .flags = A3},
	{"recvmsg", C(TRANSFER, IO, .fd = A0, .gather = GATHER_RECEIVED, .extra = A1), .off = true, .flags = A2},
	{"recvmmsg", C(TRANSFER, IO, .fd = A0, .gather = GATHER_RECEIVED, .extra = A1, .count = SEVERAL), .off = true, .flags = A3},

	{"send", C(TRANSFER, IO, .fd = A0), .off = true, .size = A2, .flags = A3}, {"recv", C(TRANSFER, IO, .fd = A0), .off = true, .size = A2, .flags = A3},

	{"dup", C(FD, IO, .fd = A0)}, {"dup2", C(FD, IO, .fd = A0)},
	{"dup3", C(FD, IO, .fd = A0), .flags = A2},
	{"fcntl", C(FD, IO, .fd = A0), .off = true, .option = A1, .offset = A2},
	{"close", C(FD, .flags = CALL_INPUT_OUTPUT | CALL_AT_ENTRY, .fd = A0), .off = true},

	{"pipe", C(FD, IO, .gather = GATHER_PIPE, .extra = A0), .off = true}, {"pipe2", C(FD, IO, .gather = GATHER_PIPE, .extra = A0), .off = true, .flags = A1},
	ON_FD("close_range", .flags = A2),
	NEW_FD("eventfd", .offset = A0), NEW_FD("eventfd2", .offset = A0, .flags = A1),
	NEW_FD("epoll_create", .option = A0), NEW_FD("epoll_create1", .flags = A0),
	NEW_FD("timerfd_create", .option = A0, .flags = A1),
	NEW_FD("inotify_init"), NEW_FD("inotify_init1", .flags = A0),
	NEW_FD("signalfd", .option = A0), NEW_FD("signalfd4", .option = A0, .flags = A3),
	NEW_FD("pidfd_open", .option = A0, .flags = A1), NEW_FD("pidfd_getfd", .option = A0, .offset = A1, .flags = A2),
	ON_FD("fstat"), ON_FD("getdents"), ON_FD("getdents64"), ON_FD("flock", .option = A1), ON_FD("shutdown", .option = A1),
	ON_FD("lseek", .offset = A1, .option = A2), ON_FD("ioctl", .option = A1, .offset = A2),
	ON_FD("llseek", .option = A4),

	READ_WRITE("read"), READ_WRITE("write"), AT_OFFSET("pread"), AT_OFFSET("pwrite"),
	VECTORED("readv"), VECTORED("writev"), VECTORED_AT("preadv"), VECTORED_AT("pwritev"),

	IDS("setuid", 1), IDS("setgid", 1), IDS("setreuid", 2), IDS("setregid", 2), IDS("setresuid", 3), IDS("setresgid", 3),
	IDS("setfsuid", 1), IDS("setfsgid", 1), IDS("setgroups", 1),
	{"capset", C(CREDENTIALS, .gather = GATHER_CAPSET, .extra = A0)},

	{"kill", C(SIGNAL), .target = A0, .signal = A1}, {"tkill", C(SIGNAL), .thread = A0, .signal = A1},
	{"tgkill", C(SIGNAL), .target = A0, .thread = A1, .signal = A2},
	{"ptrace", C(TRACE), .option = A0, .target = A1, .address = A2, .size = A3},
	{"process_vm_readv", C(TRACE, .gather = GATHER_IOVEC, .extra = A1), .target = A0},
	{"process_vm_writev", C(TRACE, .gather = GATHER_IOVEC, .extra = A1), .target = A0},

	{"mount", C(MOUNT, COMPARED, .name = A0, .new_name = A1, .new_directory = CURRENT, .text = A2), .flags = A3},
	{"umount", C(MOUNT, COMPARED, .new_name = A0, .new_directory = CURRENT)}, {"umount2", C(MOUNT, COMPARED, .new_name = A0, .new_directory = CURRENT), .flags = A1},
	{"move_mount", C(MOUNT, COMPARED, .name = A1, .directory = A0, .new_name = A3, .new_directory = A2), .off = true, .flags = A4},
	{"pivot_root", C(MOUNT, COMPARED, .name = A0, .directory = CURRENT, .new_name = A1, .new_directory = CURRENT)},
	{"chroot", C(ROOT, .name = A0, .directory = CURRENT, .gather = GATHER_NEW_ROOT)},
	{"chdir", C(ROOT, .name = A0, .directory = CURRENT, .gather = GATHER_CWD)},
	{"fchdir", C(ROOT, .gather = GATHER_CWD), .option = A0},
	{"setns", C(NAMESPACE, .fd = A0), .flags = A1}, {"unshare", C(NAMESPACE), .flags = A0},
	{"init_module", C(MODULE, .text = A2), .size = A1},
	{"finit_module", C(MODULE, .fd = A0, .text = A1), .flags = A2},
	{"delete_module", C(MODULE, .name = A0), .flags = A1},
	{"bpf", C(BPF, .gather = GATHER_NUMBERS, .extra = A1, .count = 8), .option = A0},

	{"memfd_create", C(MEMORY, .name = A0), .flags = A1},
	{"userfaultfd", C(MEMORY), .flags = A0},
	{"mmap", C(MEMORY, ROOM, .fd = A4), .off = true, .address = A0, .size = A1, .protection = A2, .flags = A3, .offset = A5},
	{"mmap2", C(MEMORY, ROOM, .fd = A4), .off = true, .address = A0, .size = A1, .protection = A2, .flags = A3, .offset = A5},
	{"mprotect", C(MEMORY, IO), .off = true, .address = A0, .size = A1, .protection = A2},
	{"munmap", C(MEMORY, ROOM), .off = true, .address = A0, .size = A1},
	{"brk", C(MEMORY, ROOM), .off = true, .address = A0},

	{"prctl", C(CONTROL, .gather = GATHER_COMM, .extra = A1), .option = A0, .first = A1, .count = 4},
	{"seccomp", C(CONTROL), .off = true, .option = A0, .first = A1, .count = 1},
	{"setsid", C(CONTROL)}, {"setpgid", C(CONTROL), .target = A0, .first = A1, .count = 1},
	{"setrlimit", C(CONTROL, .flags = CALL_WORDS, .gather = GATHER_AREA, .extra = A1, .count = 16), .off = true, .option = A0, .layout = "ww"},
	{"prlimit", C(CONTROL, .gather = GATHER_AREA, .extra = A2, .more = A3, .count = 16), .off = true, .target = A0, .option = A1,
	 .layout = "qq", .more_layout = "qq"},

	OTHER("setsockopt", "ddd.d", .fd = A0, .gather = GATHER_BYTES, .extra = A3),
	{"getsockopt", C(OTHER, IO, .fd = A0, .gather = GATHER_BYTES_POINTER, .extra = A3), .off = true, .fills = true, .widths = "ddd"},
	ON_FILE("getsockname"), ON_FILE("getpeername"),
	OTHER("futex", ".du"),
	{"getcwd", C(OTHER, IO, .name = A0), .off = true, .fills = true},
	{"nanosleep", C(OTHER, WORDS, .gather = GATHER_AREA, .extra = A0, .count = 16), .off = true, .widths = "", .layout = "ww"},
	{"getrlimit", C(OTHER, WORDS, .gather = GATHER_AREA, .extra = A1, .count = 16), .off = true, .fills = true, .widths = "d", .layout = "ww"},
	{"getresuid", C(OTHER, IO, .gather = GATHER_IDS, .extra = A0), .off = true, .fills = true, .layout = "u"},
	{"getresgid", C(OTHER, IO, .gather = GATHER_IDS, .extra = A0), .off = true, .fills = true, .layout = "u"},

	OTHER("epoll_wait", "d.dd", .fd = A0), OTHER("epoll_pwait", "d.dd", .fd = A0), OTHER("epoll_ctl", "ddd", .fd = A0, .second_fd = A2),
	{"poll", C(OTHER, IO, .gather = GATHER_WAITED, .extra = A0), .off = true, .widths = ".ud"},
	{"ppoll", C(OTHER, WORDS, .gather = GATHER_WAITED, .extra = A0, .more = A2, .count = 16), .off = true, .widths = ".u", .layout = "ww", .more_layout = "q"},
	OTHER("splice", "d.d..u", .fd = A0, .second_fd = A2), OTHER("sendfile", "dd", .fd = A1, .second_fd = A0),
	STRUCT("copy_file_range", "d.d..u", "q", .fd = A0, .second_fd = A2, .extra = A1, .more = A3, .count = 8),

	OTHER("semget", "ddd"), OTHER("semctl", "ddd"),
	STRUCT("semop", "d.u", "Hhh", .extra = A1, .count = 12), STRUCT("semtimedop", "d.u", "Hhh", .extra = A1, .count = 12),
	OTHER("mlockall", "d"), OTHER("mlock2", "..d"),
	STRUCT("io_uring_setup", "u", "u", .fd = RESULT, .extra = A1, .count = 24),
	OTHER("io_uring_enter", "uuuu", .fd = A0), OTHER("io_uring_register", "uu.u", .fd = A0),
	STRUCT("quotactl", "u.d", "q", .name = A1, .directory = CURRENT, .text = A3, .extra = A3, .count = 72),
	OTHER("fsconfig", "du..d", .fd = A0, .text = A2, .name = A3, .gather = GATHER_BYTES, .extra = A3),
	OTHER("keyctl", "d"),

	OTHER("access", ".d", .name = A0, .directory = CURRENT), OTHER("faccessat", "d.d", .name = A1, .directory = A0),
	OTHER("faccessat2", "d.dd", .name = A1, .directory = A0),
	ON_PATH("stat"), ON_PATH("lstat"), ON_PATH("stat64"), ON_PATH("lstat64"), OTHER("newfstatat", "d..d", .name = A1, .directory = A0),
	OTHER("fstatat64", "d..d", .name = A1, .directory = A0), AT_PATH("statx"), ON_PATH("readlink"), AT_PATH("readlinkat"), ON_PATH("truncate"),
	ON_PATH("statfs"), ON_PATH("statfs64"), ON_PATH("utime"), ON_PATH("utimes"), AT_PATH("futimesat"), AT_PATH("utimensat"),
	ON_PATH("setxattr"), ON_PATH("lsetxattr"), ON_PATH("getxattr"), ON_PATH("lgetxattr"), ON_PATH("listxattr"), ON_PATH("llistxattr"),
	ON_PATH("removexattr"), ON_PATH("lremovexattr"), ON_PATH("swapon"), ON_PATH("swapoff"), ON_PATH("acct"), ON_PATH("uselib"),
	AT_PATH("open_tree"), AT_PATH("fspick"), AT_PATH("name_to_handle_at"), AT_PATH("setxattrat"), AT_PATH("getxattrat"), AT_PATH("listxattrat"),
	AT_PATH("removexattrat"), AT_PATH("open_tree_attr"), AT_PATH("file_getattr"), AT_PATH("file_setattr"),
	OTHER("inotify_add_watch", "d.u", .fd = A0, .name = A1, .directory = CURRENT), OTHER("inotify_rm_watch", "dd", .fd = A0),
	OTHER("fanotify_init", "uu", .fd = RESULT), OTHER("fanotify_mark", "du.d", .fd = A0, .name = A4, .directory = A3),
	ON_FILE("preadv2"), ON_FILE("pwritev2"), ON_FILE("ftruncate"), ON_FILE("fallocate"), ON_FILE("fsync"), ON_FILE("fdatasync"), ON_FILE("syncfs"), ON_FILE("fstatfs"),
	ON_FILE("fstatfs64"), ON_FILE("fsetxattr"), ON_FILE("fgetxattr"), ON_FILE("flistxattr"), ON_FILE("fremovexattr"),
	ON_FILE("fadvise64"), ON_FILE("readahead"), ON_FILE("sync_file_range"), ON_FILE("timerfd_settime"), ON_FILE("timerfd_gettime"),
	ON_FILE("pidfd_send_signal"), ON_FILE("vmsplice"), OTHER("tee", "ddduu", .fd = A0, .second_fd = A1),
	OTHER("memfd_secret", "u", .fd = RESULT), OTHER("perf_event_open", ".dddu", .fd = RESULT), OTHER("fsopen", ".u", .fd = RESULT, .text = A0),
	OTHER("fsmount", "duu", .fd = RESULT),
};
#define TYPES_MAX (sizeof(event_type_names) / sizeof(event_type_names[0]))

const unsigned int rows_count = sizeof(rows) / sizeof(rows[0]);

static const struct system_call *find_call(unsigned int table, unsigned int number)
{
	static const struct system_call *index[TABLES][SYSCALLS_MAX];
	static bool ready;

	if (!ready) {
		for (size_t i = 0; i < sizeof(system_calls) / sizeof(system_calls[0]); i++)
			if (system_calls[i].number < SYSCALLS_MAX)
				index[system_calls[i].table][system_calls[i].number] = &system_calls[i];
		ready = true;
	}
	return table < TABLES && number < SYSCALLS_MAX ? index[table][number] : NULL;
}

uint16_t call_type(unsigned int table, unsigned int number)
{
	const struct system_call *call = find_call(table, number);

	return call ? call->type : TYPE_unknown;
}

uint16_t row_type(unsigned int row, unsigned int table, unsigned int number)
{
	static uint16_t types[sizeof(rows) / sizeof(rows[0])];

	if (row < 2 || row >= rows_count)
		return call_type(table, number);
	for (unsigned int i = 0; types[row] == 0 && i < TYPES_MAX; i++)
		if (strcmp(event_type_names[i], rows[row].name) == 0)
			types[row] = (uint16_t)i;
	return types[row];
}

uint16_t native_number(const char *name)
{
	for (size_t i = 0; i < sizeof(system_calls) / sizeof(system_calls[0]); i++)
		if (system_calls[i].table == TABLE_NATIVE && strcmp(system_calls[i].name, name) == 0)
			return system_calls[i].number;
	return 0;
}

static unsigned int find_row(const char *name)
{
	for (unsigned int i = 2; i < rows_count; i++)
		if (strcmp(rows[i].name, name) == 0)
			return i;
	return 1;
}

/* Adds or removes every number of that name, in all three tables. Returns how many there were. */
static int set_call(const char *name, bool on, struct call *calls, uint8_t *interest)
{
	int found = 0;
	unsigned int row = find_row(name);

	for (size_t i = 0; i < sizeof(system_calls) / sizeof(system_calls[0]); i++) {
		const struct system_call *call = &system_calls[i];
		struct call *to = &calls[call->table * SYSCALLS_MAX + call->number];

		if (strcmp(call->name, name) != 0)
			continue;
		found++;
		memset(to, 0, sizeof(*to));
		if (on) {
			*to = rows[row].call;
			to->row = (uint16_t)row;
		}
		if (call->table == TABLE_SOCKETCALL)
			continue;
		interest[call->number] &= (uint8_t)~(0x11u << call->table);
		if (on)
			interest[call->number] |= (uint8_t)((to->flags & CALL_AT_ENTRY ? 0x10u : 1u) << call->table);
	}
	return found;
}

/* i386's socketcall is of interest whenever one of the calls behind it is. */
static void set_socketcall(struct call *calls, uint8_t *interest)
{
	const unsigned int number = 102;
	struct call *to = &calls[TABLE_COMPAT * SYSCALLS_MAX + number];

	for (unsigned int i = 0; i < SYSCALLS_MAX; i++) {
		if (!calls[TABLE_SOCKETCALL * SYSCALLS_MAX + i].row)
			continue;
		*to = (struct call){.row = 1, .kind = KIND_OTHER, .flags = CALL_MULTIPLEXED};
		interest[number] |= 1u << TABLE_COMPAT;
	}
}

static void set_known(bool with_off, struct call *calls, uint8_t *interest)
{
	for (unsigned int i = 2; i < rows_count; i++)
		if (with_off || !rows[i].off)
			set_call(rows[i].name, true, calls, interest);
}

/* Numbers without a name as well: calls of a kernel that is younger than this program. */
static void set_every(struct call *calls, uint8_t *interest)
{
	for (size_t i = 0; i < sizeof(system_calls) / sizeof(system_calls[0]); i++)
		set_call(system_calls[i].name, true, calls, interest);
	for (unsigned int i = 0; i < TABLE_SOCKETCALL * SYSCALLS_MAX; i++) {
		if (calls[i].row)
			continue;
		calls[i] = (struct call){.row = 1, .kind = KIND_OTHER};
		interest[i % SYSCALLS_MAX] |= 1u << i / SYSCALLS_MAX;
	}
}

int select_calls(const char *names, struct call *calls, uint8_t *interest, char *unknown, unsigned int unknown_size)
{
	char *copy = strdup(names);
	char *rest = copy;
	char *name;
	int count = 0;

	while ((name = strsep(&rest, ",")) != NULL) {
		bool on = name[0] != '-';
		bool if_known = name[0] == '?';

		if (!on || if_known)
			name++;
		if (name[0] == 0)
			continue;
		if (strcmp(name, "default") == 0) {
			set_known(false, calls, interest);
		} else if (strcmp(name, "all") == 0) {
			set_every(calls, interest);
		} else if (set_call(name, on, calls, interest) == 0 && !if_known) {
			snprintf(unknown, unknown_size, "%s", name);
			free(copy);
			return -1;
		}
	}
	free(copy);
	set_socketcall(calls, interest);
	for (unsigned int i = 0; i < SYSCALLS_MAX; i++)
		count += calls[i].row != 0;
	return count;
}

/* Those that are left out for excluded processes, too. Of a close only the beginning is known. */
static bool may_be_left_out(const struct row *row)
{
	return row->call.flags & CALL_INPUT_OUTPUT && !(row->call.flags & (CALL_AT_ENTRY | CALL_MULTIPLEXED));
}

bool set_filter(const char *name, uint8_t number, uint8_t *of, uint8_t *access)
{
	const struct row *row = &rows[find_row(name)];
	bool found = false;

	if (!may_be_left_out(row))
		return false;
	*access = row->call.kind == KIND_OPEN ? row->flags : 0;
	for (size_t i = 0; i < sizeof(system_calls) / sizeof(system_calls[0]); i++) {
		const struct system_call *call = &system_calls[i];

		if (call->table == TABLE_SOCKETCALL || strcmp(call->name, name) != 0)
			continue;
		of[call->table * SYSCALLS_MAX + call->number] = number;
		found = true;
	}
	return found;
}

unsigned int selected_types(const struct call *calls, uint16_t *types, unsigned int max)
{
	uint8_t seen[TYPES_MAX] = {0};
	unsigned int count = 0;

	for (unsigned int i = 0; i < TABLES * SYSCALLS_MAX; i++) {
		uint16_t type = call_type(i / SYSCALLS_MAX, i % SYSCALLS_MAX);

		if (!calls[i].row || seen[type] || type == TYPE_unknown || count == max)
			continue;
		seen[type] = 1;
		types[count++] = type;
	}
	return count;
}

void list_calls(void)
{
	static const char *const kinds[] = {
		[KIND_OPEN] = "FileOpened",	       [KIND_EXEC] = "ProcessExecuted",	       [KIND_CLONE] = "ProcessCloned",
		[KIND_PATH] = "PathChanged",	       [KIND_SOCKET] = "SocketCreated",	       [KIND_CONNECT] = "SocketConnected",
		[KIND_ACCEPT] = "SocketAccepted",      [KIND_BIND] = "SocketBound",	       [KIND_TRANSFER] = "SocketTransferred",
		[KIND_FD] = "FdChanged",	       [KIND_FILE] = "FileTransferred",	       [KIND_CREDENTIALS] = "CredentialsChanged",
		[KIND_SIGNAL] = "SignalSent",	       [KIND_TRACE] = "ProcessTraced",	       [KIND_MOUNT] = "MountChanged",
		[KIND_ROOT] = "RootChanged",	       [KIND_NAMESPACE] = "NamespaceChanged", [KIND_MODULE] = "ModuleChanged",
		[KIND_BPF] = "BpfCalled",	       [KIND_MEMORY] = "MemoryChanged",	       [KIND_CONTROL] = "ProcessControlled",
		[KIND_OTHER] = "OtherSyscall",
	};
	static uint8_t seen[TYPES_MAX];

	for (size_t i = 0; i < sizeof(system_calls) / sizeof(system_calls[0]); i++) {
		const struct system_call *call = &system_calls[i];
		unsigned int row = find_row(call->name);

		/* Calls younger than the schema have no type of their own, and no name in rules. */
		if (call->type == TYPE_unknown || seen[call->type]++)
			continue;
		printf("%s %s %s\n", call->name, kinds[rows[row].call.kind], row > 1 && !rows[row].off ? "default" : "-");
	}
}
