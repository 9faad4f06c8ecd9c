// SPDX-License-Identifier: Apache-2.0
/*
 * Keeps the agent without a capability, although it starts capture again and again.
 *
 *   launch --capture FILE -- PROGRAM [ARGUMENT]…
 *
 *       this process: gives up every capability, then becomes PROGRAM (its pid, its signals, its exit code)
 *         └── starter: keeps CAP_BPF and CAP_PERFMON, does nothing with them, starts FILE when PROGRAM asks for it
 *               └── capture: loads, attaches, gives the two up
 *
 *   launch --ask [ARGUMENT]…      run by PROGRAM, with the starter's socket as descriptor 3: behaves like FILE with these arguments
 *
 * What the starter takes: one message with arguments, and four descriptors (capture's 0, 1, 2 and a socket for its end). The program to
 * run is fixed by whoever wrote the unit. The socket has no name: only who inherited it can ask. One capture at a time; further askers
 * wait. An asker that ends takes its capture with it, PROGRAM's end is the starter's. no_new_privs holds for all of them.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "launch.h"

_Noreturn void fail(const char *code, const char *hint, const char *what, const char *why)
{
	/* The texts are ours or the system's: nothing in them needs escaping. */
	fprintf(stderr, "{\"level\":\"error\",\"code\":\"%s\",\"message\":\"%s%s%s\",\"hint\":\"%s\"}\n", code, what, *why ? ": " : "", why, hint);
	exit(EXIT_CANNOT_RUN);
}

int main(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "--ask") == 0)
		return ask(argc - 2, argv + 2);
	if (argc >= 5 && strcmp(argv[1], "--capture") == 0 && strcmp(argv[3], "--") == 0)
		launch(argv[2], argv + 4);
	fputs("Usage: launch --capture FILE -- PROGRAM [ARGUMENT]...\n"
	      "       launch --ask [ARGUMENT]...\n"
	      "Runs PROGRAM without any capability and starts capture for it; see probe/README.md.\n",
	      stderr);
	return EXIT_USAGE;
}
