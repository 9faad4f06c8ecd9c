/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "control.h"
#include "report.h"

/* libbpf numbers its rings from 0 in the same set. */
#define CONTROL_MARK UINT64_MAX

void control_open(struct control *c, int epoll)
{
	struct epoll_event event = {.events = EPOLLIN, .data.u64 = CONTROL_MARK};
	int flags = fcntl(STDIN_FILENO, F_GETFL);

	if (flags < 0 || fcntl(STDIN_FILENO, F_SETFL, flags | O_NONBLOCK) < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event) < 0)
		die(EXIT_USAGE, "bad-option", "start it with a pipe or socket as standard input", "--control: standard input cannot be waited for: %s",
		    strerror(errno));
	c->open = true;
}

static void end(struct control *c, int epoll)
{
	epoll_ctl(epoll, EPOLL_CTL_DEL, STDIN_FILENO, NULL);
	c->open = false;
}

static void take_line(char *line, void (*take)(void *, const char *, const char *), void *context)
{
	char *space = strchr(line, ' ');

	if (space)
		*space = 0;
	take(context, line, space ? space + 1 : "");
}

/* Hands over the whole lines and keeps the beginning of the next. */
static void split(struct control *c, void (*take)(void *, const char *, const char *), void *context)
{
	char *from = c->text;
	char *newline;

	while ((newline = memchr(from, '\n', c->used - (size_t)(from - c->text))) != NULL) {
		*newline = 0;
		if (!c->skipping)
			take_line(from, take, context);
		c->skipping = false;
		from = newline + 1;
	}
	c->used -= (size_t)(from - c->text);
	memmove(c->text, from, c->used);
	if (c->used < sizeof(c->text))
		return;
	report("warn", "control-refused", "", "a line of more than %d bytes is left out", CONTROL_LINE_MAX);
	c->skipping = true;
	c->used = 0;
}

void control_read(struct control *c, int epoll, void (*take)(void *context, const char *word, const char *rest), void *context)
{
	ssize_t bytes;

	if (!c->open)
		return;
	bytes = read(STDIN_FILENO, c->text + c->used, sizeof(c->text) - c->used);
	if (bytes > 0) {
		c->used += (size_t)bytes;
		split(c, take, context);
	} else if (bytes == 0 || (errno != EAGAIN && errno != EINTR)) {
		end(c, epoll);
	}
}
