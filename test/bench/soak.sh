#!/bin/bash
# Memory of `lanner run` over time under load: a table of RSS (Node, capture) and, at the end, the slope over the second half in
# KiB an hour. Every open goes the whole way: the kernel filter, which would leave them out, is off. Root, gcc. A flat process has a slope near 0; what grows with the log's own limits is on disk, not here.
#
#   test/bench/soak.sh [MINUTES, default 30] [OPENS PER SECOND, default 20000]
set -eu
minutes=${1:-30}
rate=${2:-20000}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d /var/tmp/lanner-soak.XXXXXX)
lanner=
load=
stop() {
	[ -z "$load" ] || kill "$load" 2>/dev/null || :
	[ -z "$lanner" ] || kill -TERM "$lanner" 2>/dev/null || :
	[ -z "$lanner" ] || wait "$lanner" || :
	rm -rf "$work"
}
trap stop EXIT
gcc -O1 -w -o "$work/actor" "$root/test/support/capture-actor.c"
printf 'probe:\n  kernelFilter: never\n' >"$work/lanner.yaml"
"$root/lanner" run --config "$work/lanner.yaml" --data "$work/data" --json >"$work/alerts" 2>"$work/log" &
lanner=$!
tries=0
until grep -q ready "$work/log"; do
	tries=$((tries + 1))
	kill -0 "$lanner" 2>/dev/null && [ "$tries" -lt 300 ] || { cat "$work/log" >&2; exit 3; }
	sleep 0.1
done
(
	# Opens at a steady rate, and programs that come and go.
	trap 'kill $(jobs -p) 2>/dev/null' TERM EXIT
	"$work/actor" rate "$rate" $((minutes * 60)) >/dev/null &
	while kill -0 $! 2>/dev/null; do
		"$work/actor" forks 20 >/dev/null
		find /etc -maxdepth 2 -name '*.conf' >/dev/null
		sleep 0.5
	done
) &
load=$!
rss() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status" 2>/dev/null; }
echo "seconds node_kib capture_kib" | tee "$work/table"
start=$SECONDS
while [ $((SECONDS - start)) -le $((minutes * 60)) ]; do
	capture=
	for child in $(cat /proc/"$lanner"/task/*/children); do
		[ "$(cat "/proc/$child/comm" 2>/dev/null)" != capture ] || capture=$child
	done
	[ -n "$capture" ] && kill -0 "$lanner" || { echo "lanner or capture ended:" >&2; tail -n 5 "$work/log" >&2; exit 1; }
	echo "$((SECONDS - start)) $(rss "$lanner") $(rss "$capture")" | tee -a "$work/table"
	sleep 10
done
kill -TERM "$lanner"
wait "$lanner" || :
lanner=
tail -n 1 "$work/log"
awk -v half=$((minutes * 30)) '
	NR > 1 && $1 >= half { n++; x += $1; xx += $1 * $1; y += $2; xy += $1 * $2; z += $3; xz += $1 * $3 }
	END {
		if (n < 3) { print "too few samples for a slope"; exit }
		d = n * xx - x * x
		printf "second half: node %.0f KiB on average, %+.0f KiB an hour; capture %.0f KiB, %+.0f KiB an hour\n",
			y / n, (n * xy - x * y) / d * 3600, z / n, (n * xz - x * z) / d * 3600
	}' "$work/table"
