/* SPDX-License-Identifier: Apache-2.0 */
/* The calls whose cost is measured, made by a process of their own: capture leaves out its own. */
#pragma once

struct measured {
	const char *name;
	unsigned int calls; /* a batch: about a millisecond */
	void (*make)(unsigned int calls);
};

extern const struct measured measured[];
extern const unsigned int measured_count;

/* Starts the process that makes them, on a processor of its own where there are two. It ends with us. */
void caller_start(void);
/* Makes a batch; nanoseconds a call. */
double caller_batch(unsigned int which);
/* Calls of a batch, with those that warm up. */
unsigned int caller_calls(unsigned int which);
