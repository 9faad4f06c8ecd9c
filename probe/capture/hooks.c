/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "hooks.h"
#include "privileges.h"
#include "report.h"

#define KPROBES "/sys/bus/event_source/devices/kprobe/type"
#define SYMBOL_BYTES 64
#define LINE_BYTES 1024

/* What the kernel's functions are called after: with umount that is not the call's name. Those in 16 are i386's. */
static const char *const functions[] = {
	"rename",  "renameat", "renameat2", "unlink", "unlinkat", "rmdir",    "mkdir",	  "mkdirat", "mknod",	  "mknodat",	"link",
	"linkat",  "symlink",  "symlinkat", "chmod",  "fchmodat", "fchmodat2", "chown",	  "lchown",  "fchownat",  "chown16",	"lchown16",
	"mount",   "umount",   "oldumount", "move_mount", "pivot_root", "execve", "execveat",
};

/* Native, and 32-bit; on arm64 both have the same functions, but for those that take structures. */
static const char *const prefixes[] = {
#if defined(__aarch64__)
	"__arm64_sys_", "__arm64_compat_sys_",
#else
	"__x64_sys_", "__ia32_sys_", "__ia32_compat_sys_",
#endif
};

#define FUNCTIONS (sizeof(functions) / sizeof(functions[0]))
#define PREFIXES (sizeof(prefixes) / sizeof(prefixes[0]))
#define SYMBOLS_MAX (FUNCTIONS * PREFIXES)

/* From 5.18 on, with fprobes, one link for all, and no perf event, which some distributions leave to CAP_SYS_ADMIN; else a perf event each. */
void choose_hooks(struct capture_bpf *skel, enum name_hooks wanted)
{
	bool kprobes = wanted == NAMES_KPROBES && access(KPROBES, R_OK) == 0;
	bool multi = kernel_at_least(5, 18);

	bpf_program__set_autoload(skel->progs.on_names, kprobes);
	bpf_program__set_autoload(skel->progs.on_names_multi, kprobes && multi);
	bpf_program__set_autoload(skel->progs.on_names_traced, wanted == NAMES_TRACEPOINTS);
}

static bool is_hooked(const char *name)
{
	for (size_t i = 0; i < PREFIXES; i++) {
		size_t bytes = strlen(prefixes[i]);

		for (size_t k = 0; strncmp(name, prefixes[i], bytes) == 0 && k < FUNCTIONS; k++)
			if (strcmp(name + bytes, functions[k]) == 0)
				return true;
	}
	return false;
}

/* Those that this kernel has; one link of many refuses all when one is unknown. The names belong to the caller. */
static size_t find_symbols(char *symbols[SYMBOLS_MAX])
{
	FILE *all = fopen("/proc/kallsyms", "re");
	char line[LINE_BYTES], name[SYMBOL_BYTES];
	size_t count = 0;

	while (all && count < SYMBOLS_MAX && fgets(line, sizeof(line), all))
		if (sscanf(line, "%*s %*s %63s", name) == 1 && is_hooked(name))
			symbols[count++] = strdup(name);
	if (all)
		fclose(all);
	return count;
}

static unsigned int attach_kprobes(struct capture_bpf *skel)
{
	char *symbols[SYMBOLS_MAX];
	size_t found = find_symbols(symbols), count = 0;
	LIBBPF_OPTS(bpf_kprobe_multi_opts, options, .syms = (const char **)symbols, .cnt = found);

	if (bpf_program__autoload(skel->progs.on_names_multi) && bpf_program__attach_kprobe_multi_opts(skel->progs.on_names_multi, NULL, &options))
		count = found;
	for (size_t i = 0; i < found; i++) {
		if (bpf_program__autoload(skel->progs.on_names) && count < found)
			count += bpf_program__attach_kprobe(skel->progs.on_names, false, symbols[i]) != NULL;
		free(symbols[i]);
	}
	return (unsigned int)count;
}

static unsigned int attach_tracepoints(const struct bpf_program *program)
{
	unsigned int count = 0;
	char name[SYMBOL_BYTES];

	for (size_t i = 0; i < FUNCTIONS; i++) {
		snprintf(name, sizeof(name), "sys_enter_%s", functions[i]);
		count += bpf_program__attach_tracepoint(program, "syscalls", name) != NULL;
	}
	return count;
}

/* Not every kernel has every function. The links live as long as we do. */
unsigned int attach_hooks(struct capture_bpf *skel, enum name_hooks wanted)
{
	unsigned int count = 0;

	errno = ENODEV;
	if (wanted == NAMES_TRACEPOINTS)
		count = attach_tracepoints(skel->progs.on_names_traced);
	if (wanted == NAMES_KPROBES)
		count = attach_kprobes(skel);
	if (count == 0 && wanted != NAMES_OFF)
		report("info", "names-not-compared",
		       wanted == NAMES_TRACEPOINTS ? "mount -t tracefs nodev /sys/kernel/tracing; set sysctl kernel.perf_event_paranoid below 3"
						   : "needs a kernel with kprobes, without fprobes also sysctl kernel.perf_event_paranoid below 3; --compare-names tracepoints does without kprobes, at a small cost for every call",
		       "names that are changed while a call runs are not marked: %s", strerror(errno));
	return count;
}
