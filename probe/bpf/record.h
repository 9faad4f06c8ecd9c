/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel side hands to the loader: one record per event in the ring, and the table of system calls that the loader
 * sets. A record is a fixed head and any number of parts; a part is a tag, a length and bytes, padded to 8. The kernel only
 * copies; names, paths and Avro are made in user space (capture/encode*.c).
 *
 *   record ┌ head, 96 bytes ┬ part ┬ part ┬ …      part ┌ tag u16, flags u16, bytes u32 ┬ data ┬ padding to 8 ┐
 *
 * A path part holds the names of the path from the last to the first, each ended by NUL: that is the order in which the
 * kernel's tree is walked, and turning them round costs the traced program nothing when the loader does it.
 */
#ifndef LANNER_RECORD_H
#define LANNER_RECORD_H

#include <linux/types.h>

/* Bounds. A longer path, string or vector is cut and RECORD_CUT is set. */
#define RECORD_BYTES_MAX 65536 /* nothing starts beyond this offset of a record */
#define DATA_BYTES_MAX 80	       /* of what a call read or wrote */
#define PART_BYTES_MAX 32768   /* the largest single part (argument vector) */
#define STRING_BYTES_MAX 4096  /* PATH_MAX: the kernel takes no longer name */
#define ENVIRONMENT_BYTES_MAX 16384
#define PATH_NAMES_MAX 256	  /* components of a path; 48 lost the head of deep trees */
#define SNAPSHOT_RECORD_MAX 28672 /* an iterator's page buffer holds 32 KB */
#define SNAPSHOT_ARGS_MAX 8192
#define SYSCALLS_MAX 512
#define CPUS_MAX 1024
#define EXCLUDED_MAX 8
#define RING_OPERATIONS_MAX 256

/* What happened; decides the Avro family. */
enum record_kind {
	KIND_NONE,
	KIND_OPEN,
	KIND_EXEC,
	KIND_CLONE,
	KIND_EXIT,
	KIND_PATH,
	KIND_SOCKET,
	KIND_CONNECT,
	KIND_ACCEPT,
	KIND_BIND,
	KIND_TRANSFER,
	KIND_FD,
	KIND_FILE,
	KIND_CREDENTIALS,
	KIND_SIGNAL,
	KIND_TRACE,
	KIND_MOUNT,
	KIND_ROOT,
	KIND_NAMESPACE,
	KIND_MODULE,
	KIND_BPF,
	KIND_MEMORY,
	KIND_CONTROL,
	KIND_OTHER,
	KIND_SNAPSHOT,
};

/* Bits of record.flags; the low ones are EventHeader.flags. */
#define RECORD_COMPAT 1
#define RECORD_RING 2
#define RECORD_CUT 4
#define RECORD_UNREADABLE 8
#define RECORD_LEXICAL 16
#define RECORD_KERNEL_THREAD 32
#define RECORD_NO_RESULT 64
#define RECORD_CHANGED 128 /* a text was another when the call began */
#define RECORD_EVENT_FLAGS 0xff
#define RECORD_EXECVEAT 0x100 /* exec by descriptor */
#define RECORD_CREATED 0x200 /* open made the file */

struct record {
	__u32 bytes; /* of the whole record */
	__u16 row;   /* row of the loader's table; 0 = a process event */
	__u16 flags;
	__u16 kind;
	__u16 cpu;
	__u32 tid;
	__u32 pid;
	__u32 number; /* system call number in its own table */
	__u64 time;   /* CLOCK_BOOTTIME, nanoseconds */
	__u64 start;  /* of the process, CLOCK_BOOTTIME, nanoseconds */
	__s64 result;
	__u64 args[6];
};
_Static_assert(sizeof(struct record) == 96, "record head");

struct part {
	__u16 tag;
	__u16 flags;
	__u32 bytes; /* of the data, without padding */
};
_Static_assert(sizeof(struct part) == 8, "part head");

