/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../bpf/record.h"

/* How names are looked at when a call begins: hooks.h. */
enum name_hooks { NAMES_KPROBES, NAMES_TRACEPOINTS, NAMES_OFF };
enum variant { VARIANT_AUTO, VARIANT_TYPED, VARIANT_PORTABLE };

struct options {
	enum variant variant;
	enum name_hooks names;
	const char *syscalls;
	const char *environment;
	const char *filter;
	unsigned int rate_events, rate_burst; /* a second and container; 0 = no limit */
	unsigned int ring_mb, linger_ms, heartbeat_ms, restarts;
	size_t batch_bytes;
	uint32_t excluded[EXCLUDED_MAX];
	unsigned int excluded_count;
	bool snapshot, control, data;
	uint64_t count;	      /* stop after so many events; 0 = never */
	unsigned int seconds; /* stop after so long; 0 = never */
};

/* Fills the options; exits with 0 for --help and 2 for bad usage. */
void parse_options(int argc, char **argv, struct options *to);
