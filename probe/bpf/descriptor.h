/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a descriptor stands for at this moment: file with path, or socket with both ends.
 */
#ifndef LANNER_DESCRIPTOR_H
#define LANNER_DESCRIPTOR_H

#include "path.h"

#define FMODE_CREATED 0x100000
#define SOCKFS_MAGIC 0x534F434B

static __always_inline struct file *task_file(struct task_struct *task, s32 number)
{
	struct files_struct *files = READ(task, files);
	struct fdtable *table;

	if (!files || number < 0)
		return 0;
	table = READ(files, fdt);
	if ((u32)number >= READ(table, max_fds))
		return 0;
	return (struct file *)WORD_AT(READ(table, fd) + number);
}

/* Overlay keeps the upper dentry right behind its inode (struct ovl_inode; overlay may be a module without BTF here). */
static __always_inline u32 overlay_layer(struct inode *inode, u64 magic)
{
	if (magic != OVERLAYFS_SUPER_MAGIC)
		return 0;
	return WORD_AT((void *)inode + bpf_core_type_size(struct inode)) ? 1 : 2;
}

/* Bound name of a unix socket, without the family. */
static __always_inline void put_unix_name(struct scratch *s, u32 tag, struct sock *sk)
{
	struct unix_address *address;
	u32 bytes;
	void *to;

	if (!bpf_core_type_exists(struct unix_sock))
		return;
	address = READ((struct unix_sock *)sk, addr);
	if (!address)
		return;
	bytes = READ(address, len);
	if (bytes <= 2 || bytes > 110)
		return;
	to = part_open(s, tag, 0);
	if (!to)
		return;
	bytes -= 2;
	OPAQUE(bytes);
	bytes &= 127;
	/* The sockaddr_un follows the length. */
	bpf_probe_read_kernel(to, bytes, (void *)address + bpf_core_field_offset(struct unix_address, len) + 4 + 2);
	part_close(s, bytes, 0);
}

static __always_inline void fill_inet(struct socket_facts *facts, struct sock *sk)
{
	u16 source = READ((struct inet_sock *)sk, inet_sport);

	facts->local_port = facts->type == 3 ? 0 : READ(sk, __sk_common.skc_num);
	if (!facts->local_port && facts->type != 3)
		facts->local_port = __builtin_bswap16(source);
	facts->remote_port = __builtin_bswap16(READ(sk, __sk_common.skc_dport));
	if (facts->family == AF_INET) {
		*(u32 *)facts->local = READ(sk, __sk_common.skc_rcv_saddr);
		*(u32 *)facts->remote = READ(sk, __sk_common.skc_daddr);
		return;
	}
	bpf_core_read(facts->local, 16, &sk->__sk_common.skc_v6_rcv_saddr);
	bpf_core_read(facts->remote, 16, &sk->__sk_common.skc_v6_daddr);
}

/* The socket in s->subject. */
__noinline int put_socket(u32 iterator, u32 slot)
{
	struct scratch *s = scratch_of(iterator);
	struct socket *socket;
	struct socket_facts *facts;
	struct sock *sk;
	u32 tag = PART_DESCRIPTOR + 5 * slot;

	if (!s || !s->subject)
		return 0;
	socket = (struct socket *)s->subject;
	sk = READ(socket, sk);
	facts = part_open(s, tag + DESCRIPTOR_SOCKET, 0);
	if (!facts)
		return 0;
	__builtin_memset(facts, 0, sizeof(*facts));
	facts->type = READ(socket, type);
	if (!sk) {
		part_close(s, sizeof(*facts), 0);
		return 0;
	}
	facts->family = READ(sk, __sk_common.skc_family);
	facts->state = READ(sk, __sk_common.skc_state);
	facts->protocol = READ(sk, sk_protocol);
	facts->queue = READ(sk, sk_ack_backlog);
	facts->queue_max = READ(sk, sk_max_ack_backlog);
	if (facts->family == AF_INET || facts->family == AF_INET6)
		fill_inet(facts, sk);
	else if (facts->family == AF_PACKET && bpf_core_type_exists(struct packet_sock)) /* a module on many kernels */
		facts->protocol = __builtin_bswap16(READ((struct packet_sock *)sk, num));
	else if (facts->family == AF_NETLINK && bpf_core_type_exists(struct netlink_sock)) {
		*(u32 *)facts->local = READ((struct netlink_sock *)sk, portid);
		*(u32 *)facts->remote = READ((struct netlink_sock *)sk, dst_portid);
	}
	part_close(s, sizeof(*facts), 0);
	if (READ(sk, __sk_common.skc_family) == AF_UNIX && bpf_core_type_exists(struct unix_sock)) {
		struct sock *peer = READ((struct unix_sock *)sk, peer);

		put_unix_name(s, tag + DESCRIPTOR_LOCAL, sk);
		if (peer)
			put_unix_name(s, tag + DESCRIPTOR_REMOTE, peer);
	}
	return 0;
}

/* Adds the facts of a descriptor of the task, and its path or socket. Returns 1 when it is open. */
__noinline int put_descriptor(u32 iterator, u32 slot, s32 number)
{
	struct scratch *s = scratch_of(iterator);
	struct descriptor_facts *facts;
	struct super_block *sb;
	struct inode *inode;
	struct file *file;
	struct path path;
	u32 tag = PART_DESCRIPTOR + 5 * slot;
	u64 magic;
	u16 mode;

	if (!s)
		return 0;
	file = task_file((struct task_struct *)s->task, number);
	facts = part_open(s, tag + DESCRIPTOR_FACTS, 0);
	if (!facts)
		return 0;
	__builtin_memset(facts, 0, sizeof(*facts));
	facts->number = number;
	if (!file) {
		part_close(s, sizeof(*facts), 0);
		return 0;
	}
	path = READ(file, f_path);
	inode = READ(file, f_inode);
	sb = READ(inode, i_sb);
	mode = READ(inode, i_mode);
	magic = READ(sb, s_magic);
	facts->mode = mode;
	facts->inode = READ(inode, i_ino);
	facts->device = READ(sb, s_dev);
	facts->open_flags = READ(file, f_flags);
	facts->magic = magic;
	facts->layer = overlay_layer(inode, magic);
	if (READ(file, f_mode) & FMODE_CREATED)
		mark(s, RECORD_CREATED);
	part_close(s, sizeof(*facts), 0);
	if ((mode & S_IFMT) == S_IFSOCK && magic == SOCKFS_MAGIC) {
		s->subject = (u64)READ(file, private_data);
		put_socket(iterator, slot);
	} else {
		put_path(s, iterator, tag + DESCRIPTOR_PATH, &path);
	}
	return 1;
}

/* What a relative name starts from: the working directory or a directory descriptor. */
__noinline int put_start(u32 tag, s32 number, u32 first)
{
	struct scratch *s = scratch_of(0);
	struct file *file;
	struct path path;

	if (!s)
		return 0;
	if (first == '/')
		return 0;
	if (number == AT_FDCWD)
		return put_task_directory(0, tag, 0);
	file = task_file((struct task_struct *)s->task, number);
	if (!file)
		return 0;
	path = READ(file, f_path);
	return put_path(s, 0, tag, &path);
}

#endif
