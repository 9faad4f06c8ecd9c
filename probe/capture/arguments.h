/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments of a record by the columns of its row. */
#pragma once
#include <fcntl.h>
#include "encode.h"

/* An argument by its column (1 + index; 7 = the result; 0 = the call has none). */
static inline int64_t argument(const struct parsed *p, unsigned int column)
{
	if (column == ARGUMENT_RESULT)
		return p->record->result;
	return column ? (int64_t)p->record->args[column - 1] : 0;
}

static inline int32_t narrow(const struct parsed *p, unsigned int column)
{
	return (int32_t)argument(p, column);
}

static inline const uint64_t *numbers(const struct parsed *p, unsigned int count)
{
	static const uint64_t none[8];
	const struct part *part = p->parts[PART_NUMBERS];

	return part && part->bytes >= count * sizeof(uint64_t) ? (const uint64_t *)(part + 1) : none;
}

static inline int32_t directory_number(const struct parsed *p, unsigned int column)
{
	return column == 0 || column == ARGUMENT_CURRENT ? AT_FDCWD : narrow(p, column);
}
