/* SPDX-License-Identifier: Apache-2.0 */
/* The skeleton spells its variables with the kernel's type names. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../bpf/record.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#include "capture.skel.h"
#include "typed.skel.h"

/* Both variants come from one source, so one skeleton serves for both; this is what that rests on. */
_Static_assert(sizeof(struct capture_bpf) == sizeof(struct typed_bpf), "same maps and programs");
_Static_assert(offsetof(struct capture_bpf__bss, counters) == offsetof(struct typed_bpf__bss, counters), "same variables");
_Static_assert(offsetof(struct capture_bpf__bss, calls) == offsetof(struct typed_bpf__bss, calls), "same variables");
_Static_assert(offsetof(struct capture_bpf__bss, interest) == offsetof(struct typed_bpf__bss, interest), "same variables");
_Static_assert(offsetof(struct capture_bpf__bss, report_environment) == offsetof(struct typed_bpf__bss, report_environment), "same variables");
_Static_assert(offsetof(struct capture_bpf__bss, excluded) == offsetof(struct typed_bpf__bss, excluded), "same variables");
_Static_assert(offsetof(struct capture_bpf__bss, loader_sleeps) == offsetof(struct typed_bpf__bss, loader_sleeps), "same variables");
_Static_assert(sizeof(struct capture_bpf__rodata) == sizeof(struct typed_bpf__rodata), "same settings");
