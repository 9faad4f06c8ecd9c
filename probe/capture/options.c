/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "calls.h"
#include "options.h"
#include "report.h"

static const char help[] =
	"Usage: capture [options] > frames\n"
	"Watches system calls and writes them to standard output as frames of Avro events (layout: probe/README.md).\n"
	"\n"
	"  --syscalls LIST      comma list of system calls, \"default\", \"all\"; -name takes one out, ?name is left out where unknown (default: default)\n"
	"  --env LIST           environment variables to report of started programs, or * for all (default: none)\n"
	"  --data               report the first 80 bytes of what calls of interest read and write\n"
	"  --filter TEXT        what rules can match, by values of calls (capture/filter.h); other events are left out (default: none are)\n"
	"  --rate-events N      events a second that a container may make, but for those of processes, 0 to 10000000; 0 = no limit (default: 0)\n"
	"  --rate-burst N       so many at once, 1 to 10000000 (default: 10 times --rate-events)\n"
	"  --exclude-pid PID    leave out files and sockets of this process, not its exec, fork, exit; up to 7 times\n"
	"  --ring-mb N          size of the kernel's buffer, a power of two, 1 to 1024 (default: 32)\n"
	"  --linger-ms N        an event waits at most so long for others, 1 to 1000 (default: 20)\n"
	"  --batch-bytes N      a frame is written when it has so many bytes, 1024 to 4194304 (default: 65536)\n"
	"  --heartbeat-ms N     interval of heartbeats, 100 to 600000 (default: 5000)\n"
	"  --restarts N         told in ProbeStarted: how often capture was restarted (default: 0)\n"
	"  --control            take changes of --syscalls, --env, --data and --filter as lines on standard input while running\n"
	"  --no-snapshot        do not report the processes that already run\n"
	"  --count N            stop after N events\n"
	"  --seconds N          stop after N seconds\n"
	"  --compare-names HOW  mark names that change while a call runs: kprobes (where the kernel has them), tracepoints (costs every call), off\n"
	"                       (default: kprobes)\n"
	"  --variant NAME       kernel object: auto, typed (6.2 on), portable (5.10 on) (default: auto)\n"
	"  --list-calls         print the system calls it knows, the families of their events, and which are in \"default\"\n"
	"  --help               this text\n"
	"\n"
	"Example: capture --syscalls default,close --seconds 5 > frames.bin\n"
	"Exit: 0 asked to stop, 2 usage, 3 cannot run. Needs CAP_BPF and CAP_PERFMON; see probe/README.md.\n";

enum { SYSCALLS = 256, ENVIRONMENT, DATA, FILTER, RATE, BURST, EXCLUDE, RING, LINGER, BATCH, HEARTBEAT, RESTARTS, CONTROL, NO_SNAPSHOT, COUNT, SECONDS, NAMES, VARIANT, LIST_CALLS, HELP };

static const struct option names[] = {
	{"syscalls", required_argument, NULL, SYSCALLS}, {"env", required_argument, NULL, ENVIRONMENT},
	{"data", no_argument, NULL, DATA}, {"filter", required_argument, NULL, FILTER}, {"rate-events", required_argument, NULL, RATE}, {"rate-burst", required_argument, NULL, BURST},
	{"exclude-pid", required_argument, NULL, EXCLUDE}, {"ring-mb", required_argument, NULL, RING},
	{"linger-ms", required_argument, NULL, LINGER}, {"batch-bytes", required_argument, NULL, BATCH},
	{"heartbeat-ms", required_argument, NULL, HEARTBEAT}, {"restarts", required_argument, NULL, RESTARTS},
	{"control", no_argument, NULL, CONTROL}, {"no-snapshot", no_argument, NULL, NO_SNAPSHOT}, {"count", required_argument, NULL, COUNT},
	{"seconds", required_argument, NULL, SECONDS}, {"compare-names", required_argument, NULL, NAMES},
	{"variant", required_argument, NULL, VARIANT}, {"list-calls", no_argument, NULL, LIST_CALLS}, {"help", no_argument, NULL, HELP},
	{0},
};

