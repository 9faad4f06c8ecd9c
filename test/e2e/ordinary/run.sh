#!/bin/bash
# How quiet our rules are: ordinary work of an administrator and a developer while `lanner run` watches, then the alerts by
# rule. Root, Debian. Usage: run.sh [SECONDS, default 900]. Whatever else happens on the host meanwhile is counted too.
set -u
root=$(cd "$(dirname "$0")/../../.." && pwd)
seconds=${1:-900}
work=$(mktemp -d /var/tmp/ordinary.XXXXXX)
trap 'rm -rf "$work"' EXIT

"$root/lanner" run --rules "$root/deploy/rules" --data "$work/data" --json >"$work/alerts" 2>"$work/log" &
lanner=$!
for _ in $(seq 120); do
	grep -q '"ready"\| ready' "$work/log" && break
	kill -0 "$lanner" 2>/dev/null || { cat "$work/log"; exit 3; }
	sleep 0.5
done

# A step that does not succeed did not do the work: it is named, and the script ends with 1.
declare -A failures=()
step() {
	local name=$1
	shift
	"$@" && return 0
	failures[$name]=$((${failures[$name]:-0} + 1))
}

compile_probe() { cp -r "$root/probe" "$folder/probe" && cp -r "$root/schemas" "$folder/schemas" && make -s -C "$folder/probe" clean capture; }
compile_hello() {
	printf '#include <stdio.h>\nint main(void) { puts("hello"); }\n' >"$folder/hello.c"
	gcc -O2 -o "$folder/hello" "$folder/hello.c" && [ "$("$folder/hello")" = hello ]
}
install_packages() { (cd "$folder/clone" && npm ci --no-audit --no-fund --loglevel=error && node_modules/.bin/tsc --noEmit); }
make_key() { ssh-keygen -q -t ed25519 -N '' -f "$folder/key" && [ -s "$folder/key.pub" ]; }
pack() { tar -C "$folder" -czf "$folder/all.tar.gz" clone/services && [ "$(tar -tzf "$folder/all.tar.gz" | wc -l)" -gt 10 ]; }
search() { grep -rn lanner "$folder/clone/services" && find /etc -name '*.conf'; }

round() {
	folder="$work/round"
	mkdir -p "$folder"
	step 'apt-get install' apt-get install -y -q --reinstall --no-install-recommends hostname
	step 'git clone' git clone -q "$root" "$folder/clone"
	step 'npm ci, tsc' install_packages
	step make compile_probe
	step gcc compile_hello
	step ssh-keygen make_key
	step tar pack
	step 'grep, find' search
	# apt-compat first sleeps for up to half an hour.
	for script in /etc/cron.daily/*; do
		[ -x "$script" ] && [ "${script##*/}" != apt-compat ] && step "cron ${script##*/}" timeout 60 "$script"
	done
	step su su -s /bin/sh -c 'id; ls -la /tmp >/dev/null' nobody
	# What is not on every machine (systemd, iproute2) may fail.
	ps aux; df -h; free; ip addr; ss -tlnp; journalctl -n 5; systemctl list-units
	step python python3 -c 'import json, socket; socket.getaddrinfo("localhost", 80)'
	rm -rf "$folder"
}

end=$((SECONDS + seconds))
rounds=0
while [ "$SECONDS" -lt "$end" ]; do
	round >"$work/output" 2>&1 </dev/null
	rounds=$((rounds + 1))
	sleep 5
done
sleep 2
kill -TERM "$lanner"
wait "$lanner"
echo "$rounds rounds of ordinary work in $seconds s; alerts by rule:"
node -e '
const lines = require("node:fs").readFileSync(process.argv[1], "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
const rules = new Map();
for (const { rule, output } of lines) rules.set(rule, [...(rules.get(rule) ?? []), output]);
for (const [rule, outputs] of rules) console.log(`${outputs.length} × ${rule}\n    ${[...new Set(outputs)].slice(0, 5).join("\n    ")}`);
console.log(`${lines.length} alerts`);
' "$work/alerts"
tail -n 1 "$work/log"
for name in "${!failures[@]}"; do echo "FAILED ${failures[$name]} of $rounds times: $name"; done
[ "${#failures[@]}" = 0 ] || { tail -n 40 "$work/output"; exit 1; }
