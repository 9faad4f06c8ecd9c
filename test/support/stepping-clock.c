/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linked into a program with -Wl,--wrap=clock_gettime: its wall clock is off by as many nanoseconds as the file named by WALL_CLOCK_OFF holds
 * (8 bytes, mapped before the program gives up its rights), which may change at any time, as NTP or a person sets a clock.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define SECOND 1000000000LL

int __real_clock_gettime(clockid_t clock, struct timespec *at);

static const volatile int64_t *off_ns;

__attribute__((constructor)) static void map_offset(void)
{
	const char *name = getenv("WALL_CLOCK_OFF");
	int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	void *mapped = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(*off_ns), PROT_READ, MAP_SHARED, fd, 0);

	if (mapped == MAP_FAILED)
		abort();
	off_ns = mapped;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *at)
{
	int result = __real_clock_gettime(clock, at);

	if (result == 0 && clock == CLOCK_REALTIME) {
		int64_t ns = at->tv_sec * SECOND + at->tv_nsec + *off_ns;

		at->tv_sec = ns / SECOND;
		at->tv_nsec = ns % SECOND;
	}
	return result;
}
