/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that can be captured: what to gather in the kernel and which argument is what in the event.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "../bpf/record.h"

/* Argument columns hold 1 + index; 0 = the call has no such argument. */
struct row {
	const char *name;
	struct call call;
	bool off; /* only when asked for by name */
	bool fills; /* what its pointers point to is the call's answer: nothing when it failed */
	uint8_t flags, mode, uid, gid, device, size, offset, option, target, thread, signal, address, protection;
	uint8_t first, count; /* arguments reported as numbers */
	/* Of calls with raw arguments, one letter an argument: d, u = the kernel takes 32 bits, signed or not; else 64 as they are. */
	const char *widths;
	/* Numbers of the areas PART_NUMBERS and PART_MORE: w as wide as a pointer, q 64 bits, d and u 32, h and H 16; again and again. */
	const char *layout, *more_layout;
};

extern const struct row rows[];
extern const unsigned int rows_count;

/* Event type and row of a call by its number; type 0 = unknown to the schema. */
uint16_t call_type(unsigned int table, unsigned int number);
/* Type of an event of a row: that of the row's name, or the number's for calls without a row of their own. */
uint16_t row_type(unsigned int row, unsigned int table, unsigned int number);

/* A call's number in the machine's own table; 0 = it has none of that name. */
uint16_t native_number(const char *name);

/*
 * Fills the kernel's tables from a list of names ("default", "all", or a comma list, of which a name may begin with "-").
 * Returns the number of system calls, or -1 and the name that is not known.
 */
int select_calls(const char *names, struct call *calls, uint8_t *interest, char *unknown, unsigned int unknown_size);

/*
 * Writes the number of a filter into the place of every call of that name, and which argument has the flags of an open. False = there is none
 * that may be left out: evaluators fold the others into what they know of processes, or need no filter.
 */
bool set_filter(const char *name, uint8_t number, uint8_t *of, uint8_t *access);

/* Prints every call's name, the kind of its event, and "default" or "-": one a line. */
void list_calls(void);

/* Event types of the selected calls, once each. Returns how many. */
unsigned int selected_types(const struct call *calls, uint16_t *types, unsigned int max);