/*
 * The five parts of a resolved descriptor follow each other. Slots: the event's descriptor; stdin, stdout, stderr, of which the first is
 * also the second descriptor of a call that has two; and those a call waits for, which come again and again.
 */
enum part_tag {
	PART_NONE,
	PART_NAME,	 /* first string argument */
	PART_NEW_NAME,	 /* second string argument */
	PART_TEXT,	 /* third string argument */
	PART_DIRECTORY,	 /* path the first name is relative to */
	PART_NEW_DIRECTORY,
	PART_ROOT,	 /* root directory of the process, from the real root */
	PART_CWD,
	PART_EXE,
	PART_CGROUP,
	PART_ADDRESS,	 /* sockaddr as passed */
	PART_NUMBERS,	 /* u64s read from user memory */
	PART_CREDENTIALS,
	PART_PROCESS,
	PART_CHILD,
	PART_ARGS,
	PART_ENVIRONMENT,
	PART_VECTOR,	 /* one string of an argument vector that was read pointer by pointer */
	PART_MORE,	 /* a second structure of user memory, beside PART_NUMBERS */
	PART_DATA,	 /* bytes of user memory as they are */
	PART_CONTROL,	 /* control data of a message */
	PART_MEMORY,	 /* how much memory the process has after the call */
	PART_WAITED,	 /* one struct pollfd, before its descriptor in slot DESCRIPTOR_WAITED */
	PART_DESCRIPTOR, /* + 5 * slot */
	PART_END = PART_DESCRIPTOR + 5 * 5,
};
#define DESCRIPTOR_SECOND 1
#define DESCRIPTOR_WAITED 4
enum descriptor_part { DESCRIPTOR_FACTS, DESCRIPTOR_PATH, DESCRIPTOR_SOCKET, DESCRIPTOR_LOCAL, DESCRIPTOR_REMOTE };

/* Bit of part.flags of PART_ARGS: one text, to its NUL. */
#define ARGUMENTS_TITLE 1

/* Bits of part.flags of a path part. */
#define PATH_CUT 1
#define PATH_DETACHED 2 /* the last name is not below any root: memfd, pipe, anon_inode */

struct descriptor_facts {
	__s32 number;
	__u32 mode;
	__u64 device; /* kernel's dev_t: major << 20 | minor */
	__u64 inode;
	__u32 open_flags;
	__u32 layer;
	__u64 magic; /* of the file system */
};
_Static_assert(sizeof(struct descriptor_facts) == 40, "descriptor facts");

struct socket_facts {
	__u16 family;
	__u16 type;
	__u16 protocol;
	__u16 state;
	__u16 local_port; /* host order */
	__u16 remote_port;
	__u32 queue;
	__u32 queue_max;
	__u32 pad;
	__u8 local[16];
	__u8 remote[16];
};
_Static_assert(sizeof(struct socket_facts) == 56, "socket facts");

struct credentials {
	__u32 uid, euid, suid, fsuid;
	__u32 gid, egid, sgid, fsgid;
	__u64 inheritable, permitted, effective;
};
_Static_assert(sizeof(struct credentials) == 56, "credentials");

/* Bits of process_facts.exe_flags: as in the schema. */
#define EXE_WRITABLE 1
#define EXE_UPPER 2
#define EXE_LOWER 4
#define EXE_MEMFD 8
#define EXE_DELETED 16
#define EXE_SCRIPT 32