static uint64_t number(const char *option, uint64_t low, uint64_t high)
{
	char *end;
	uint64_t value = strtoull(optarg, &end, 10);

	if (*optarg == 0 || *optarg == '-' || *end != 0 || value < low || value > high)
		die(EXIT_USAGE, "bad-option", "capture --help lists the options", "--%s: %s is not a number from %llu to %llu", option,
		    optarg, (unsigned long long)low, (unsigned long long)high);
	return value;
}

static void exclude(struct options *to)
{
	/* One place is kept for capture itself. */
	if (to->excluded_count == EXCLUDED_MAX - 1)
		die(EXIT_USAGE, "bad-option", "name fewer processes", "--exclude-pid: more than %d", EXCLUDED_MAX - 1);
	to->excluded[to->excluded_count++] = (uint32_t)number("exclude-pid", 1, 1 << 22);
}

/* Which of three words. */
static unsigned int choice(const char *option, const char *const words[3])
{
	for (unsigned int i = 0; i < 3; i++)
		if (strcmp(optarg, words[i]) == 0)
			return i;
	die(EXIT_USAGE, "bad-option", "capture --help lists the options", "--%s: %s is not %s, %s or %s", option, optarg, words[0], words[1],
	    words[2]);
}

static const char *const variants[] = {"auto", "typed", "portable"};
static const char *const name_hooks[] = {"kprobes", "tracepoints", "off"};

static void take(int option, struct options *to)
{
	switch (option) {
	case SYSCALLS: to->syscalls = optarg; break;
	case ENVIRONMENT: to->environment = *optarg ? optarg : NULL; break;
	case DATA: to->data = true; break;
	case FILTER: to->filter = *optarg ? optarg : NULL; break;
	case RATE: to->rate_events = (unsigned int)number("rate-events", 0, 10000000); break;
	case BURST: to->rate_burst = (unsigned int)number("rate-burst", 1, 10000000); break;
	case EXCLUDE: exclude(to); break;
	case RING: to->ring_mb = (unsigned int)number("ring-mb", 1, 1024); break;
	case LINGER: to->linger_ms = (unsigned int)number("linger-ms", 1, 1000); break;
	case BATCH: to->batch_bytes = number("batch-bytes", 1024, 4 << 20); break;
	case HEARTBEAT: to->heartbeat_ms = (unsigned int)number("heartbeat-ms", 100, 600000); break;
	case RESTARTS: to->restarts = (unsigned int)number("restarts", 0, 1u << 30); break;
	case CONTROL: to->control = true; break;
	case NO_SNAPSHOT: to->snapshot = false; break;
	case COUNT: to->count = number("count", 1, UINT64_MAX / 2); break;
	case SECONDS: to->seconds = (unsigned int)number("seconds", 1, 1u << 30); break;
	case NAMES: to->names = (enum name_hooks)choice("compare-names", name_hooks); break;
	case VARIANT: to->variant = (enum variant)choice("variant", variants); break;
	case LIST_CALLS: list_calls(); exit(0);
	case HELP: fputs(help, stdout); exit(0);
	default: die(EXIT_USAGE, "bad-option", "capture --help lists the options", "unknown option or missing value");
	}
}

void parse_options(int argc, char **argv, struct options *to)
{
	int option;

	*to = (struct options){.syscalls = "default", .ring_mb = 32, .linger_ms = 20, .heartbeat_ms = 5000, .batch_bytes = 65536, .snapshot = true};
	opterr = 0;
	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1)
		take(option, to);
	if (optind < argc)
		die(EXIT_USAGE, "bad-option", "capture --help lists the options", "unexpected argument %s", argv[optind]);
	if (to->ring_mb & (to->ring_mb - 1))
		die(EXIT_USAGE, "bad-option", "use 1, 2, 4, 8, …", "--ring-mb: %u is not a power of two", to->ring_mb);
}
