/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>
#include "hooks.h"
#include "privileges.h"
#include "probe_private.h"
#include "report.h"
#include "rings.h"
#include "snapshot.h"

#define BTF_FILE "/sys/kernel/btf/vmlinux"
#define WAKE_BYTES (256u << 10)
#define LOG_BYTES 65536 /* the end of what libbpf says; a verifier log ends with the reason */
#define LOG_LINES 12
#define MESSAGE_BYTES (4u << 20)

static char log_text[LOG_BYTES];
static size_t log_used;

/* libbpf talks much; only the last lines are kept, and shown when loading fails. */
static int keep_log(enum libbpf_print_level level, const char *format, va_list values)
{
	static char line[MESSAGE_BYTES]; /* a verifier log is one message, and its end is what counts */
	int bytes;

	if (level == LIBBPF_DEBUG)
		return 0;
	bytes = vsnprintf(line, sizeof(line), format, values);
	if (bytes >= (int)sizeof(line))
		bytes = sizeof(line) - 1;
	if ((size_t)bytes >= sizeof(log_text) / 2) {
		memmove(line, line + bytes - sizeof(log_text) / 2, sizeof(log_text) / 2);
		bytes = sizeof(log_text) / 2;
	}
	if (log_used + (size_t)bytes >= sizeof(log_text)) {
		size_t drop = log_used + (size_t)bytes - sizeof(log_text) + 1;

		drop = drop < log_used ? drop : log_used;
		memmove(log_text, log_text + drop, log_used - drop);
		log_used -= drop;
	}
	memcpy(log_text + log_used, line, (size_t)bytes);
	log_used += (size_t)bytes;
	log_text[log_used] = 0;
	return bytes;
}

static const char *last_lines(void)
{
	size_t at = log_used;

	for (int lines = 0; at > 0; at--)
		if (log_text[at - 1] == '\n' && ++lines > LOG_LINES)
			break;
	return log_text + at;
}

_Noreturn static void refused(int error)
{
	if (error == EPERM || error == EACCES)
		if (!strstr(log_text, "processed"))
			die(EXIT_CANNOT_RUN, "not-permitted",
			    "run as root, or: setcap cap_bpf,cap_perfmon+ep capture (then any user may run it)",
			    "not permitted to load the probe: %s", strerror(error));
	die(EXIT_CANNOT_RUN, "verifier", "please report this with the kernel's version", "the kernel refused the probe: %s: %s",
	    strerror(error), last_lines());
}

static void check_kernel(void)
{
	if (access(BTF_FILE, R_OK) != 0)
		die(EXIT_CANNOT_RUN, "no-btf", "use a kernel built with CONFIG_DEBUG_INFO_BTF (Debian's and Ubuntu's are, from 5.10 on)",
		    "no type information of the kernel: %s: %s", BTF_FILE, strerror(errno));
}

/* A sleepable iterator can read arguments; it and its helper are there from 5.18 on. */
static void choose_programs(struct probe *p)
{
	struct capture_bpf *skel = p->skel;
	bool sleepable = kernel_at_least(5, 18); /* libbpf cannot probe for helpers of tracing programs */

	p->entry = at_entry(skel->bss->interest);
	bpf_program__set_autoload(skel->progs.snapshot_with_args, sleepable);
	bpf_program__set_autoload(skel->progs.snapshot_without_args, !sleepable);
	bpf_program__set_autoload(skel->progs.on_sys_enter, p->entry);
	choose_hooks(skel, p->options->names);
}

static void set(struct probe *p)
{
	struct capture_bpf *skel = p->skel;
	const struct options *o = p->options;

	bpf_map__set_max_entries(skel->maps.ring, o->ring_mb << 20);
	bpf_map__set_max_entries(skel->maps.scratches, p->processors + 1);
	skel->rodata->iterator_scratch = p->processors;
	skel->rodata->ring_reserve_mark = ((uint64_t)o->ring_mb << 20) / 4 * 3;
	skel->rodata->ring_wake_mark = WAKE_BYTES;
	if (getrandom((void *)skel->rodata->hash_key, sizeof(skel->rodata->hash_key), 0) != sizeof(skel->rodata->hash_key))
		die(EXIT_CANNOT_RUN, "no-random", "", "cannot make a key: %s", strerror(errno));
	set_tables(p);
}

/* The skeleton of one variant with the other's object file in it. */
static struct capture_bpf *open_variant(bool typed)
{
	struct capture_bpf *skel = calloc(1, sizeof(*skel));

	if (!skel || capture_bpf__create_skeleton(skel) != 0)
		die(EXIT_CANNOT_RUN, "open-failed", "", "cannot open the probe: %s", strerror(ENOMEM));
	if (typed)
		skel->skeleton->data = (void *)typed_bpf__elf_bytes(&skel->skeleton->data_sz);
	if (bpf_object__open_skeleton(skel->skeleton, NULL) != 0)
		die(EXIT_CANNOT_RUN, "open-failed", "", "cannot open the probe: %s", last_lines());
	return skel;
}

