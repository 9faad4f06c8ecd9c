#!/bin/sh
# Cross-builds capture for arm64 into build/arm64: BPF objects with arm64's registers, tables of its system calls (and the 32-bit ARM
# ones), static loader. Nothing of the system is changed: what is needed of arm64 is fetched with lists of its own and unpacked.
# Needs Debian's clang, bpftool, gcc-aarch64-linux-gnu, libc6-dev-arm64-cross, linux-libc-dev-armhf-cross, and its archive.
# With qemu-user-static installed the result is started once (--help). It was not run on an arm64 kernel.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sysroot=$here/build/arm64/sysroot
if [ ! -e "$sysroot/usr/lib/aarch64-linux-gnu/libbpf.a" ]; then
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$sysroot"
	release=$(. /etc/os-release && echo "$VERSION_CODENAME")
	signed=/usr/share/keyrings/debian-archive-keyring.gpg
	echo "deb [signed-by=$signed] http://deb.debian.org/debian $release main" >"$work/sources.list"
	cat >"$work/apt.conf" <<CONF
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
APT::Architecture "arm64";
APT::Architectures "arm64";
APT::Sandbox::User "root";
Acquire::Languages "none";
CONF
	export APT_CONFIG="$work/apt.conf"
	# Exit code 3: it cannot be reached.
	apt-get update -q -o APT::Update::Error-Mode=any || exit 3
	(cd "$work" && apt-get download -q libbpf-dev:arm64 libelf-dev:arm64 zlib1g-dev:arm64 linux-libc-dev-armhf-cross) || exit 3
	unset APT_CONFIG
	for package in "$work"/*.deb; do dpkg-deb -x "$package" "$sysroot"; done
fi
make -C "$here" MACHINE=arm64 SYSROOT="$sysroot"
if command -v qemu-aarch64-static >/dev/null; then
	qemu-aarch64-static "$here/build/arm64/capture" --help >/dev/null
	echo "arm64: capture starts (qemu-aarch64-static)"
fi
