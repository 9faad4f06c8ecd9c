#!/bin/sh
# Kernel-side cost: rounds without and with the probe by turns (A/B), the best of each. Root. Usage: cost.sh [ROUNDS] [CAPTURE OPTIONS…]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
rounds=${1:-6}
[ $# -gt 0 ] && shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -O2 -o "$work/cost" "$here/cost.c"
i=0
while [ "$i" -lt "$rounds" ]; do
	"$work/cost" >>"$work/without"
	"$here/../../../probe/build/capture" --no-snapshot "$@" >/dev/null &
	pid=$!
	sleep 1
	"$work/cost" >>"$work/with"
	kill "$pid"
	wait "$pid" || true
	i=$((i + 1))
done
summary() { awk '{for (i = 1; i <= 3; i++) if (!best[i] || $i < best[i]) best[i] = $i} END {print best[1], best[2], best[3]}' "$1"; }
paste -d' ' "$work/without" "$work/with" | awk '{print "round " NR ": not of interest " $1 " -> " $4 ", openat+close " $2 " -> " $5 ", openat ENOENT " $3 " -> " $6 " ns"}'
echo "$(summary "$work/without") $(summary "$work/with")" | awk '{printf "best: not of interest %s -> %s (+%.1f), openat+close %s -> %s (+%.1f), openat ENOENT %s -> %s (+%.1f) ns\n", $1, $4, $4-$1, $2, $5, $5-$2, $3, $6, $6-$3}'
