#!/bin/sh
# Boots a kernel in qemu (no KVM needed) with capture and the actor, and leaves what capture wrote in OUT.
# Usage: capture-kernels.sh VMLINUZ OUT     Needs qemu-system-x86, busybox-static, gcc, probe/build/capture.
# A kernel: apt-get download linux-image-6.1.0-56-cloud-amd64; dpkg-deb -x linux-image-*.deb DIR; DIR/boot/vmlinuz-*
set -eu
here=$(cd "$(dirname "$0")" && pwd)
kernel=$1
out=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/etc" "$root/tmp/act"
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$here/../../probe/build/capture" "$root/capture"
gcc -static -O1 -w -o "$root/actor" "$here/../support/capture-actor.c"
echo host >"$root/etc/hostname"
cat >"$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
ifconfig lo 127.0.0.1 up
cd /tmp/act
/capture --env SHOWN --seconds 600 >/tmp/frames 2>/tmp/errors &
capture=$!
# It has attached when it writes; without KVM and on a busy machine that takes its time.
until [ -s /tmp/frames ] || ! kill -0 $capture; do sleep 1; done
for scene in files sockets compat copies "forks 20"; do timeout 60 /actor $scene; done
sleep 1
kill $capture
wait $capture
echo "capture ended with $?"
cat /tmp/errors
echo BEGIN
gzip -c /tmp/frames | base64
echo END
poweroff -f
INIT
chmod +x "$root/init"
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 >"$work/initrd")
timeout "${BOOT_S:-120}" qemu-system-x86_64 -accel tcg -cpu max -m 1024 -smp 2 -nographic -no-reboot -kernel "$kernel" -initrd "$work/initrd" \
	-append "console=ttyS0 quiet panic=-1" | tr -d '\r' >"$work/console"
sed '/^BEGIN/,/^END/d' "$work/console" | tail -3
sed -n '/^BEGIN/,/^END/p' "$work/console" | grep -v -e BEGIN -e END | base64 -d | gunzip >"$out"
grep -q 'capture ended with 0' "$work/console"
