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

round() {
	local folder="$work/round"
	mkdir -p "$folder"
	apt-get install -y -q --reinstall --no-install-recommends hostname
	git clone -q "$root" "$folder/clone"
	(cd "$folder/clone" && npm ci --no-audit --no-fund --loglevel=error && node_modules/.bin/tsc --noEmit)
	cp -r "$root/probe" "$folder/probe" && cp -r "$root/schemas" "$folder/schemas" && make -s -C "$folder/probe" clean capture
	printf '#include <stdio.h>\nint main(void) { puts("hello"); }\n' >"$folder/hello.c"
	gcc -O2 -o "$folder/hello" "$folder/hello.c" && "$folder/hello"
	ssh-keygen -q -t ed25519 -N '' -f "$folder/key"
	tar -C "$folder" -czf "$folder/all.tar.gz" clone/services && tar -C "$folder" -tzf "$folder/all.tar.gz"
	grep -rn lanner "$folder/clone/services" && find /etc -name '*.conf'
	# apt-compat first sleeps for up to half an hour.
	for script in /etc/cron.daily/*; do [ -x "$script" ] && [ "${script##*/}" != apt-compat ] && timeout 60 "$script"; done
	su -s /bin/sh -c 'id; ls -la /tmp' nobody
	ps aux; df -h; free; ip addr; ss -tlnp; journalctl -n 5; systemctl list-units
	python3 -c 'import json, socket; socket.getaddrinfo("localhost", 80)'
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
