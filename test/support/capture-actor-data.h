/* SPDX-License-Identifier: Apache-2.0 */
/* The scene "data" of capture-actor.c, which includes this after its own helpers. */
#pragma once

/* Each way to read and write, with a text that says which. */
static void data(void)
{
	char text[200], more[16] = "vector+more", low[4];
	struct iovec parts[2] = {{.iov_base = more, .iov_len = 6}, {.iov_base = more + 6, .iov_len = 5}};
	struct iovec into = {.iov_base = text, .iov_len = sizeof(text)};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 1}, answer = {.msg_iov = &into, .msg_iovlen = 1};
	struct mmsghdr several[2] = {{.msg_hdr = message}, {.msg_hdr = message}}, answers[2] = {{.msg_hdr = answer}};
	char *narrow = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(9)};
	int file = (int)CALL(open, "data", O_CREAT | O_RDWR, 0600), pair[2];

	memset(text, 'x', sizeof(text));
	CALL(socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
	CALL(write, file, "written", 7);
	CALL(pwrite64, file, text, sizeof(text), 0);
	CALL(pread64, file, text, 3, 0);
	CALL(lseek, file, 0, SEEK_SET);
	CALL(read, file, text, 5);
	CALL(writev, file, parts, 2);
	CALL(lseek, file, 5, SEEK_SET);
	CALL(readv, file, &into, 1); /* all that is left */
	CALL(read, file, low, sizeof(low));
	CALL(sendto, pair[0], "sent", 4, 0, NULL, 0);
	CALL(sendto, socket(AF_INET, SOCK_DGRAM, 0), "addressed", 9, 0, &to, sizeof(to));
	CALL(recvfrom, pair[1], text, sizeof(text), 0, NULL, NULL);
	CALL(sendmsg, pair[0], &message, 0);
	CALL(recvmsg, pair[1], &answer, 0);
	CALL(sendmmsg, pair[0], several, 2, 0);
	CALL(recvmmsg, pair[1], answers, 1, 0, NULL);
	narrow_call(4, file, (long)strcpy(narrow, "narrow"), 6); /* write */
}