struct process_facts {
	__u32 pid, parent_pid;
	__u64 start, parent_start; /* nanoseconds since boot */
	__u32 vpid, pgid, sid, vpgid;
	__u32 vsid, pid_namespace, mount_namespace, user_namespace;
	__u32 network_namespace, login_uid, session_id;
	__u16 tty_major, tty_minor;
	__u64 namespace_init_start;
	__u64 exe_inode, exe_device;
	__s64 changed_s, modified_s;
	__u32 changed_ns, modified_ns;
	__u32 exe_flags;
	__s32 args_count;
	__u64 args_bytes; /* of the whole vector in the process's memory */
	__u32 seccomp, no_new_privileges;
	__u32 threads, kernel_thread;
	__u64 vm_pages, rss_pages, swap_pages;
	__u64 fd_limit, major_faults, minor_faults;
	__u64 cgroup; /* key of the one whose path is told: cgroup_key */
	char comm[16];
	struct credentials credentials;
};
_Static_assert(sizeof(struct process_facts) == 280, "process facts");

struct child_facts {
	__u32 tid, pid;
	__u64 start;
	__u32 vtid, vpid;
	__u32 parent_pid, pid_namespace;
	__u64 parent_start;
	__u64 clone_flags;
	__u64 namespace_init_start;
	__u32 uid, gid;
	char comm[16];
};
_Static_assert(sizeof(struct child_facts) == 80, "child facts");

struct memory_facts {
	__u64 vm_pages, rss_pages, swap_pages;
};
_Static_assert(sizeof(struct memory_facts) == 24, "memory facts");

/* What to gather for a system call. Argument columns hold 1 + index; 0 = none. */
#define ARGUMENT_RESULT 7  /* the descriptor is the call's result */
#define ARGUMENT_CURRENT 8 /* relative to the working directory */

enum gather {
	GATHER_NONE,
	GATHER_ADDRESS,	     /* sockaddr at extra, its length is the argument after it */
	GATHER_ADDRESS_POINTER, /* the same, with a pointer to the length */
	GATHER_MESSAGE,	     /* struct msghdr at extra: its address */
	GATHER_NUMBERS,	     /* count u64s at extra */
	GATHER_PAIR,	     /* two ints at extra */
	GATHER_VECTOR,	     /* argument vector at extra */
	GATHER_IOVEC,	     /* sum of the lengths of the iovecs at extra, their number is the argument after it */
	GATHER_CREDENTIALS,
	GATHER_CAPSET,
	GATHER_CWD,
	GATHER_NEW_ROOT,
	GATHER_COMM,	     /* prctl: string only for PR_SET_NAME */
	GATHER_QUEUE,	     /* accept: the listening socket, as descriptor slot 1 */
	GATHER_AREA,	     /* count bytes at extra and, if there is one, at more */
	GATHER_BYTES,	     /* bytes at extra, their number is the argument after it */
	GATHER_BYTES_POINTER, /* the same, with a pointer to the number */
	GATHER_IDS,	     /* three pointers to an id each, from extra on */
	GATHER_PIPE,	     /* two descriptors at extra; the first is the event's */
	GATHER_RECEIVED,     /* GATHER_MESSAGE, and its control data */
	GATHER_WAITED,	     /* struct pollfds at extra, their number is the argument after it; at more a time limit, then a signal set */
};

#define CALL_INPUT_OUTPUT 1 /* left out for excluded processes */
#define CALL_FAILURES 2	    /* only failed calls: a tracepoint of its own reports success */
#define CALL_ADDRESSED 4    /* only when the address argument is not null */
#define CALL_MULTIPLEXED 8  /* i386 socketcall: number and arguments are in user memory */
#define CALL_AT_ENTRY 16    /* close: at exit the descriptor is gone, so it is reported when it begins */
#define CALL_WORDS 32	    /* areas are made of words as wide as a pointer: half as long for 32-bit calls */
#define CALL_MEMORY 64	    /* how much memory the process has then */
#define CALL_COMPARED 128   /* names are compared with those of the beginning, where there is a hook (names.h) */

struct call {
	__u16 row; /* 0 = not of interest */
	__u8 kind;
	__u8 flags;
	__u8 fd, second_fd, name, new_name, text;
	__u8 directory, new_directory;
	__u8 gather, extra, more;
	__u16 count;
};
_Static_assert(sizeof(struct call) == 16, "call");

