/* SPDX-License-Identifier: Apache-2.0 */
/* Paths as text, from the kernel's lists of names and from what a caller passed. */
#pragma once
#include <stddef.h>
#include "../bpf/record.h"

#define PATH_TEXT_MAX 16384

struct text {
	size_t bytes;
	char data[PATH_TEXT_MAX];
};

/* Names last to first → "/first/…/last"; a detached one keeps its own name. Cut, never overrun. */
void path_text(const struct part *part, struct text *to);

/*
 * base + name, with ".", ".." and double slashes taken out: what the path means as text. The kernel may have followed a link
 * elsewhere, therefore flag 16 of the event. All paths are as the process's root sees them.
 */
void lexical_path(const char *name, size_t bytes, const struct text *base, struct text *to);
