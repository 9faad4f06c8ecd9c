/* SPDX-License-Identifier: Apache-2.0 */
/* The skeleton spells its variables with the kernel's type names. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include "../bpf/record.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#include "capture.skel.h"
