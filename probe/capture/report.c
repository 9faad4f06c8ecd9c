/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "report.h"

#define MESSAGE_BYTES 4096

static void put_json(const char *text)
{
	putc('"', stderr);
	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		if (*at == '"' || *at == '\\')
			fprintf(stderr, "\\%c", *at);
		else if (*at < 32 || *at == 127)
			fprintf(stderr, "\\u%04x", *at);
		else
			putc(*at, stderr);
	}
	putc('"', stderr);
}

static void write_line(const char *level, const char *code, const char *hint, const char *format, va_list values)
{
	char message[MESSAGE_BYTES];

	vsnprintf(message, sizeof(message), format, values);
	fprintf(stderr, "{\"level\":\"%s\",\"code\":\"%s\",\"message\":", level, code);
	put_json(message);
	fputs(",\"hint\":", stderr);
	put_json(hint);
	fputs("}\n", stderr);
}

void report(const char *level, const char *code, const char *hint, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	write_line(level, code, hint, format, values);
	va_end(values);
}

void die(int status, const char *code, const char *hint, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	write_line("error", code, hint, format, values);
	va_end(values);
	exit(status);
}
