#!/bin/sh
# cost.c on another kernel, in instructions: qemu's clock goes on by a nanosecond with each (-icount), so nothing that runs beside disturbs it, and what
# kprobes add is seen where the machine's own kernel has none. Prints the table without and with --compare-names kprobes. Not seen: that instructions differ.
# Usage: instructions.sh VMLINUZ     PROBE as for cost.sh. Two minutes. Needs qemu-system-x86, busybox-static, gcc, a built probe; kernels: test/e2e/kernels.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev" "$root/etc" "$root/usr/share/doc/libc6"
cp "$(command -v busybox)" "$root/bin/busybox"
for file in etc/hostname etc/shadow usr/share/doc/libc6/copyright; do echo text >"$root/$file"; done
sh "$here/cost-build.sh" "$root/cost"
(cd "$here/../../.." && node --import tsx "$here/default-options.ts") >"$work/options"
{
	printf '/cost 6'
	while read -r option; do printf " '%s'" "$option"; done <"$work/options"
	printf ' "$@"\n'
} >"$root/run"
cat >"$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
ifconfig lo 127.0.0.1 up
echo 2 >/proc/sys/kernel/perf_event_paranoid # kprobes without fprobes
dmesg -n 1
echo BEGIN
for names in off kprobes; do
	echo "--compare-names $names"
	sh /run --compare-names $names 2>&1
done
echo END
poweroff -f
INIT
chmod +x "$root/init"
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 >"$work/initrd")
timeout "${BOOT_S:-600}" qemu-system-x86_64 -accel tcg -cpu max -icount shift=0,sleep=off -m 1024 -smp 1 -nographic -no-reboot -kernel "$1" \
	-initrd "$work/initrd" -append "console=ttyS0 quiet panic=-1 mitigations=off" | tr -d '\r' >"$work/console"
sed -n '/BEGIN$/,/^END$/p' "$work/console" | sed -e 1d -e '$d'
grep -q '^END$' "$work/console"
