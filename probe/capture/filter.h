/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules in force can match, as text (`--filter`, `filter TEXT` on the control), to the kernel side's tables. Items, with a space between:
 *
 *   NAME:RESULTS:ERRORS:ERRORS:NEED   a call; the numbers of struct filter in hex, NEED two digits a slot
 *   =SETS:WORD,WORD,…                 words (hex) of these sets
 *
 * Nothing = no filter. A call that is not named is reported whatever its values. Names that no filter may have (unknown ones, and calls that
 * change what evaluators know of a process) are passed over: that is never wrong.
 */
#pragma once
#include <stdbool.h>
#include "../bpf/record.h"

/* False = the text is no filter; `to` is then not to be used. */
bool parse_filter(const char *text, struct filter_set *to);
