/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/*
 * The container id in a cgroup path: 64 hex digits in one of the forms that runtimes make. Returns its place, or NULL: a path
 * that merely ends in hex digits is no container (CI machines have such).
 */
const char *container_id(const char *cgroup, size_t bytes, size_t *id_bytes);
