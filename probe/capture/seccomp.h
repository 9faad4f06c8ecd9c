/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that capture still makes once it has attached. Everything else kills it (the agent starts it again, with a gap
 * and an alert): it parses what hostile processes choose, and a hole in that must lead nowhere. No program can be started, no
 * socket opened, no file written, no BPF program or map made or changed. Needs no_new_privs, which is set before.
 */
#pragma once

void allow_few_calls(void);
