#!/bin/sh
# Boots a kernel in qemu (no KVM needed) with capture and the actors, and leaves what capture wrote in OUT, what race-actor saw in OUT.races
# and, of 32-bit calls, OUT.races32, and in OUT.filtered what a capture wrote beside it whose filter wants none of the raced names.
# Usage: capture-kernels.sh VMLINUZ OUT     Needs qemu-system-x86, busybox-static, gcc, probe/build/capture.
# A kernel: apt-get download linux-image-6.1.0-56-cloud-amd64; dpkg-deb -x linux-image-*.deb DIR; DIR/boot/vmlinuz-*
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernel=$1
out=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
# Of each call that is raced, whatever came of it, only names with a word that there is none of (probe/capture/filter.h).
filter=
for name in mkdir rmdir unlink rename link mknod chmod chown; do
	filter="$filter $name:ffffffffffffffff:ffffffffffffffff:ffffffffffffffff:$(printf '01%.0s' $(seq 32))"
done
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/etc" "$root/tmp/act" "$root/tmp/race"
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$here/../../probe/build/capture" "$root/capture"
gcc -static -O1 -w -o "$root/actor" "$here/../support/capture-actor.c"
gcc -static -O1 -pthread -o "$root/race" "$here/../support/race-actor.c"
echo host >"$root/etc/hostname"
cat >"$root/init" <<INIT
#!/bin/busybox sh
filter="$filter"
INIT
cat >>"$root/init" <<'INIT'
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
# As on every system: Debian's 5.10 (TOMOYO) looks up the /dev/fd/N that an exec of a descriptor is named, and refuses it otherwise.
ln -s /proc/self/fd /dev/fd
ifconfig lo 127.0.0.1 up
# Debian's 3 leaves perf events, which kprobes need without fprobes (5.10, 6.1), to CAP_SYS_ADMIN.
echo 2 >/proc/sys/kernel/perf_event_paranoid
cd /tmp/act
/capture --env SHOWN --seconds 600 >/tmp/frames 2>/tmp/errors &
capture=$!
/capture --no-snapshot --data --syscalls default,pread,readv,recvmsg --filter "$filter" --seconds 600 >/tmp/filtered 2>/tmp/filtered.errors &
filtering=$!
# They have attached when they write; without KVM and on a busy machine that takes its time.
for name in frames filtered; do
	until [ -s /tmp/$name ] || ! kill -0 $capture $filtering; do sleep 1; done
done
for scene in files sockets compat copies "forks 20" data; do timeout 60 /actor $scene; done
cd /tmp/race
timeout 60 /race once 120 >/tmp/races
timeout 60 /race once 120 compat >/tmp/races32
sleep 1
kill $capture $filtering
wait $filtering
wait $capture
echo "capture ended with $?"
cat /tmp/errors /tmp/filtered.errors
dmesg -n 1 # no message of the kernel among what follows
for name in frames filtered; do echo "BEGIN $name"; gzip -c /tmp/$name | base64; echo "END $name"; done
for name in races races32; do echo "BEGIN $name"; cat /tmp/$name; echo "END $name"; done
poweroff -f
INIT
chmod +x "$root/init"
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 >"$work/initrd")
timeout "${BOOT_S:-300}" qemu-system-x86_64 -accel tcg -cpu max -m 1024 -smp 2 -nographic -no-reboot -kernel "$kernel" -initrd "$work/initrd" \
	-append "console=ttyS0 quiet panic=-1" | tr -d '\r' >"$work/console"
part() { sed -n "/^BEGIN$1\$/,/^END$1\$/{//!p}" "$work/console"; }
sed '/^BEGIN/,/^END/d' "$work/console" | tail -3
part " frames" | base64 -d | gunzip >"$out"
part " filtered" | base64 -d | gunzip >"$out.filtered"
part " races" >"$out.races"
part " races32" >"$out.races32"
grep -q 'capture ended with 0' "$work/console"
