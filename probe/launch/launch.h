/* SPDX-License-Identifier: Apache-2.0 */
/* What the two ends agree on. */
#pragma once
#include <stdint.h>

/* As capture's own. */
enum { EXIT_USAGE = 2, EXIT_CANNOT_RUN = 3 };

/* Where PROGRAM and askers have the starter's socket; PROGRAM is told by this variable that there is one. */
#define STARTER_FD 3
#define STARTER_VARIABLE "LANNER_CAPTURE_STARTER"

/* A message: arguments, each with its closing 0; empty = one 0 byte too many would be an end of file, so it begins with this byte. */
#define MESSAGE_BEGIN 1
#define MESSAGE_BYTES_MAX (64 * 1024)
#define ARGUMENTS_MAX 256

/* Descriptors that come with it: capture's 0, 1, 2, and the socket on which its end is told. */
#define PASSED 4
#define STATUS 3

/* On the status socket: this byte asks for SIGTERM; the answer is the int32_t of waitpid, once. */
#define STOP 'T'

_Noreturn void fail(const char *code, const char *hint, const char *what, const char *why);

/* Gives up all capabilities and becomes program[0]; a child stays as the starter. */
_Noreturn void launch(const char *capture, char **program);

/* Until `asking` is closed by all who have it. */
_Noreturn void serve(int asking, const char *capture);

/* The exit code of the capture that was asked for; ends by a signal where that one did. */
int ask(int count, char **arguments);
