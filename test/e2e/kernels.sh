#!/bin/sh
# Fetches Debian's newest kernels of 5.10, 6.1 and 6.12 (or takes given vmlinuz files), boots each in qemu with capture and the actor,
# and checks what was captured (test/support/kernel-check.ts). Some minutes a kernel without KVM; not part of npm test.
# Usage: kernels.sh [VMLINUZ…]     Needs qemu-system-x86, busybox-static, gcc, probe/build/capture; BOOT_S: seconds a boot may take (300).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fetch() {
	mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
	for release in bullseye bookworm trixie; do
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $release main"
	done >"$work/sources.list"
	cat >"$work/apt.conf" <<CONF
Dir::Etc::sourcelist "$work/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/lists";
Dir::Cache "$work/cache";
APT::Sandbox::User "root";
Acquire::Languages "none";
CONF
	export APT_CONFIG="$work/apt.conf"
	apt-get update -q >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; exit 1; }
	for line in 5.10 6.1 6.12; do
		name=$(apt-cache search --names-only "^linux-image-$(echo "$line" | sed 's/\./\\./')\..*cloud-amd64$" | awk '{print $1}' | sort -V | tail -1)
		(cd "$work" && apt-get download -q "$name" >>"$work/apt.log" 2>&1)
		mkdir "$work/$name"
		dpkg-deb -x "$work/${name}"_*.deb "$work/$name"
	done
	unset APT_CONFIG
}

[ $# -gt 0 ] || { fetch; set -- "$work"/linux-image-*/boot/vmlinuz-*; }
failed=0
for kernel in "$@"; do
	echo "── $(basename "$kernel")"
	if sh "$here/capture-kernels.sh" "$kernel" "$work/frames" && node --import tsx "$here/../support/kernel-check.ts" "$work/frames"; then
		echo ok
	else
		failed=1
	fi
done
exit $failed
