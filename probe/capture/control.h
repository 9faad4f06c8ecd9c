/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes while it runs (--control): lines on standard input, with what the options of the same name take.
 *
 *   syscalls LIST
 *   env LIST
 *   filter TEXT
 *
 * A line that cannot be obeyed changes nothing and is reported. The end of the input only ends the listening.
 */
#pragma once
#include "options.h"

#define CONTROL_LINE_MAX 65536

struct control {
	bool open;
	bool skipping; /* within a line that is too long */
	size_t used;
	char text[CONTROL_LINE_MAX];
};

/* Makes standard input wait in the epoll set beside the ring. */
void control_open(struct control *c, int epoll);
/* Calls take(context, word, rest) for each whole line of what one read gives; never waits. */
void control_read(struct control *c, int epoll, void (*take)(void *context, const char *word, const char *rest), void *context);
