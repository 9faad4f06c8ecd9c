/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include "calls.h"
#include "filter.h"

#define NAME_BYTES_MAX 64

/* A hex number of at most `digits` and what follows it. False = there is none. */
static bool take_hex(const char **at, unsigned int digits, char end, __u64 *to)
{
	unsigned int used = 0;

	for (*to = 0; used < digits; used++, (*at)++) {
		char c = **at;

		if (c >= '0' && c <= '9')
			*to = *to << 4 | (__u64)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*to = *to << 4 | (__u64)(c - 'a' + 10);
		else
			break;
	}
	if (used == 0 || (end && **at != end))
		return false;
	*at += end != 0;
	return true;
}

static bool at_end(const char *at)
{
	return *at == 0 || *at == ' ';
}

static bool take_call(const char **at, struct filter_set *to, unsigned int *count)
{
	const char *colon = strchr(*at, ':');
	size_t bytes = colon ? (size_t)(colon - *at) : NAME_BYTES_MAX;
	char name[NAME_BYTES_MAX];
	struct filter filter = {0};

	if (bytes >= NAME_BYTES_MAX)
		return false;
	memcpy(name, *at, bytes);
	name[bytes] = 0;
	*at = colon + 1;
	if (!take_hex(at, 16, ':', &filter.results) || !take_hex(at, 16, ':', &filter.errors[0]) || !take_hex(at, 16, ':', &filter.errors[1]))
		return false;
	for (unsigned int i = 0; i < FILTER_SLOTS; i++) {
		__u64 need;

		if (!take_hex(at, 2, 0, &need))
			return false;
		filter.need[i] = (uint8_t)need;
	}
	if (*count + 1 < FILTERS_MAX && set_filter(name, (uint8_t)(*count + 1), to->of, &filter.access))
		to->filters[++*count] = filter;
	return at_end(*at);
}

static bool take_words(const char **at, struct filter_set *to)
{
	__u64 sets, word;

	++*at;
	if (!take_hex(at, 2, ':', &sets))
		return false;
	while (take_hex(at, 8, 0, &word)) {
		to->words[(uint32_t)word * WORD_FACTOR >> (32 - WORD_BITS)] |= (uint8_t)sets;
		if (**at != ',')
			break;
		++*at;
	}
	return at_end(*at);
}

bool parse_filter(const char *text, struct filter_set *to)
{
	const char *at = text;
	unsigned int count = 0;

	memset(to, 0, sizeof(*to));
	while (*at) {
		if (*at == ' ')
			at++;
		else if (!(*at == '=' ? take_words(&at, to) : take_call(&at, to, &count)))
			return false;
	}
	return true;
}