/* The three tables of calls. Bit n of an interest byte: at exit, in table n; bit n + 4: at entry. */
enum { TABLE_NATIVE, TABLE_COMPAT, TABLE_SOCKETCALL, TABLES };

/* Operations of io_uring that are reported as calls (IORING_OP_*; the kernel's headers here may be older). */
enum { OP_ACCEPT = 13, OP_CONNECT = 16, OP_OPENAT = 18, OP_CLOSE = 19, OP_OPENAT2 = 28, OP_SHUTDOWN = 34, OP_RENAMEAT = 35, OP_UNLINKAT = 36,
       OP_MKDIRAT = 37, OP_SYMLINKAT = 38, OP_LINKAT = 39, OP_SOCKET = 45, OP_BIND = 56, OP_LISTEN = 57 };

/*
 * What the rules in force can match of a call, in values that the kernel has: the result, and by a slot of the call what else is asked.
 * Slot: how a file is opened (O_ACCMODE; 0 for other calls), FILTER_FAILED or FILTER_CREATED, and FILTER_CONTAINED for processes that are not known
 * to be outside of containers. `need` holds word sets, one of which a name or path of the call must have a word of; FILTER_ALWAYS = any
 * call is reported, 0 = none. A word is the beginning of a component of a path, four bytes, or all of it and NULs.
 */
#define FILTERS_MAX 64
#define FILTER_FAILED 4
#define FILTER_CREATED 8
#define FILTER_CONTAINED 16
#define FILTER_SLOTS 32
#define FILTER_ALWAYS 0x80
#define FILTER_SETS 7 /* bits below FILTER_ALWAYS */
#define WORD_BITS 16
#define WORD_FACTOR 0x9e3779b1u

struct filter {
	__u64 results;	 /* bit n: result n; bit 63: larger ones as well */
	__u64 errors[2]; /* bit n: error n; the last: larger ones as well */
	__u8 need[FILTER_SLOTS];
	__u8 access; /* argument column with the flags of an open */
	__u8 pad[7];
};
_Static_assert(sizeof(struct filter) == 64, "one cache line");

/* Two of them: the one in force, and one to be filled with the next. Rows as in the first two tables of calls. */
struct filter_set {
	__u8 of[2 * SYSCALLS_MAX]; /* filter of a call; 0 = all calls are reported */
	struct filter filters[FILTERS_MAX];
	__u8 words[1 << WORD_BITS]; /* by hash of a word: the sets that have such a word */
};

/* What the loader has found out about cgroups: open addressing by id. Where one is not found, nothing is known. */
#define CGROUPS_MAX 4096
#define CGROUP_PROBES 8
#define CGROUP_SHIFT 52
#define CGROUP_FACTOR 0x9e3779b97f4a7c15ull
#define BUCKETS_MAX 1024
enum cgroup_kind { CGROUP_UNKNOWN, CGROUP_HOST, CGROUP_CONTAINER };

struct cgroup_entry {
	__u64 id;
	__u32 kind;
	__u32 bucket; /* of the container */
};
_Static_assert(sizeof(struct cgroup_entry) == 16, "cgroup entry");

/* Events of one container that are no process events: as many per second as fit, and what was too much. */
struct bucket {
	__u64 due;  /* CLOCK_BOOTTIME when all that came would have come at the allowed rate */
	__u64 held; /* events held back; only grows */
};

enum loss_reason { LOSS_RING_FULL, LOSS_RESERVE_FULL, LOSS_SCRATCH_BUSY, LOSS_REASONS };

/* Counters of one processor; only that processor writes them. */
struct processor_counters {
	__u64 lost[LOSS_REASONS];
	__u64 lost_processes; /* exec, fork, exit among them */
	__u64 submitted;
	__u64 filtered; /* left out: no rule in force can match */
	__u64 held;	/* left out: too many of their container */
	__u64 pad;
};
_Static_assert(sizeof(struct processor_counters) == 64, "one cache line");

#endif