/* 0, or -1 with errno and the log of what the kernel or libbpf said. */
static int load(struct probe *p, bool typed, bool rings)
{
	int error;

	log_used = 0;
	p->typed = typed;
	p->skel = open_variant(typed);
	set(p);
	choose_programs(p);
	p->rings = choose_ring_programs(p->skel, rings);
	error = capture_bpf__load(p->skel);
	if (error == 0)
		return 0;
	capture_bpf__destroy(p->skel);
	p->skel = NULL;
	errno = -error;
	return -1;
}

struct probe *probe_open(const struct options *options)
{
	struct probe *p = calloc(1, sizeof(*p));
	int processors = libbpf_num_possible_cpus();

	libbpf_set_print(keep_log);
	check_kernel();
	if (!p || processors <= 0 || processors > CPUS_MAX)
		die(EXIT_CANNOT_RUN, "processors", "", "cannot run on %d processors (at most %d)", processors, CPUS_MAX);
	p->options = options;
	p->processors = (unsigned int)processors;
	if (options->variant != VARIANT_PORTABLE && (load(p, true, true) == 0 || load(p, true, false) == 0))
		return p;
	if (options->variant == VARIANT_TYPED || (load(p, false, true) != 0 && load(p, false, false) != 0))
		refused(errno);
	return p;
}

const char *probe_variant(const struct probe *p)
{
	return p->typed ? "typed" : "portable";
}

static void map_positions(struct probe *p)
{
	int fd = bpf_map__fd(p->skel->maps.ring);
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	p->consumer = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	p->producer = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (p->consumer == MAP_FAILED || p->producer == MAP_FAILED)
		die(EXIT_CANNOT_RUN, "ring-failed", "", "cannot map the ring: %s", strerror(errno));
}

/* Id of the program behind link i; 0 = there is none, or not any more. */
static uint32_t linked_program(const struct probe *p, int i)
{
	struct bpf_link_info info = {0};
	uint32_t bytes = sizeof(info);
	const struct bpf_link *link = *p->skel->skeleton->progs[i].link;

	if (!link || bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &bytes) != 0)
		return 0;
	return info.prog_id;
}

void probe_attach(struct probe *p)
{
	if (capture_bpf__attach(p->skel) != 0)
		refused(errno);
	attach_hooks(p->skel, p->options->names);
	map_positions(p);
	for (int i = 0; i < p->skel->skeleton->prog_cnt; i++)
		p->program_ids[i] = linked_program(p, i);
}

void probe_close(struct probe *p)
{
	capture_bpf__destroy(p->skel);
	free(p);
}

int probe_ring(const struct probe *p)
{
	return bpf_map__fd(p->skel->maps.ring);
}

unsigned int probe_processors(const struct probe *p)
{
	return p->processors;
}

unsigned int probe_syscalls(const struct probe *p)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < SYSCALLS_MAX; i++)
		count += p->selected[i].row != 0;
	return count;
}

unsigned int probe_types(const struct probe *p, uint16_t *types, unsigned int max)
{
	return selected_types(p->selected, types, max);
}

void probe_sleeps(struct probe *p, bool sleeps)
{
	__atomic_store_n(&p->skel->bss->loader_sleeps, sleeps, __ATOMIC_RELEASE);
}

const struct processor_counters *probe_counters(const struct probe *p, unsigned int processor)
{
	return &p->skel->bss->counters[processor];
}

uint64_t probe_waiting(const struct probe *p)
{
	return *p->producer - *p->consumer;
}

uint64_t probe_position(const struct probe *p)
{
	return *p->consumer;
}

unsigned int probe_verify(struct probe *p)
{
	unsigned int found = repair_tables(p) ? TAMPERED_MAPS : 0;

	for (int i = 0; i < p->skel->skeleton->prog_cnt; i++)
		if (linked_program(p, i) != p->program_ids[i])
			found |= TAMPERED_PROGRAMS;
	return found;
}

int probe_snapshot(struct probe *p, struct frame *f, const char *reason)
{
	struct bpf_link *link = p->skel->links.snapshot_with_args;
	int count = -1;
	int fd;

	if (!link)
		link = p->skel->links.snapshot_without_args;
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0) {
		report("error", "snapshot-failed", "processes that already ran are not known", "cannot list processes: %s", strerror(errno));
		return -1;
	}
	put_snapshot_mark(f, SnapshotPhase_BEGIN, 0, reason);
	count = snapshot_read(fd, f);
	put_snapshot_mark(f, SnapshotPhase_END, count > 0 ? (unsigned int)count : 0, reason);
	close(fd);
	return count;
}
