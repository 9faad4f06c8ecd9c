/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics: one JSON object a line on standard error. */
#pragma once

enum { EXIT_USAGE = 2, EXIT_CANNOT_RUN = 3, EXIT_TAMPERED = 4 };

void report(const char *level, const char *code, const char *hint, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Reports an error and exits. */
_Noreturn void die(int status, const char *code, const char *hint, const char *format, ...) __attribute__((format(printf, 4, 5)));
