/* SPDX-License-Identifier: Apache-2.0 */
/* Capabilities: only those that loading needs before it, none after. No set-uid program can give any back. */
#pragma once

/* Keeps CAP_BPF and CAP_PERFMON (before 5.11 also CAP_SYS_RESOURCE, for the memory limit of maps). Sets no_new_privs. */
void keep_loading_privileges(void);

/*
 * Gives up the rest once everything is attached. A later snapshot needs none: links stay open. Only before 5.19, where every
 * bpf(2) call may be restricted, CAP_BPF is kept.
 */
void drop_privileges(void);

/* The parent's death ends us, too. Call after dropping: a change of credentials may clear the setting. */
void die_with_parent(void);

/* Whether the running kernel is at least that version. */
int kernel_at_least(unsigned int major, unsigned int minor);
