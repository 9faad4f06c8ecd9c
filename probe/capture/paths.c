/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "paths.h"

static void append(struct text *to, const char *from, size_t bytes)
{
	if (bytes > sizeof(to->data) - to->bytes)
		bytes = sizeof(to->data) - to->bytes;
	memcpy(to->data + to->bytes, from, bytes);
	to->bytes += bytes;
}

void path_text(const struct part *part, struct text *to)
{
	const char *names = (const char *)(part + 1);
	size_t end = part->bytes;

	to->bytes = 0;
	if (end == 0) {
		append(to, "/", 1);
		return;
	}
	while (end > 0) {
		size_t last = end - 1; /* the NUL of this name */
		size_t begin = last;

		while (begin > 0 && names[begin - 1] != 0)
			begin--;
		if (to->bytes > 0 || !(part->flags & PATH_DETACHED))
			append(to, "/", 1);
		append(to, names + begin, last - begin);
		end = begin;
	}
}

static void append_names(const char *from, size_t bytes, struct text *to)
{
	size_t at = 0;

	while (at < bytes) {
		size_t begin, length;

		while (at < bytes && from[at] == '/')
			at++;
		begin = at;
		while (at < bytes && from[at] != '/')
			at++;
		length = at - begin;
		if (length == 0 || (length == 1 && from[begin] == '.'))
			continue;
		if (length == 2 && from[begin] == '.' && from[begin + 1] == '.') {
			while (to->bytes > 0 && to->data[--to->bytes] != '/')
				;
			continue;
		}
		append(to, "/", 1);
		append(to, from + begin, length);
	}
}

void lexical_path(const char *name, size_t bytes, const struct text *base, struct text *to)
{
	to->bytes = 0;
	if (bytes > 0 && name[0] == '/') {
		append_names(name, bytes, to);
	} else {
		if (!base || base->bytes == 0) {
			/* Nothing to start from: the name is all there is. */
			append(to, name, bytes);
			return;
		}
		append_names(base->data, base->bytes, to);
		append_names(name, bytes, to);
	}
	if (to->bytes == 0)
		append(to, "/", 1);
}
